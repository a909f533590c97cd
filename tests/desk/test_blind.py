"""What a blind reviewer must not see is not in any page, until the review is answered."""

from robot.engine.fold import fold
from robot.engine.review import Person
from robot.engine.sample_reviews import Answer
from robot.engine.sampling import assigned
from tests.desk.conftest import Town, Visitor
from tests.desk.world import ACTOR


def _held_blind(town: Town) -> str:
    """Let the picked case be held for a blind review."""
    house, ref = town.house, town.cases["picked"]
    state = house.ledger.load(ref)
    plan = house.library.get(state.process, state.version).stickprov
    assert plan is not None
    draft = assigned(state, plan, house.clock.now(), why="pick")
    body = {**draft.body, "blind": True}
    house.ledger.write(state, [type(draft)(draft.type, body)], actor=ACTOR)
    return ref


async def test_a_case_that_is_reviewed_blind_shows_no_outcome_anywhere(visitor: Visitor, town: Town) -> None:
    """Page, letter and decision log leave it out for everybody, uncounted as readings; after the answer they open."""
    case = f"/arende/{town.cases['picked']}"
    await visitor.login("controller")
    assert town.cases["picked"] in (await visitor.http.get("/controller")).text
    ref = _held_blind(town)
    assert ref not in (await visitor.http.get("/controller")).text
    assert (await visitor.http.get(f"/controller/beslut/{ref}")).status_code == 403
    await visitor.login("handlaggare")
    for path in (case, f"{case}?skal=sokning", f"{case}/brev/beslutsbrev"):
        answer = await visitor.http.get(path)
        assert answer.status_code == 403
        assert "granskas blint" in answer.text
        assert "Bifall" not in answer.text
    assert town.reads("picked") == []
    reviews, person = town.house.sample_reviews, Person("handlaggare", "Hanna Exempel")
    reviews.open(ref, "random-1", person)
    assert (await visitor.http.get(case)).status_code == 403
    decision = fold(town.entries("picked")).decision
    assert decision is not None
    reviews.answer(ref, "random-1", person, Answer(decision.outcome, decision.amount))
    assert (await visitor.http.get(case)).status_code == 200
