"""What decisions, payments and notes accept."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.testbed.verksamhetssystem.ground import Ground
from tests.testbed.verksamhetssystem.typing_in import CASE, DECISION, PAYMENT, save_calculation, save_decision
from tests.testbed.verksamhetssystem.visitor import Fields, Visitor, truth


def test_a_decision_is_saved_as_typed(ground: Ground, visitor: Visitor) -> None:
    """A right decision gives a receipt, and the read page and the truth show what was typed."""
    receipt = save_decision(visitor)
    assert (receipt.heading, receipt.shown("Beslutsnummer")) == ("Beslutet är sparat", "BE-000002")
    page = visitor.get("/beslut/BE-000002")
    assert (page.shown("Belopp"), page.shown("Beslutstext")) == ("16\u00a0195,65", "Rad ett\nRad två")
    stored = truth(ground.truth_url, "/decisions?month=2025-09")
    assert [(row["amount"], row["calculation"], row["personnummer"]) for row in stored] == [
        (1619565, "B-000002", "199006022397")
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": "16195,64"}, "Belopp ska vara beräkningens underskott, 16\u00a0195,65"),
        ({"type": "Avslag"}, "Belopp ska vara 0 vid avslag"),
        ({"type": "Delvis bifall"}, "Belopp ska vara större än 0 och mindre än underskottet, 16\u00a0195,65"),
        ({"decided_on": "2025-08-28"}, "Beslutsdatum kan inte vara ett kommande datum"),
        ({"decided_on": "27/8"}, "Beslutsdatum ska vara ett datum, ÅÅÅÅ-MM-DD"),
        ({"first": "2025-08-01", "last": "2025-08-31"}, "Perioden ska vara beräkningens period"),
        ({"calculation": "B-000001"}, "Beräkning: välj ur listan"),
        ({"reason": "Sol och vind"}, "Orsak: välj ur listan"),
        ({"decision_maker": ""}, "Beslutsfattare saknas"),
        ({"text": ""}, "Beslutstext saknas"),
        ({"text": "a" * 4001}, "Beslutstext får ha högst 4000 tecken"),
    ],
)
def test_a_decision_is_refused(ground: Ground, visitor: Visitor, change: Fields, error: str) -> None:
    """Each wrong value is named, what was typed stays, and nothing is stored."""
    save_calculation(visitor)
    page = visitor.fill(f"{CASE}/beslut/nytt", {**DECISION, **change})
    assert (page.status, page.errors) == (422, [error])
    assert truth(ground.truth_url, "/counts")["decisions"]["stored"] == 1


def test_a_calculation_is_decided_once(visitor: Visitor) -> None:
    """A calculation that has a decision is not offered again and is refused when posted anyway."""
    save_decision(visitor)
    page = visitor.fill(f"{CASE}/beslut/nytt", DECISION)
    assert page.errors == ["Beräkning: välj ur listan"]


def test_partly_and_refused_decisions_have_their_own_amounts(ground: Ground, visitor: Visitor) -> None:
    """A part of the deficit is a Delvis bifall, and 0 is an Avslag, which cannot be paid."""
    save_calculation(visitor)
    page = visitor.fill(f"{CASE}/beslut/nytt", {**DECISION, "type": "Avslag", "amount": "0"})
    assert page.heading == "Beslutet är sparat"
    assert "BE-000002" not in visitor.get(f"{CASE}/utbetalning/ny").body
    assert truth(ground.truth_url, "/decisions?month=2025-09")[0]["amount"] == 0


def test_a_payment_goes_to_the_payee_of_the_record(ground: Ground, visitor: Visitor) -> None:
    """The payee is read from the person's record, never from the form."""
    save_decision(visitor)
    page = visitor.fill(f"{CASE}/utbetalning/ny", {**PAYMENT, "payee": "Någon annans konto"})
    assert (page.heading, page.shown("Utbetalningsnummer")) == ("Utbetalningen är registrerad", "U-000002")
    stored = truth(ground.truth_url, "/payments?month=2025-09")
    assert [(row["amount"], row["decision"], row["payee"]) for row in stored] == [
        (1619565, "BE-000002", "Bankkonto 0000-0 000 000 0, Anna Exempel")
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": "0"}, "Belopp ska vara större än 0"),
        ({"amount": "16195,66"}, "Belopp är högre än vad som återstår av beslutet, 16\u00a0195,65"),
        ({"pay_date": "2025-08-26"}, "Utbetalningsdatum har passerat"),
        ({"pay_date": "2025-08-30"}, "Utbetalningsdatum ska vara en bankdag"),
        ({"pay_date": "2025-12-24"}, "Utbetalningsdatum ska vara en bankdag"),
        ({"pay_date": "2026-06-19"}, "Utbetalningsdatum ska vara en bankdag"),
        ({"month": "2025-08"}, "Avser månad ska vara beslutets månad, 2025-09"),
        ({"month": "2025-13"}, "Avser månad ska vara en månad, ÅÅÅÅ-MM"),
        ({"decision": ""}, "Beslut saknas"),
    ],
)
def test_a_payment_is_refused(ground: Ground, visitor: Visitor, change: Fields, error: str) -> None:
    """Each wrong value is named and nothing is stored."""
    save_decision(visitor)
    page = visitor.fill(f"{CASE}/utbetalning/ny", {**PAYMENT, **change})
    assert (page.status, page.errors) == (422, [error])
    assert truth(ground.truth_url, "/counts")["payments"]["stored"] == 1


def test_payments_never_exceed_their_decision(visitor: Visitor) -> None:
    """What was paid before counts; a fully paid decision is not offered."""
    save_decision(visitor)
    visitor.fill(f"{CASE}/utbetalning/ny", {**PAYMENT, "amount": "16000"})
    page = visitor.fill(f"{CASE}/utbetalning/ny", {**PAYMENT, "amount": "195,66"})
    assert page.errors == ["Belopp är högre än vad som återstår av beslutet, 195,65"]
    assert visitor.fill(f"{CASE}/utbetalning/ny", {**PAYMENT, "amount": "195,65"}).status == 200
    assert visitor.fill(f"{CASE}/utbetalning/ny", PAYMENT).errors == ["Beslut: välj ur listan"]


def test_a_note_is_saved(ground: Ground, visitor: Visitor) -> None:
    """A note is stored with who wrote it and when, and shown in the journal."""
    page = visitor.fill(f"{CASE}/journal/ny", {"heading": "Beslut", "text": "Bifall <b>september</b>"})
    assert (page.heading, page.shown("Anteckningsnummer")) == ("Anteckningen är sparad", "A-000002")
    assert "Bifall &lt;b&gt;september" in visitor.get(f"{CASE}/journal").body
    note = truth(ground.truth_url, "/notes?month=2025-08")[0]
    assert (note["created_by"], note["created_at"]) == ("robot", "2025-08-27T10:00:00+00:00")


def test_an_empty_note_is_refused(visitor: Visitor) -> None:
    """A note needs both its heading and its text."""
    assert visitor.fill(f"{CASE}/journal/ny", {"heading": "", "text": " "}).errors == [
        "Rubrik saknas",
        "Anteckning saknas",
    ]


def test_the_same_form_posted_at_once_is_one_record(ground: Ground, visitor: Visitor) -> None:
    """Double submits of one form key, even at the same moment, answer with one receipt and store one record."""
    save_decision(visitor)
    page = visitor.get(f"{CASE}/utbetalning/ny")
    form = {**PAYMENT, "amount": "1", "form_key": page.hidden("form_key"), "csrf": page.hidden("csrf")}
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: visitor.send(f"{CASE}/utbetalning/ny", form).path, range(8))
        assert set(answers) == {"/utbetalning/U-000002/kvittens"}
    assert truth(ground.truth_url, "/counts")["payments"] == {"stored": 2, "imported": 1}
