"""Amount files: from text to dated tables, with every fault placed."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from robot.definition.document import Document
from robot.definition.model import AmountEntry, IntervalEntry
from robot.definition.validate import validate
from robot.rules.amounts import AmountInterval, AmountTable, Cells, Value, checksum, least_known

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_ONE_DAY = timedelta(days=1)
ENDS_SOON = timedelta(days=60)


def read_amounts(document: Document, today: date) -> dict[str, AmountTable]:
    """Return the amounts of one file. Faults and warnings go to `document.problems`."""
    if not isinstance(document.data, dict):
        if document.data is not None:
            document.problems.append(document.problem((), "expected amounts by name, found a list or a text"))
        return {}
    found = {}
    for name in document.data:
        entry = validate(AmountEntry, document, (name,))
        if entry is not None:
            table = _Reader(document, name, entry).table()
            if table is not None:
                found[name] = table
                _warn(document, table, today)
    return found


class _Reader:
    """Turns one entry into a table."""

    def __init__(self, document: Document, name: str, entry: AmountEntry) -> None:
        self.document = document
        self.name = name
        self.entry = entry
        values = [interval.value for interval in entry.values]
        keys = [key for value in values if isinstance(value, dict) for key in value]
        self.whole_keys = bool(keys) and all(re.fullmatch(r"0|[1-9][0-9]*", key) for key in keys)
        self.shape = type(values[0])

    def table(self) -> AmountTable | None:
        before = len(self.document.problems)
        intervals = [self._interval(index, interval) for index, interval in enumerate(self.entry.values)]
        self._check_dates()
        if len(self.document.problems) > before:
            return None
        self._check_sum()
        return AmountTable(self.name, self.entry.title, self.entry.unit, self._type(), tuple(filter(None, intervals)))

    def _complain(self, path: tuple[str | int, ...], message: str, hint: str | None = None) -> None:
        self.document.problems.append(self.document.problem((self.name, *path), message, hint))

    def _interval(self, index: int, interval: IntervalEntry) -> AmountInterval | None:
        path = ("values", index)
        if type(interval.value) is not self.shape:
            self._complain((*path, "value"), "the value has another shape than the first one of this amount")
            return None
        for key in interval.marks:
            if not isinstance(interval.value, dict) or key not in interval.value:
                self._complain((*path, "marks", key), f"`{key}` is no key of the value", "mark cells that exist")
        mark = least_known((interval.mark, *interval.marks.values()))
        value = self._value((*path, "value"), interval.value)
        return None if value is None else AmountInterval(interval.from_, interval.to, value, interval.source, mark)

    def _value(self, path: tuple[str | int, ...], raw: Any) -> Value | None:
        if isinstance(raw, dict):
            cells = {key: self._scalar((*path, key), cell) for key, cell in raw.items()}
            return Cells(self.entry.title, {int(key) if self.whole_keys else key: cell for key, cell in cells.items()})
        if isinstance(raw, list):
            return tuple(self._scalar((*path, index), item) for index, item in enumerate(raw))  # type: ignore[return-value] # one unit, one type
        return self._scalar(path, raw)

    def _scalar(self, path: tuple[str | int, ...], raw: Any) -> Decimal | str | bool | None:
        unit = self.entry.unit
        if not isinstance(raw, str) or raw == "":
            self._complain(path, "expected one figure or text here", "leave a cell out when there is no figure")
        elif unit == "text":
            return raw
        elif unit == "yes_no":
            if raw in ("true", "false"):
                return raw == "true"
            self._complain(path, f"expected `true` or `false`, found `{raw}`")
        elif not _NUMBER.fullmatch(raw):
            self._complain(
                path, f"expected a number, found `{raw}`", "write 1250 or 1250.50; leave an unknown cell out"
            )
        elif unit.startswith("SEK") and len(raw.partition(".")[2]) > 2:
            self._complain(path, f"an amount in SEK has at most two decimals, found `{raw}`")
        else:
            return Decimal(raw)
        return None

    def _type(self) -> Any:
        scalar = {"text": str, "yes_no": bool}.get(self.entry.unit, Decimal)
        if self.shape is dict:
            return dict[int, scalar] if self.whole_keys else dict[str, scalar]  # type: ignore[valid-type] # a type made at run time
        return tuple[scalar, ...] if self.shape is list else scalar  # type: ignore[valid-type] # as above

    def _check_dates(self) -> None:
        previous: IntervalEntry | None = None
        for index, interval in enumerate(self.entry.values):
            if interval.to < interval.from_:
                self._complain(
                    ("values", index, "to"), f"the interval ends {interval.to}, before it begins {interval.from_}"
                )
            elif previous is not None and interval.from_ <= previous.to:
                message = f"the interval begins {interval.from_}, but the one before ends {previous.to}"
                self._complain(("values", index, "from"), message, "intervals stand in order and never overlap")
            elif previous is not None and not self.entry.gap_ok and interval.from_ != previous.to + _ONE_DAY:
                message = f"no value from {previous.to + _ONE_DAY} to {interval.from_ - _ONE_DAY}"
                self._complain(
                    ("values", index, "from"), message, "fill the gap, or write gap_ok: true if the law had one"
                )
            previous = interval

    def _check_sum(self) -> None:
        if not self.entry.unit.startswith("SEK"):
            return
        right = amount_checksum(self.entry.values)
        if self.entry.sha256 is None:
            self.document.problems.append(
                self.document.problem((self.name,), f"`{self.name}` has no checksum", f"sha256: {right}", at="key")
            )
        elif self.entry.sha256 != right:
            message = f"the figures of `{self.name}` do not match their checksum"
            self._complain(("sha256",), message, f"if the figures are right, write sha256: {right}")


def amount_checksum(intervals: Iterable[IntervalEntry]) -> str:
    """Return the checksum over from, to and value of all intervals, as they are written."""
    return checksum(
        {"from": interval.from_.isoformat(), "to": interval.to.isoformat(), "value": interval.value}
        for interval in intervals
    )


def _warn(document: Document, table: AmountTable, today: date) -> None:
    last = table.intervals[-1]
    place = (table.name, "values", len(table.intervals) - 1, "to")
    if last.last < today:
        message = f"the last value of `{table.name}` ended {last.last}"
        document.problems.append(document.problem(place, message, "add the next value", severity="warning"))
    elif last.last - today <= ENDS_SOON:
        message = f"the last value of `{table.name}` ends {last.last}, in {(last.last - today).days} days"
        document.problems.append(document.problem(place, message, "add the next value in time", severity="warning"))
    for index, interval in enumerate(table.intervals):
        if interval.first <= today <= interval.last and interval.mark in ("D", "U"):
            message = f"`{table.name}` is in force on a figure that is marked {interval.mark}"
            place = (table.name, "values", index, "mark")
            document.problems.append(
                document.problem(place, message, "confirm it in the primary source", severity="warning")
            )
