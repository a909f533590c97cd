"""Amounts by date: closed intervals with a source and a mark of how well the figure is known."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from robot.rules.facts import Undetermined

MARKS = ("V", "K", "S", "D", "U")
"""Best known first: primary source, kommunens egen riktlinje, secondary source, derived, unverified."""


class Cells(dict[Any, Any]):
    """The cells of one amount, read-only. An absent cell makes the rule that asks for it undetermined."""

    def __init__(self, title: str, cells: Mapping[Any, Any]) -> None:
        super().__init__(cells)
        self._title = title

    def __missing__(self, key: object) -> NoReturn:
        raise Undetermined("belopp_saknas", f"{self._title} har inget värde för {key}.")

    def _refuse(self, *_args: object, **_named: object) -> NoReturn:
        raise TypeError("an amount is read-only")

    __setitem__ = __delitem__ = update = pop = popitem = clear = setdefault = __ior__ = _refuse


Value = Decimal | str | bool | tuple[Decimal, ...] | tuple[str, ...] | Cells


@dataclass(frozen=True, slots=True)
class AmountInterval:
    """One value, in force from `first` to and including `last`. `mark` is the least known mark of its cells."""

    first: date
    last: date
    value: Value
    source: str
    mark: str


@dataclass(frozen=True)
class AmountTable:
    """The values of one amount, sorted by date. `type` is the Python type that a rule's parameter must have."""

    name: str
    title: str
    unit: str
    type: Any
    intervals: tuple[AmountInterval, ...]

    def find(self, on: date) -> AmountInterval | None:
        """Return the interval in force on a date, or None."""
        return next((interval for interval in self.intervals if interval.first <= on <= interval.last), None)

    def why_missing(self, on: date) -> str:
        """Say in Swedish that there is no value on a date, and when the last one ended."""
        ended = [interval.last for interval in self.intervals if interval.last < on]
        tail = f"Det sista tog slut {max(ended)}." if ended else f"Det första börjar {self.intervals[0].first}."
        return f"{self.title} har inget värde för {on.isoformat()[:7]}. {tail}"


def least_known(marks: Iterable[str]) -> str:
    """Return the mark that says least."""
    return max(marks, key=MARKS.index)


def checksum(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 (hex) of an amount's canonical values: from, to and value of every interval, as text."""
    text = json.dumps(list(rows), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
