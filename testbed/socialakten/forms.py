"""What may be saved in Socialakten, and what the system says when it may not."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from testbed.verksamhetssystem.calculation import Content, ExpenseRow, IncomeRow, NormRow, last_day, summarise
from testbed.verksamhetssystem.catalogue import (
    DECISION_REASONS,
    DECISION_TYPES,
    EXPENSE_TYPES,
    INCOME_TYPES,
    NORMS,
    SPECIAL_EXPENSE_TYPES,
)
from testbed.verksamhetssystem.money import parse_amount, show_amount


class RefusedError(Exception):
    """What was typed cannot be saved. ``faults`` is Swedish text by field name, as the page shows it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


LISTS: Mapping[str, tuple[str, ...]] = {
    "normer": NORMS,
    "inkomster": INCOME_TYPES,
    "utgifter": EXPENSE_TYPES,
    "extra": SPECIAL_EXPENSE_TYPES,
    "utfall": DECISION_TYPES,
    "orsaker": DECISION_REASONS,
}
_SHOWN = {
    "Inkomster": "Inkomst",
    "Jobbstimulans": "Avdrag för arbete",
    "Norm": "Normbelopp",
    "Utgifter": "Utgifter i normen",
    "Summa": "Delsumma",
    "Särskilda utgifter": "Extra utgifter",
    "Resultat": "Slutsumma",
}


def sums(typed: Mapping[str, Any]) -> dict[str, str]:
    """The system's own arithmetic on a calculation, label by label.

    Raises:
        RefusedError: A field is empty or cannot be read.

    """
    return {_SHOWN[label]: show_amount(amount) for label, amount in summarise(_content(typed)).rows()}


def calculation_month(typed: Mapping[str, Any]) -> str:
    """The month "ÅÅÅÅ-MM" that a calculation is for, when everything in it can be read."""
    first, last = _day(typed, "fran"), _day(typed, "till")
    if first.day != 1 or last != last_day(first):
        raise RefusedError({"till": "Perioden ska vara en hel månad."})
    _content(typed)
    return f"{first:%Y-%m}"


def decision_month(typed: Mapping[str, Any]) -> str:
    """The month of a decision, when everything in it can be read."""
    faults = {
        name: text
        for name, text, right in (
            ("utfall", "Välj utfall.", typed.get("utfall") in DECISION_TYPES),
            ("orsak", "Välj orsak.", typed.get("orsak") in DECISION_REASONS),
            ("motivering", "Skriv en motivering.", bool(str(typed.get("motivering", "")).strip())),
            ("kontrollerat", "Bekräfta att uppgifterna är kontrollerade.", typed.get("kontrollerat") is True),
        )
        if not right
    }
    if faults:
        raise RefusedError(faults)
    _amount(typed, "belopp")
    _day(typed, "beslutsdag")
    return f"{_day(typed, 'fran'):%Y-%m}"


def note_month(typed: Mapping[str, Any], today: date) -> str:
    """The month a note was written in."""
    if not str(typed.get("rubrik", "")).strip() or not str(typed.get("text", "")).strip():
        raise RefusedError({"text": "Skriv rubrik och text."})
    return f"{today:%Y-%m}"


def _content(typed: Mapping[str, Any]) -> Content:
    return Content(
        norm_rows=tuple(
            NormRow(row["namn"], _one_of(row, "normgrupp", NORMS), _amount(row, "belopp"), _days(row))
            for row in typed.get("normrader", ())
        ),
        members=int(_amount(typed, "storlek")),
        shared=_amount(typed, "gemensamt"),
        incomes=tuple(
            IncomeRow(_one_of(row, "slag", INCOME_TYPES), _amount(row, "sokande"), _amount(row, "sambo"))
            for row in typed.get("inkomster", ())
        ),
        job_stimulus_applicant=bool(typed.get("avdrag_sokande")),
        job_stimulus_co_applicant=bool(typed.get("avdrag_sambo")),
        expenses=_expenses(typed, "utgifter", EXPENSE_TYPES),
        special_expenses=_expenses(typed, "extra", SPECIAL_EXPENSE_TYPES),
    )


def _expenses(typed: Mapping[str, Any], name: str, kinds: tuple[str, ...]) -> tuple[ExpenseRow, ...]:
    return tuple(
        ExpenseRow(_one_of(row, "slag", kinds), _amount(row, "sokt"), _amount(row, "beviljat"))
        for row in typed.get(name, ())
    )


def _amount(typed: Mapping[str, Any], name: str) -> Decimal:
    found = parse_amount(str(typed.get(name) or "0"))
    if found is None:
        raise RefusedError({name: "Skriv ett belopp i kronor."})
    return found


def _day(typed: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(typed.get(name, "")))
    except ValueError:
        raise RefusedError({name: "Skriv ett datum, ÅÅÅÅ-MM-DD."}) from None


def _days(row: Mapping[str, Any]) -> int | None:
    text = str(row.get("dagar") or "").strip()
    if not text:
        return None
    if not text.isdigit() or not 0 <= int(text) <= 31:
        raise RefusedError({"dagar": "Skriv antal dagar, 0 till 31."})
    return int(text)


def _one_of(row: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    found = str(row.get(name, ""))
    if found not in allowed:
        raise RefusedError({name: "Välj ur listan."})
    return found
