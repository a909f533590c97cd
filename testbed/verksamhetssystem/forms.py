"""Read what was typed: every field is a typed value or a named error, and the raw text is kept for the page."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from starlette.datastructures import FormData

from testbed.verksamhetssystem.money import parse_amount

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)


class Typed:
    """The fields of one posted form by name. The n:th row of a table has the fields `column-n`, n from 1.

    Reading a field that is wrong notes an error under its name and returns None. The first error of a field stands.
    """

    def __init__(self, form: FormData, tables: Mapping[str, Sequence[str]] | None = None) -> None:
        self.values: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.rows: dict[str, int] = {}
        for name in form:
            self.values[name] = self._text(form, name)
        for table, columns in (tables or {}).items():
            texts = [[str(value).strip() for value in form.getlist(column)] for column in columns]
            self.rows[table] = max(len(column) for column in texts)
            for name, column in zip(columns, texts, strict=True):
                self.values.pop(name, None)
                self.values |= {f"{name}-{number}": text for number, text in enumerate(column, 1)}

    @staticmethod
    def _text(form: FormData, name: str) -> str:
        return str(form[name]).replace("\r\n", "\n").strip()

    def fail(self, name: str, message: str) -> None:
        """Note an error at a field."""
        self.errors.setdefault(name, message)

    def text(self, name: str, label: str, *, longest: int) -> str | None:
        """Text that must not be empty."""
        value = self.values.get(name, "")
        if not value:
            self.fail(name, f"{label} saknas")
        elif len(value) > longest:
            self.fail(name, f"{label} får ha högst {longest} tecken")
        else:
            return value
        return None

    def choice(self, name: str, label: str, options: Sequence[str]) -> str | None:
        """One of the options."""
        value = self.text(name, label, longest=200)
        if value is not None and value not in options:
            self.fail(name, f"{label}: välj ur listan")
            return None
        return value

    def amount(self, name: str, label: str, *, empty: Decimal | None = None) -> Decimal | None:
        """Kronor, at least 0. `empty` is what an empty field means; None = it must be filled in."""
        value = self.values.get(name, "")
        if not value and empty is not None:
            return empty
        if self.text(name, label, longest=20) is None:
            return None
        amount = parse_amount(value)
        if amount is None:
            self.fail(name, f"{label} ska vara ett belopp, till exempel 3 940,00")
        return amount

    def number(self, name: str, label: str, *, low: int, high: int) -> int | None:
        """A whole number within limits."""
        value = self.text(name, label, longest=10)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            self.fail(name, f"{label} ska vara ett heltal från {low} till {high}")
            return None
        return int(value)

    def day(self, name: str, label: str) -> date | None:
        """A day, ÅÅÅÅ-MM-DD."""
        return self._calendar(name, label, _DATE, "ett datum, ÅÅÅÅ-MM-DD", "")

    def month(self, name: str, label: str) -> date | None:
        """A month, ÅÅÅÅ-MM, as its first day."""
        return self._calendar(name, label, _MONTH, "en månad, ÅÅÅÅ-MM", "-01")

    def _calendar(self, name: str, label: str, form: re.Pattern[str], expected: str, suffix: str) -> date | None:
        value = self.text(name, label, longest=20)
        if value is None:
            return None
        try:
            if form.fullmatch(value):
                return date.fromisoformat(value + suffix)
        except ValueError:
            pass  # right form, but no such day: told below like any other
        self.fail(name, f"{label} ska vara {expected}")
        return None
