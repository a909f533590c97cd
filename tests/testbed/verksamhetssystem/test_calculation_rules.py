"""What a calculation accepts, how it adds up, and that it locks."""

import pytest

from tests.testbed.verksamhetssystem.ground import ANNA, BO, Ground
from tests.testbed.verksamhetssystem.typing_in import (
    CASE,
    EXPENSES,
    HOUSEHOLD,
    INCOMES,
    SUMMARY,
    draft,
    save_calculation,
)
from tests.testbed.verksamhetssystem.visitor import Fields, Visitor, truth


def test_a_calculation_adds_up_and_is_locked_with_a_receipt(ground: Ground, visitor: Visitor) -> None:
    """Norm with days, jobbstimulans and approved amounts give the hand-worked summary; saving gives a receipt."""
    number = draft(visitor)
    assert {row["label"]: row["amount"] for row in visitor.calculate(number)} == SUMMARY
    visitor.get(f"/berakning/{number}/sammanstallning")
    receipt = visitor.post(f"/berakning/{number}/spara", {})
    assert receipt.heading == "Beräkningen är sparad"
    assert (receipt.shown("Kvittensnummer"), receipt.shown("Beräkningsnummer")) == ("K-000002", "B-000002")
    stored = truth(ground.truth_url, "/calculations?personnummer=199006022397&month=2025-09")
    assert [row["status"] for row in stored] == ["Slutlig"]
    assert stored[0]["summary"]["result"] == -1619565
    assert stored[0]["saved_by"] == "robot"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"first": "2025-09-02"}, "Perioden ska vara en hel kalendermånad"),
        ({"last": "2025-10-31"}, "Perioden ska vara en hel kalendermånad"),
        ({"last": "2025-09-31"}, "Till och med ska vara ett datum, ÅÅÅÅ-MM-DD"),
        ({"first": "1 sept 2025"}, "Från och med ska vara ett datum, ÅÅÅÅ-MM-DD"),
        ({"first": "20250901"}, "Från och med ska vara ett datum, ÅÅÅÅ-MM-DD"),
        ({"norm_name": ["Sambo", "Sambor", "Barn 7-10 år"]}, "Norm rad 1: välj ur listan"),
        ({"norm_person": [ANNA, BO, "Någon Annan"]}, "Person rad 3: välj ur listan"),
        ({"norm_person": [ANNA, BO, ANNA]}, f"{ANNA} finns redan"),
        ({"norm_monthly": ["3525.50", "1", "1"]}, "Månadsbelopp rad 1 ska vara ett belopp, till exempel 3 940,00"),
        ({"norm_monthly": ["-1", "1", "1"]}, "Månadsbelopp rad 1 ska vara ett belopp, till exempel 3 940,00"),
        ({"norm_monthly": ["", "1", "1"]}, "Månadsbelopp rad 1 saknas"),
        ({"norm_days": ["", "", "32"]}, "Avvikande dagar rad 3 ska vara ett heltal från 0 till 31"),
        ({"members": "2"}, "Antal i hushållet är färre än normraderna"),
        ({"members": "tre"}, "Antal i hushållet ska vara ett heltal från 1 till 20"),
        ({"shared": "1770,123"}, "Gemensamma hushållskostnader ska vara ett belopp, till exempel 3 940,00"),
        ({"norm_person": [], "norm_name": [], "norm_monthly": [], "norm_days": []}, "Lägg till minst en normrad"),
    ],
)
def test_the_household_page_refuses(ground: Ground, visitor: Visitor, change: Fields, error: str) -> None:
    """Each wrong value is named by its label, what was typed stays, and no draft is made."""
    page = visitor.fill(f"{CASE}/berakning/ny", {**HOUSEHOLD, **change})
    assert (page.status, page.heading, page.errors) == (422, "Ny beräkning – hushåll", [error])
    assert 'value="1770' in page.body
    assert truth(ground.truth_url, "/counts")["calculations"] == {"stored": 1, "imported": 1}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"income_type": ["A-kassa", "A-kassa"]}, "A-kassa finns redan"),
        ({"income_type": ["Lotteri", "A-kassa"]}, "Inkomsttyp rad 1: välj ur listan"),
        ({"income_applicant": ["12x", ""]}, "Sökande rad 1 ska vara ett belopp, till exempel 3 940,00"),
    ],
)
def test_the_income_page_refuses(visitor: Visitor, change: Fields, error: str) -> None:
    """A type of income can occur once, types come from the list, and amounts must be readable."""
    number = draft(visitor)
    page = visitor.fill(f"/berakning/{number}/inkomster", {**INCOMES, **change})
    assert (page.status, page.errors) == (422, [error])


def test_a_single_person_has_no_co_applicant(visitor: Visitor) -> None:
    """Income or jobbstimulans of a co-applicant needs a co-applicant in the household."""
    household = {**HOUSEHOLD, "norm_person": ["Doris Exempel"], "norm_name": ["Ensamstående"]}
    household |= {"norm_monthly": ["3910"], "norm_days": [""], "members": "1"}
    page = visitor.fill("/arende/EB-1002/berakning/ny", household)
    page = visitor.fill(page.path, {**INCOMES, "job_stimulus_co_applicant": "1"})
    assert page.errors == ["Ärendet har ingen medsökande"] * 2


def test_approved_is_never_above_applied(visitor: Visitor) -> None:
    """An expense cannot be approved with more than was applied for."""
    number = draft(visitor)
    page = visitor.fill(f"/berakning/{number}/utgifter", {**EXPENSES, "special_approved": ["250,01"]})
    assert page.errors == ["Godkänt belopp särskild rad 1 är högre än ansökt belopp"]


def test_a_stored_page_shows_what_it_holds(visitor: Visitor) -> None:
    """Going back in a draft shows the stored rows, and storing them again changes nothing."""
    number = draft(visitor)
    page = visitor.get(f"/berakning/{number}/hushall")
    assert 'id="norm_monthly-2"' in page.body
    assert 'value="3\u00a0525,00"' in page.body
    visitor.post(f"/berakning/{number}/hushall", HOUSEHOLD)
    assert {row["label"]: row["amount"] for row in visitor.calculate(number)} == SUMMARY


def test_saving_needs_a_calculation_first(visitor: Visitor) -> None:
    """A draft that is not calculated, or was changed since, cannot be saved."""
    number = draft(visitor)
    visitor.get(f"/berakning/{number}/sammanstallning")
    assert visitor.post(f"/berakning/{number}/spara", {}).errors == ["Tryck på Beräkna innan du sparar"]
    visitor.calculate(number)
    visitor.fill(f"/berakning/{number}/utgifter", EXPENSES)
    assert visitor.post(f"/berakning/{number}/spara", {}).errors == ["Tryck på Beräkna innan du sparar"]


def test_one_final_calculation_per_month(visitor: Visitor) -> None:
    """A second final calculation of the same month is refused; the draft stays."""
    august = {**HOUSEHOLD, "first": "2025-08-01", "last": "2025-08-31"}
    number = draft(visitor, household=august)
    visitor.calculate(number)
    visitor.get(f"/berakning/{number}/sammanstallning")
    page = visitor.post(f"/berakning/{number}/spara", {})
    assert page.errors == ["Det finns redan en slutlig beräkning för perioden"]
    assert visitor.get(f"/berakning/{number}").shown("Status") == "Utkast"


@pytest.mark.parametrize("page", ["hushall", "inkomster", "utgifter", "spara", "berakna"])
def test_a_locked_calculation_refuses_every_change(ground: Ground, visitor: Visitor, page: str) -> None:
    """Every post to a final calculation answers 422 and changes nothing."""
    save_calculation(visitor)
    before = truth(ground.truth_url, "/calculations")
    visitor.get(f"{CASE}/journal/ny")
    answer = visitor.post(f"/berakning/B-000002/{page}", {**HOUSEHOLD, **INCOMES, **EXPENSES})
    assert (answer.status, answer.heading) == (422, "Ändringen kan inte göras")
    assert answer.errors == ["Beräkningen är slutlig och låst"]
    assert truth(ground.truth_url, "/calculations") == before


def test_the_read_page_shows_the_stored_calculation(visitor: Visitor) -> None:
    """The read page of an earlier calculation shows period, state, receipt and every row with its amounts."""
    page = visitor.get("/berakning/B-000001")
    shown = {label: page.shown(label) for label in ("Period", "Status", "Kvittensnummer", "Jobbstimulans sökande")}
    assert shown == {
        "Period": "2025-08",
        "Status": "Slutlig",
        "Kvittensnummer": "K-000001",
        "Jobbstimulans sökande": "Ja",
    }
    for text in ("9\u00a0999,99", "-2\u00a0500,00", "-12\u00a0610,00", "-11\u00a0060,01", "19900602-2397"):
        assert text in page.body


def test_a_page_posted_twice_is_one_draft(ground: Ground, visitor: Visitor) -> None:
    """The same form key posted again leads to the draft it made."""
    key = visitor.get(f"{CASE}/berakning/ny").hidden("form_key")
    first = visitor.post(f"{CASE}/berakning/ny", HOUSEHOLD)
    second = visitor.post(f"{CASE}/berakning/ny", {**HOUSEHOLD, "form_key": key})
    assert first.path == second.path == "/berakning/B-000002/inkomster"
    assert truth(ground.truth_url, "/counts")["calculations"]["stored"] == 2
