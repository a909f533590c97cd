"""Whether journal, case system and notices tell the same story, and the scenario's."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from testbed.agreement import JournalCase, compare
from testbed.judge import wrong_against
from testbed.observe import Observed
from testbed.report import report_of
from testbed.scenario.expected import Expected

PERSON = "199006022397"
CLOSED = JournalCase(
    application="A-1-0001",
    person=PERSON,
    phone="0701740605",
    email="sokande@example.se",
    month="2025-09",
    status="closed",
    decided_by_robot=True,
    sampled=False,
    outcome="bifall",
    amount_ore=1018050,
    reasons=(),
    seconds=2.5,
)
WAITING = replace(
    CLOSED, status="person", decided_by_robot=False, outcome=None, amount_ore=None, reasons=("ratt_manad",)
)
SAMPLED = replace(CLOSED, status="person", sampled=True, reasons=("stickprov",))
HALF_WRITTEN = replace(CLOSED, status="person", reasons=("effekt.verksamhetssystem.beslut.okant_utfall",))
BIFALL = Expected("decided", "bifall", Decimal("10180.50"))
TO_A_PERSON = Expected("person", reasons=frozenset({"ratt_manad"}))


def stored(amount: int = 1018050, **changes: Any) -> dict[str, Any]:
    """A decision or payment of the case, in öre."""
    return {"personnummer": PERSON, "month": "2025-09", "amount": amount, **changes}


def calculation(result: int = -1018050, status: str = "Slutlig") -> dict[str, Any]:
    """A calculation of the case; its result in öre."""
    return {"personnummer": PERSON, "month": "2025-09", "status": status, "summary": {"result": result}}


def sms(number: str = "+46701740605") -> dict[str, Any]:
    """A received SMS."""
    return {"mobileNumber": number}


RIGHT = Observed((calculation(),), (stored(),), (stored(),), (), (sms(),), ())
NOTHING = Observed((), (), (), (), (), ())


def test_one_of_each_agrees() -> None:
    """One final calculation, decision, payment and notice with the journal's amount is agreement."""
    assert compare(RIGHT, [CLOSED]) == []
    assert compare(NOTHING, [WAITING, replace(SAMPLED, month="2025-06")]) == []


@pytest.mark.parametrize(
    ("observed", "sentence"),
    [
        (replace(RIGHT, calculations=()), "decided and closed, but no final calculation is stored"),
        (replace(RIGHT, calculations=(calculation(status="Utkast"),)), "but no final calculation is stored"),
        (replace(RIGHT, decisions=()), "decided and closed, but no decision is stored"),
        (replace(RIGHT, payments=()), "decided and closed, but no payment is stored"),
        (replace(RIGHT, decisions=(stored(), stored())), "2 decisions are stored, expected one"),
        (replace(RIGHT, payments=(stored(), stored())), "2 payments are stored, expected one"),
        (replace(RIGHT, calculations=(calculation(), calculation())), "2 final calculations are stored"),
        (replace(RIGHT, payments=(stored(1018051),)), "the payment is 10180.51 SEK, the journal says 10180.50 SEK"),
        (replace(RIGHT, decisions=(stored(1),)), "the decision is 0.01 SEK"),
        (replace(RIGHT, calculations=(calculation(-1),)), "the final calculation is 0.01 SEK"),
        (replace(RIGHT, payments=(stored(month="2025-08"),)), "1 payment(s) for 2025-08 belong to no case"),
        (replace(RIGHT, sms=()), "0 notice(s) arrived, expected 1"),
        (replace(RIGHT, sms=(sms(), sms())), "2 notice(s) arrived, expected 1"),
        (replace(RIGHT, sms=(sms("0701740699"),)), "nobody's application: 1 notice(s) arrived, expected 0"),
        (replace(RIGHT, mails=({"to": "x@example.se", "count": 2},)), "2 notice(s) arrived, expected 0"),
    ],
)
def test_each_difference_is_said(observed: Observed, sentence: str) -> None:
    """Whatever is missing, doubled, of another amount, person or month is found, and no number of a person is shown."""
    found = " / ".join(compare(observed, [CLOSED]))
    assert sentence in found
    assert PERSON not in found


@pytest.mark.parametrize("case", [WAITING, SAMPLED])
def test_nothing_may_be_stored_for_a_case_that_was_not_let_through(case: JournalCase) -> None:
    """A case that waits for a person or for the stickprov has left nothing in the case system, not even a draft."""
    assert len(compare(RIGHT, [case])) == 5
    assert compare(replace(NOTHING, calculations=(calculation(status="Utkast"),)), [case])


def test_a_case_that_stopped_half_way_may_have_some() -> None:
    """A decided case that a person must finish may have been written and told, but never twice."""
    assert compare(NOTHING, [HALF_WRITTEN]) == []
    assert compare(RIGHT, [HALF_WRITTEN]) == []
    assert compare(replace(RIGHT, payments=(stored(), stored())), [HALF_WRITTEN])


@pytest.mark.parametrize(("expected", "case"), [(BIFALL, CLOSED), (BIFALL, SAMPLED), (TO_A_PERSON, WAITING)])
def test_the_right_end(expected: Expected, case: JournalCase) -> None:
    """The expected amount, also when held by the stickprov, and exactly the expected reasons are right."""
    assert wrong_against(expected, case, faulty=False) is None


@pytest.mark.parametrize(
    ("expected", "case"),
    [
        (BIFALL, replace(CLOSED, amount_ore=1018051)),
        (BIFALL, replace(SAMPLED, amount_ore=1)),
        (BIFALL, replace(CLOSED, outcome="avslag")),
        (BIFALL, WAITING),
        (BIFALL, HALF_WRITTEN),
        (BIFALL, replace(CLOSED, status="running")),
        (TO_A_PERSON, CLOSED),
        (TO_A_PERSON, SAMPLED),
        (TO_A_PERSON, replace(WAITING, reasons=())),
        (TO_A_PERSON, replace(WAITING, reasons=("inga_nya_inkomster",))),
        (TO_A_PERSON, replace(WAITING, reasons=("ratt_manad", "inga_nya_inkomster"))),
    ],
)
def test_the_wrong_end(expected: Expected, case: JournalCase) -> None:
    """Another amount, outcome, end, a missing reason or one too many is wrong, and is said by the application's id."""
    wrong = wrong_against(expected, case, faulty=False)
    assert wrong is not None
    assert wrong.startswith("A-1-0001: ")


def test_faults_excuse_a_person_but_never_a_decision() -> None:
    """With faults on, a person with a reason is right for every case; a wrong amount or a wrong decision never is."""
    stopped = replace(WAITING, reasons=("saknas.agi_kontroll.tidsgrans",))
    assert wrong_against(BIFALL, stopped, faulty=True) is None
    assert wrong_against(TO_A_PERSON, stopped, faulty=True) is None
    assert wrong_against(BIFALL, HALF_WRITTEN, faulty=True) is None
    assert wrong_against(BIFALL, replace(stopped, reasons=()), faulty=True)
    assert wrong_against(BIFALL, replace(CLOSED, amount_ore=1), faulty=True)
    assert wrong_against(TO_A_PERSON, CLOSED, faulty=True)
    assert wrong_against(BIFALL, replace(CLOSED, status="running"), faulty=True)


def test_a_reason_may_be_a_beginning() -> None:
    """An expected reason that ends with a dot is met by every code that begins so."""
    expected = Expected("person", reasons=frozenset({"saknas.forra_berakningen."}))
    case = replace(WAITING, reasons=("saknas.forra_berakningen.finns_inte",))
    assert wrong_against(expected, case, faulty=False) is None


def test_the_report_counts_each_case_once() -> None:
    """Decided, sampled and to people add up to the cases; the sum is of what was carried out."""
    cases = [CLOSED, replace(CLOSED, application="A-1-0002"), SAMPLED, WAITING, HALF_WRITTEN]
    report = report_of(cases, notices=2, disagreements=[], wrong=["A-1-0005: …"], seconds=10.0)
    assert (report.cases, report.decided, report.sampled, report.to_people) == (5, 2, 1, 2)
    assert report.kronor == "20361.00"
    assert report.reasons == {"effekt.verksamhetssystem.beslut.okant_utfall": 1, "ratt_manad": 1}
    assert report.agree
    assert not report.good
    contract = {"cases", "decided", "to_people", "sampled", "reasons", "kronor", "seconds", "agree", "disagreements"}
    assert contract | {"wrong_against_scenario"} <= report.to_json().keys()
