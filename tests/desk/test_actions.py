"""The five things a handläggare may do, as forms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from robot.engine.case import CaseState
from tests.desk.conftest import Town, Visitor, copied


@pytest.fixture
def town(template: Path, tmp_path: Path) -> Iterator[Town]:
    """An own copy for every test, because each of them moves a case."""
    with copied(template, tmp_path / "data") as town:
        yield town


def _state(town: Town, case: str) -> CaseState:
    return town.house.ledger.load(town.cases[case])


async def _act(visitor: Visitor, town: Town, case: str, action: str, **fields: Any) -> Any:
    path = f"/arende/{town.cases[case]}/{action}"
    return await visitor.post(path, **{"revision": town.row(case).revision, **fields})


async def test_agreeing_makes_the_proposal_a_person_s_decision(handlaggare: Visitor, town: Town) -> None:
    """The case goes on with the proposal as decided by the person, and the next page says so."""
    proposal = _state(town, "income").proposal
    assert proposal is not None
    answer = await _act(handlaggare, town, "income", "godkann", motivering="Stämmer.")
    assert answer.status_code == 303
    state = _state(town, "income")
    assert state.status == "running"
    assert state.decision is not None
    assert (state.decision.by, state.decision.name) == ("handlaggare", "Demo Handläggare")
    assert (state.decision.outcome, state.decision.amount) == (proposal.outcome, proposal.amount)
    page = (await handlaggare.http.get(f"/arende/{town.cases['income']}")).text
    assert "Roboten fortsätter med ärendet." in page


async def test_an_avslag_needs_that_the_applicant_is_heard(handlaggare: Visitor, town: Town) -> None:
    """Without the tick the form comes back with the reason on top and the text kept; with it the decision is made."""
    answer = await _act(handlaggare, town, "avslag", "godkann", motivering="Inkomsten räcker.")
    assert answer.status_code == 422
    assert "25 § förvaltningslagen" in answer.text
    assert 'role="alert"' in answer.text
    assert "Inkomsten räcker." in answer.text
    assert "<title>Fel:" in answer.text
    assert _state(town, "avslag").decision is None
    answer = await _act(handlaggare, town, "avslag", "godkann", motivering="Inkomsten räcker.", hord="ja")
    assert answer.status_code == 303
    decision = _state(town, "avslag").decision
    assert decision is not None
    assert decision.outcome == "avslag"


async def test_a_picked_case_goes_on_when_the_reviewer_agrees(handlaggare: Visitor, town: Town) -> None:
    """Agreeing with a stickprov case keeps the robot's decision and lets it be carried out."""
    page = (await handlaggare.http.get(f"/arende/{town.cases['picked']}")).text
    assert "draget till stickprov" in page
    await _act(handlaggare, town, "picked", "godkann")
    state = _state(town, "picked")
    assert state.status == "running"
    assert state.decision is not None
    assert state.decision.by == "robot"


async def test_deciding_otherwise_takes_swedish_amounts(handlaggare: Visitor, town: Town) -> None:
    """An amount with spaces and comma is understood; the reasons are kept in the decision."""
    fields = {"utfall": "bifall", "belopp": "1 250,50 kr", "motivering": "Halva beloppet.", "hord": "ja"}
    answer = await _act(handlaggare, town, "refund", "besluta", **fields)
    assert answer.status_code == 303, answer.text
    decision = _state(town, "refund").decision
    assert decision is not None
    assert (str(decision.amount), decision.motivation) == ("1250.5", "Halva beloppet.")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"utfall": "bifall", "belopp": "mycket", "motivering": "x"}, "Skriv ett belopp i kronor"),
        ({"utfall": "bifall", "belopp": "0", "motivering": "x"}, "belopp över noll"),
        ({"utfall": "", "belopp": "10", "motivering": "x"}, "Ange bifall"),
        ({"utfall": "bifall", "belopp": "10", "motivering": " "}, "Skriv skälen"),
    ],
)
async def test_a_decision_that_cannot_be_made_says_why(
    handlaggare: Visitor, town: Town, fields: dict[str, str], told: str
) -> None:
    """What is wrong is told, what was typed is kept, and nothing is decided."""
    answer = await _act(handlaggare, town, "refund", "besluta", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{fields["belopp"]}"' in answer.text
    assert _state(town, "refund").decision is None


async def test_asking_waits_for_the_answer(handlaggare: Visitor, town: Town) -> None:
    """A question needs a later day; the case then waits for the applicant until the answer is noted."""
    late = await _act(handlaggare, town, "income", "fraga", fraga="Vad är 900 kr?", svarsdag="2025-09-16")
    assert "Välj en dag efter i dag." in late.text
    assert "Vad är 900 kr?" in late.text
    answer = await _act(handlaggare, town, "income", "fraga", fraga="Vad är 900 kr?", svarsdag="2025-09-30")
    assert answer.status_code == 303
    assert _state(town, "income").status == "applicant"
    assert town.cases["income"] in (await handlaggare.http.get("/?lage=applicant")).text
    answer = await _act(handlaggare, town, "income", "svar", svar="En gåva.")
    assert answer.status_code == 303
    assert _state(town, "income").status == "person"


async def test_taking_over_ends_the_robot_s_part(handlaggare: Visitor, town: Town) -> None:
    """Taking over needs a reason, and then nothing more can be done in the desk."""
    assert "Skriv varför du tar över" in (await _act(handlaggare, town, "income", "ta-over")).text
    assert (await _act(handlaggare, town, "income", "ta-over", motivering="Komplicerat.")).status_code == 303
    assert _state(town, "income").status == "by_hand"
    page = (await handlaggare.http.get(f"/arende/{town.cases['income']}")).text
    assert "Ärendet är avslutat." in page


async def test_the_special_group_can_take_over_a_restricted_case(visitor: Visitor, town: Town) -> None:
    """A protected case is handled by hand, by those who may see it."""
    await visitor.login("sarskild")
    answer = await _act(visitor, town, "protected", "ta-over", motivering="Handläggs av gruppen.")
    assert answer.status_code == 303
    assert _state(town, "protected").status == "by_hand"


async def test_a_page_that_is_older_than_the_case_changes_nothing(handlaggare: Visitor, town: Town) -> None:
    """Sending the same form twice, or from a page opened before somebody else acted, is told and does nothing."""
    before = town.row("income").revision
    await _act(handlaggare, town, "income", "fraga", fraga="Vad?", svarsdag="2025-09-30")
    answer = await _act(handlaggare, town, "income", "ta-over", motivering="x", revision=before)
    assert answer.status_code == 422
    assert "Ärendet har ändrats sedan du öppnade sidan." in answer.text
    assert _state(town, "income").status == "applicant"


async def test_changing_a_fact_works_everything_out_again(handlaggare: Visitor, town: Town) -> None:
    """A changed income gives a new proposal, with the person as source and the reason in the journal."""
    before = _state(town, "income").proposal
    assert before is not None
    path = f"/arende/{town.cases['income']}/andra/inkomster"
    form = (await handlaggare.http.get(path)).text
    assert 'value="900,00"' in form
    assert '<option value="OTHER_INCOME" selected>Övriga inkomster</option>' in form
    fields = {"v.antal": "1", "v.0.slag": "OTHER_INCOME", "v.0.belopp": "1 900", "v.0.person": "1"}
    answer = await _act(handlaggare, town, "income", "andra/inkomster", gor="spara", motivering="Fel belopp.", **fields)
    assert answer.status_code == 303, answer.text
    state = _state(town, "income")
    assert state.proposal is not None
    assert before.amount - state.proposal.amount == 1000
    assert state.status == "person"
    page = (await handlaggare.http.get(f"/arende/{town.cases['income']}")).text
    assert "handläggare handlaggare" in page
    assert "Fel belopp." in page


async def test_rows_are_added_and_removed_without_script(handlaggare: Visitor, town: Town) -> None:
    """A button adds a row and another removes one; what is typed in the others stays, and nothing is journalled."""
    revision = town.row("income").revision
    fields = {"v.antal": "1", "v.0.slag": "OTHER_INCOME", "v.0.belopp": "77", "v.0.person": "1"}
    page = (await _act(handlaggare, town, "income", "andra/inkomster", gor="rad v", **fields)).text
    assert 'name="v.1.belopp"' in page
    assert 'value="77"' in page
    more = {**fields, "v.antal": "2", "v.1.slag": "SALARY", "v.1.belopp": "88", "v.1.person": "1"}
    page = (await _act(handlaggare, town, "income", "andra/inkomster", gor="bort v.0", **more)).text
    assert 'value="88"' in page
    assert 'value="77"' not in page
    assert town.row("income").revision == revision


async def test_a_wrong_value_is_told_beside_its_field(handlaggare: Visitor, town: Town) -> None:
    """Each fault stands at its field and in the summary; nothing is changed."""
    fields = {"v.antal": "1", "v.0.slag": "fel kod", "v.0.belopp": "många", "v.0.person": "1"}
    answer = await _act(handlaggare, town, "income", "andra/inkomster", gor="spara", motivering="x", **fields)
    assert answer.status_code == 422
    assert 'href="#v.0.belopp"' in answer.text
    assert 'value="många"' in answer.text
    assert _state(town, "income").reviewed == ()


async def test_a_register_s_answer_cannot_be_edited(handlaggare: Visitor, town: Town) -> None:
    """Only facts that a person may give have a form."""
    answer = await handlaggare.http.get(f"/arende/{town.cases['refund']}/andra/skatteaterbaring")
    assert answer.status_code == 303
    answer = await _act(handlaggare, town, "refund", "andra/skatteaterbaring", gor="spara", motivering="x")
    assert answer.status_code == 303
    assert _state(town, "refund").reviewed == ()
