"""The stickprov from draw to brake: silence, periods, blind and second reviewers, lanes, rates."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from audit.stickprov.period import PICK
from connectors.contract import FailureKind
from robot.engine.brake import Puller
from robot.engine.case import SampleTask
from robot.engine.periods import PeriodError
from robot.engine.review import ReviewError
from robot.engine.sample_control import Standing
from robot.engine.sample_reviews import Answer
from robot.engine.sampling import BlindCase, compared
from robot.engine.scope import Scope
from robot.steps.base import Draft
from testbed.scenario.numbers import published
from tests.robot.engine.ground import ANNA, PROCESS, START, build
from tests.robot.engine.sampled import BO, CIA, DAN, PERIOD, RARE, Make, Sampled, sampled
from tests.robot.engine.versions import changed

PAR = Scope("stratum", "par")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes one house whose process samples as told, on each kind of database."""
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    made: list[Sampled] = []

    def built(**settings: str) -> Sampled:
        made.append(sampled(tmp_path, url=url, **settings))
        return made[-1]

    yield built
    for one in made:
        one.ground.house.close()


def right(house: Sampled, ref: str) -> Answer:
    """The answer that agrees with the decision."""
    task = house.ground.house.ledger.load(ref).tasks["random-1"]
    return Answer(task.outcome, Decimal(task.amount_ore or 0) / 100)


def refused(house: Sampled, ref: str) -> Answer:
    """The answer of a reviewer who would have paid a hundred kronor more."""
    task = house.ground.house.ledger.load(ref).tasks["random-1"]
    return Answer(task.outcome, Decimal((task.amount_ore or 0) + 10_000) / 100, cause="inkomst")


def test_there_are_more_applications_than_test_persons(make: Make) -> None:
    """When every person has applied the next application is for another month, and the robot decides it too."""
    house = make()
    first = house.couple()
    house.cases = len(published())
    again = house.couple()
    state = house.ground.house.ledger.load(again)
    assert state.month < house.ground.house.ledger.load(first).month
    assert state.decision is not None


def test_a_silent_keeper_means_that_the_case_waits(make: Make) -> None:
    """No answer is never "not picked": the step is tried again, and then a person is told; nothing is sent."""
    house = make(rates='{ensam: "1/1000000", par: "1/1000000"}')
    house.silence()
    state = house.ground.house.ledger.load(house.couple())
    assert state.ticket is None
    assert state.status == "person"
    assert state.review is not None
    assert [reason.code for reason in state.review.reasons] == ["stickprov.tidsgrans"]
    assert house.ground.sent() == []
    house.keeper.fails = None
    house.ground.house.reviews.agree(state.ref, ANNA)
    assert house.ground.run(state.ref).status == "closed"
    assert house.ground.house.ledger.load(state.ref).ticket is not None


def test_a_keeper_that_refuses_is_not_asked_again(make: Make) -> None:
    """A refusal goes to a person at once."""
    house = make()
    house.couple()
    house.silence(FailureKind.HUMAN)
    house.keeper.asked.clear()
    state = house.ground.house.ledger.load(house.couple())
    assert (state.status, state.ticket, len(house.keeper.asked)) == ("person", None, 1)


def test_the_robot_asks_after_the_decision_only(make: Make) -> None:
    """The question carries the durable decision, and the period's hash stands in the journal before it."""
    house = make()
    ref = house.couple()
    (asked,) = house.keeper.asked
    decision = house.entries(ref, "decision.made")[0]
    assert asked.entry == decision.canonical()
    assert house.entries(ref, "sample.ticket")[0].body["decision"] == asked.leaf
    assert house.chain()[0].type == "sample.commit"
    assert house.chain()[0].at() <= house.entries(ref, "sample.ticket")[0].at()


def test_agreeing_with_a_held_case_is_the_answer_right(make: Make) -> None:
    """In a review that is not blind the person's action is the result, with class and reviewer."""
    house = make()
    ref = house.couple()
    house.ground.house.reviews.agree(ref, ANNA)
    found = house.ground.house.ledger.load(ref).tasks["random-1"].found
    assert found is not None
    assert (found.kind, found.reviewer, found.difference_ore) == ("right", "anna", 0)
    assert house.ground.run(ref).status == "closed"


def test_deciding_otherwise_says_what_was_wrong_in_kronor(make: Make) -> None:
    """Another amount is a wrong amount with its sign, and goes to a second, blind reviewer."""
    house = make()
    ref = house.couple()
    paid = house.ground.house.ledger.load(ref).tasks["random-1"].amount_ore or 0
    more = Decimal(paid + 5000) / 100
    house.ground.house.reviews.decide_otherwise(ref, ANNA, "bifall", more, motivation="Skäl.")
    state = house.ground.house.ledger.load(ref)
    found = state.tasks["random-1"].found
    assert found is not None
    assert (found.kind, found.difference_ore, found.disadvantage) == ("wrong_amount", -5000, True)
    assert (state.tasks["random-2"].blind, house.entries(ref, "review.second")[0].body["because"]) == (
        True,
        "disagreement",
    )


def test_taking_a_held_case_over_without_an_answer_cannot_tell(make: Make) -> None:
    """Nobody gets past the review by taking the case over: what cannot be told counts as an error in the bound."""
    house = make(blind='"1"')
    ref = house.couple()
    house.ground.house.reviews.take_over(ref, ANNA, motivation="Jag tar det.")
    found = house.ground.house.ledger.load(ref).tasks["random-1"].found
    assert found is not None
    assert found.kind == "cannot_tell"


def test_a_blind_reviewer_answers_before_anything_is_shown(make: Make) -> None:
    """The view holds the facts and no outcome; nobody acts in the case until the answer is given."""
    house = make(blind='"1"')
    ref = house.couple()
    reviews = house.ground.house.sample_reviews
    actions: tuple[Callable[[], object], ...] = (
        lambda: house.ground.house.reviews.agree(ref, BO),
        lambda: house.ground.house.reviews.decide_otherwise(ref, BO, "avslag", Decimal(0), motivation="S.", heard=True),
    )
    for act in actions:
        with pytest.raises(ReviewError, match="granskas blint"):
            act()
    assert reviews.hides(ref, "anna")
    shown = reviews.open(ref, "random-1", BO)
    assert isinstance(shown, BlindCase)
    assert set(shown.facts) == {"ansokan", "skydd", "folkbokforing"}
    assert not any(word in repr(shown) for word in ("bifall", "avslag", "findings"))
    assert reviews.hides(ref, "bo")
    state = reviews.answer(ref, "random-1", BO, right(house, ref))
    assert state.tasks["random-1"].found is not None
    assert state.tasks["random-1"].found.kind == "right"
    assert not reviews.hides(ref, "bo")
    house.ground.house.reviews.agree(ref, BO)
    assert house.ground.run(ref).status == "closed"


def test_who_has_seen_the_outcome_cannot_review_blind(make: Make) -> None:
    """A reading after the proposal is in the journal, and whoever made it is refused; so is a second opener."""
    house = make(blind='"1"')
    ref = house.couple()
    house.ground.house.ledger.note(ref, Draft("access.read", {"why": "sökning", "values": True}), actor=ANNA.actor)
    reviews = house.ground.house.sample_reviews
    with pytest.raises(ReviewError, match="redan sett"):
        reviews.open(ref, "random-1", ANNA)
    reviews.open(ref, "random-1", BO)
    with pytest.raises(ReviewError, match="En annan granskare"):
        reviews.open(ref, "random-1", CIA)
    with pytest.raises(ReviewError, match="Öppna granskningen först"):
        reviews.answer(ref, "random-1", CIA, right(house, ref))


def test_an_answer_cannot_be_changed(make: Make) -> None:
    """After the outcome has been shown it is too late to have thought otherwise."""
    house = make(blind='"1"')
    ref = house.couple()
    reviews = house.ground.house.sample_reviews
    reviews.open(ref, "random-1", BO)
    reviews.answer(ref, "random-1", BO, refused(house, ref))
    with pytest.raises(ReviewError, match="ändras inte i efterhand"):
        reviews.answer(ref, "random-1", BO, right(house, ref))


def test_two_who_differ_are_settled_by_a_third(make: Make) -> None:
    """The second reviewer is blind and another person; a third decides; nobody settles their own review."""
    house = make(blind='"1"')
    ref = house.couple()
    reviews = house.ground.house.sample_reviews
    reviews.open(ref, "random-1", BO)
    reviews.answer(ref, "random-1", BO, refused(house, ref))
    with pytest.raises(ReviewError, match="redan sett"):
        reviews.open(ref, "random-2", BO)
    assert isinstance(reviews.open(ref, "random-2", CIA), BlindCase)
    reviews.answer(ref, "random-2", CIA, right(house, ref))
    with pytest.raises(ReviewError, match="Du har själv granskat"):
        reviews.settle(ref, CIA, right(house, ref))
    state = reviews.settle(ref, DAN, right(house, ref))
    assert state.settled is not None
    assert (state.settled.kind, state.settled.reviewer) == ("right", "dan")


def test_every_agreement_may_be_sent_to_a_second_reviewer(make: Make) -> None:
    """With the share at one, an agreement is seen twice."""
    house = make(second='"1"')
    ref = house.couple()
    house.ground.house.reviews.agree(ref, ANNA)
    assert house.entries(ref, "review.second")[0].body["because"] == "share"


def test_lanes_have_their_own_queues(make: Make) -> None:
    """A case in the complaint lane stands there and nowhere else, and a result there says nothing about the random."""
    house = make()
    ref = house.decided_by(ANNA)
    reviews = house.ground.house.sample_reviews
    with pytest.raises(ReviewError, match="skriv varför"):
        reviews.put_in_lane(ref, "complaint", BO, motivation=" ")
    reviews.put_in_lane(ref, "complaint", BO, motivation="Överklagat.")
    with house.ground.house.database.read() as session:
        queues = {lane: reviews.queue(session, lane) for lane in ("random", "risk", "complaint", "canary")}
    assert {lane: [row.case_ref for row in rows] for lane, rows in queues.items()} == {
        "random": [],
        "risk": [],
        "complaint": [ref],
        "canary": [],
    }


def test_a_month_is_closed_with_its_minimum_and_its_key(make: Make) -> None:
    """At the month's turn the smallest tickets are picked afterwards, get reviews, and the key is shown."""
    house = make(rates='{ensam: "1/1000000", par: "1/1000000"}', minimum="2")
    refs = [house.couple() for _ in range(4)]
    assert all(house.ground.row(ref).status == "closed" for ref in refs)
    with pytest.raises(PeriodError, match="the period lasts until"):
        house.close()
    house.month_passes()
    house.look()
    tickets = {ref: house.entries(ref, "sample.ticket")[0].body["u"] for ref in refs}
    smallest = sorted(refs, key=lambda ref: tickets[ref])[:2]
    assert {ref for ref in refs if house.entries(ref, PICK)} == set(smallest)
    assert [entry.type for entry in house.chain()][-3:] == ["sample.closed", "sample.questions", "sample.reveal"]
    assert len(house.chain("sample.questions")[0].body["questions"]) == 4
    assert {ref for ref in refs if house.ground.row(ref).picked} == set(smallest)
    with house.ground.house.database.read() as session:
        queue = house.ground.house.sample_reviews.queue(session, "random")
    assert {row.case_ref for row in queue} == set(smallest)
    assert house.close().strays == ()
    house.ground.assert_whole()


def test_a_late_draw_is_made_at_the_close(make: Make) -> None:
    """A decision whose keeper was silent to the end is drawn before the period closes."""
    house = make(rates='{ensam: "1/1000000", par: "1/1000000"}')
    house.couple()
    house.silence(FailureKind.HUMAN)
    ref = house.couple()
    house.ground.house.reviews.take_over(ref, ANNA, motivation="Jag tar det.")
    house.month_passes()
    with pytest.raises(PeriodError, match="1 decisions have no ticket"):
        house.close()
    house.keeper.fails = None
    house.close()
    assert len(house.entries(ref, "sample.ticket")) == 1


def test_what_is_evaluated_waits_for_the_reviews(make: Make) -> None:
    """Figures are journalled when every review is in, or its day has passed; then what is missing counts as wrong."""
    house = make()
    done, late = house.couple(), house.couple()
    house.ground.house.reviews.agree(done, ANNA)
    house.month_passes()
    house.close()
    assert house.entries(late, "review.result") == []
    house.look()
    body = house.chain("sample.evaluated")[0].body["together"]
    assert (body["cases"], body["sampled"], body["overdue"], body["errors"]) == (2, 2, 1, 0)
    assert body["upper_errors"] >= 1


def test_what_is_to_the_applicants_disadvantage() -> None:
    """A refusal that should be granted is, and too little money; a granted one that should be refused is not."""
    at = START
    task = SampleTask("random-1", "random", 1, PERIOD, "par", "hold", False, at, at, "avslag", 0)
    assert compared(task, "bifall", Decimal(500)) == ("wrong_outcome", -50_000, True)
    assert compared(replace(task, outcome="bifall", amount_ore=100), "avslag", Decimal(0)) == (
        "wrong_outcome",
        100,
        False,
    )
    assert compared(replace(task, outcome="bifall", amount_ore=100), "bifall", Decimal(2)) == (
        "wrong_amount",
        -100,
        True,
    )
    assert compared(task, "avslag", Decimal(0)) == ("right", 0, False)


def test_an_amount_nobody_recorded_is_not_nothing() -> None:
    """Without the decision's amount, or the reviewer's, no difference is made up: it cannot be told."""
    task = SampleTask("random-1", "random", 1, PERIOD, "par", "follow_up", False, START, START, "", None)
    assert compared(task, "bifall", Decimal(500)) == ("cannot_tell", 0, False)
    assert compared(replace(task, outcome="bifall", amount_ore=50_000), "bifall", None) == ("cannot_tell", 0, False)


def test_a_case_taken_over_by_hand_cannot_be_told_and_costs_one_review(make: Make) -> None:
    """Its review counts as wrong in the bound, its amount is not measured as 0 kr, and nobody reviews it again."""
    house = make(people='"1"', second='"1"')
    ref = house.ground.handled(house.handed_in(income="4500.00")).ref
    house.look()
    house.ground.house.reviews.take_over(ref, ANNA, motivation="Jag tar det.")
    house.month_passes()
    house.signed()
    house.close()
    reviews = house.ground.house.sample_reviews
    reviews.open(ref, "random-1", BO)
    reviews.answer(ref, "random-1", BO, Answer("bifall", Decimal(5500)))
    house.look()
    body = house.chain("sample.evaluated")[0].body["together"]
    assert (body["cases"], body["errors"], body["unknown"], body["upper_errors"]) == (1, 0, 1, 1)
    assert (body["unmeasured"], body["over_upper_ore"]) == (1, 0)
    assert list(house.ground.house.ledger.load(ref).tasks) == ["random-1"]


def test_a_first_error_doubles_the_rate_backwards(make: Make) -> None:
    """The plan is raised within the period, once, with its cause and figures in the journal."""
    house = make(rates='{ensam: "1/1000000", par: "1/2"}', target='"1/50"')
    refs = [house.couple()]
    while {house.ground.row(ref).picked for ref in refs} != {True, False}:
        refs.append(house.couple())
    held = next(ref for ref in refs if house.ground.row(ref).picked)
    paid = house.ground.house.ledger.load(held).tasks["random-1"].amount_ore or 0
    house.ground.house.reviews.decide_otherwise(held, ANNA, "bifall", Decimal(paid - 100) / 100, motivation="Skäl.")
    house.look()
    house.look()
    assert [(e.body["from"], e.body["to"], e.body["cause"]) for e in house.chain("rate.changed")] == [
        ("1/2", "1", "first_error")
    ]
    assert all(house.entries(ref, PICK) for ref in refs)
    assert all(house.ground.house.ledger.load(ref).tasks for ref in refs)


def test_too_many_errors_pull_the_brake_until_a_person_lets_go(make: Make) -> None:
    """When the sequence's lower bound passes what is tolerable the stratum stops; a release begins it anew."""
    house = make(tolerable='"1/50"', target='"1/100"')
    for _ in range(5):
        ref = house.couple()
        paid = house.ground.house.ledger.load(ref).tasks["random-1"].amount_ore or 0
        house.ground.house.reviews.decide_otherwise(ref, ANNA, "bifall", Decimal(paid - 100) / 100, motivation="Skäl.")
    house.look()
    pulled = {one.scope: one for one in house.ground.house.brakes.pulled(PROCESS)}
    assert pulled[PAR].code == "stickprov.lower_bound"
    assert pulled[PAR].figures["fel"] == "5"
    house.ground.house.brakes.release(PROCESS, PAR, Puller("cia", "Cia Exempel"), reason="Regeln är rättad.")
    house.look()
    assert house.ground.house.brakes.pulled(PROCESS) == ()


def test_more_is_drawn_while_the_rules_are_new_and_their_sequence_is_their_own(make: Make, tmp_path: Path) -> None:
    """New strata and new rules are drawn at the rate for what is new; what the old rules did right proves nothing."""
    house = make(rates=f"{{ensam: {RARE}, par: {RARE}}}", new='"1"')
    old = house.couple()
    assert house.ground.row(old).picked
    assert house.chain("sample.version")[0].body["new"] == ["rules", "build"]
    house.ground.house.reviews.agree(old, ANNA)
    house.look()
    assert _standing(house).control.reviewed == 1
    assert {body.body["effective"] for body in house.chain("rate.changed")} == {"next"}
    house.month_passes()
    changed(tmp_path / "processes", "process.yaml", "within_working_days: 5", "within_working_days: 6")
    url = house.ground.house.settings.database_url
    mended = build(tmp_path / "data", url=url, processes=tmp_path / "processes", clock=house.ground.clock)
    new = mended.handled(house.handed_in(people=2))
    assert mended.row(new.ref).picked
    raised = house.entries(f"stickprov-{PROCESS}-2025-10", "rate.changed")
    assert {(one.body["cause"], one.body["effective"]) for one in raised} == {("new_rules", "now")}
    assert (_standing(house).rules, _standing(house).control.reviewed) == (new.version, 0)
    mended.house.close()


def _standing(house: Sampled) -> Standing:
    plan = house.ground.house.library.current(PROCESS).stickprov
    assert plan is not None
    return house.control.standings(PROCESS, plan)["par"]
