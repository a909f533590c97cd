"""Writes one page: typed values → one batched fill → one batched read-back → typed compare."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from robot.gui.contract import (
    Change,
    DriftError,
    check_page,
    check_rows,
    check_values,
    fitting,
    shown_change,
    table_changes,
)
from robot.gui.failure import GuiFailure
from robot.gui.screen import FieldType, Page, Rows, ScreenFile, Value
from robot.gui.seen import Control, Seen, closest
from robot.gui.session import Session
from robot.gui.values import UnreadableError, same, written

POLL_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class PlannedField:
    """One field as it will be written. ``row`` counts from 1 within ``table``; None outside tables."""

    page: str
    label: str
    row: int | None
    value: str
    type: FieldType
    match: str = "exact"
    table: str = ""

    @property
    def place(self) -> str:
        """How a person would point at it: "Inkomsttyp rad 2"."""
        return self.label if self.row is None else f"{self.label} rad {self.row}"

    @property
    def known_as(self) -> tuple[str, str]:
        """The page, and the label or column: the same in every case."""
        return self.page, self.label

    def at(self) -> dict[str, Any]:
        """Where page.js finds it."""
        if self.row is None:
            return {"label": self.label}
        return {"table": self.table, "column": self.label, "row": self.row - 1}

    def is_at(self, control: Control) -> bool:
        """Whether the control is this field."""
        if self.row is None:
            return control.named(self.label)
        return (control.table, control.column, control.row) == (self.table, self.label, self.row - 1)


def plan_screen(screen: ScreenFile, values: Mapping[str, Any]) -> tuple[PlannedField, ...]:
    """Every field that a write would fill, page by page. Pure.

    Raises:
        GuiFailure: human, when a value is not there or does not fit its field's type.

    """
    return tuple(field for page in screen.pages for field in plan_page(page, values))


def plan_page(page: Page, values: Mapping[str, Any]) -> Iterator[PlannedField]:
    """The fields of one page, then its rows."""
    title = page.sign
    for label, value in page.fields.items():
        yield PlannedField(title, label, None, wanted(label, value, values), value.type, value.match)
    for rows in page.rows:
        yield from plan_rows(title, rows, values)


def plan_rows(title: str, rows: Rows, values: Mapping[str, Any]) -> Iterator[PlannedField]:
    """The cells of a table, row by row."""
    for number, item in enumerate(_named(rows.each, rows.table, values), 1):
        row = item if isinstance(item, Mapping) else _Attributes(item)
        for column, value in rows.columns.items():
            text = wanted(f"{column} rad {number}", value, row)
            yield PlannedField(title, column, number, text, value.type, value.match, rows.table)


class _Attributes(Mapping[str, Any]):
    """A record's fields, looked up by name."""

    def __init__(self, record: Any) -> None:
        self._record = record

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._record, name)
        except AttributeError as error:
            raise KeyError(name) from error

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _named(name: str, label: str, values: Mapping[str, Any]) -> Any:
    try:
        return values[name]
    except KeyError as error:
        text = f"Värdet {name} saknas för {label}."
        raise GuiFailure("human", "varde_saknas", text, label=label, wanted=name) from error


def wanted(label: str, value: Value, values: Mapping[str, Any]) -> str:
    """The text to write or to compare with, from the value's name or its fixed words."""
    if value.text is not None:
        return value.text
    try:
        text = written(_named(value.value or "", label, values), value.type)
    except UnreadableError as error:
        text = f"Värdet {value.value} passar inte för {label}: {error}."
        raise GuiFailure("human", "fel_typ", text, label=label, wanted=value.type) from error
    return value.words.get(text, text)


async def fill_page(session: Session, page: Page, seen: Seen) -> Seen:
    """Fill the page and read it back; the page with every field as wanted.

    Raises:
        GuiFailure: stop when the page differs from the screen file, human when a value did not take.

    """
    planned, by_keys = list(plan_page(page, session.values)), session.by_keys.of(session.screen)
    check_page(page, seen)
    check_values(page, _meant(planned, seen), seen)
    rows = [_to_add(rows, session.values) for rows in page.rows]
    at_once = [field for field in planned if field.known_as not in by_keys]
    seen = await _fill_until_it_stands(session, page, rows, at_once)
    check_rows(page, seen, {one["table"]: one["count"] for one in rows})
    check_values(page, _meant(planned, seen), seen)
    for field in _not_taken(planned, seen):
        if fitting(field.type, field.match) & {"text", "autocomplete"}:
            seen = await session.type(field.at(), field.value)
            if field.known_as not in by_keys and _taken(field, seen):
                session.by_keys.learn(session.screen, field.known_as)
    _must_be_taken(planned, seen)
    return seen


async def _fill_until_it_stands(
    session: Session, page: Page, rows: list[dict[str, Any]], planned: list[PlannedField]
) -> Seen:
    """Fill, and fill again what the page lost while it drew itself anew or loaded another document over a choice."""
    left = planned
    for _ in range(max(1, len(planned))):
        seen, again = await session.fill(page, rows, [_action(field) for field in left])
        left = _not_taken(planned, seen)
        if not again or not left:
            break
    return seen


def must_still_be_taken(session: Session, page: Page) -> Callable[[Seen], None]:
    """What sees that the fields of the page still hold their values, when they changed after they were read back."""
    return lambda seen: _must_be_taken(list(plan_page(page, session.values)), seen)


def _must_be_taken(planned: list[PlannedField], seen: Seen) -> None:
    for field in _not_taken(planned, seen):
        raise _refused(field, seen)


def _meant(planned: list[PlannedField], seen: Seen) -> list[tuple[Control, str]]:
    found = [(one, field) for field in planned for one in seen.controls if field.is_at(one)]
    return [(one, field.value) for one, field in found if field.match == "exact"]


def _to_add(rows: Rows, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"table": rows.table, "add": rows.add, "count": len(_named(rows.each, rows.table, values))}


def _action(field: PlannedField) -> dict[str, Any]:
    kinds = sorted(fitting(field.type, field.match))
    return {
        "at": field.at(),
        "value": field.value,
        "match": field.match,
        "kinds": kinds,
        "pick": field.type == "autocomplete",
    }


def _not_taken(planned: list[PlannedField], seen: Seen) -> list[PlannedField]:
    return [field for field in planned if not _taken(field, seen)]


def _taken(field: PlannedField, seen: Seen) -> bool:
    found = [control for control in seen.controls if field.is_at(control)]
    if len(found) != 1 or found[0].invalid:
        return False
    match = field.match if field.value else "exact"
    return same(found[0].value, field.value, field.type, match)


def _refused(field: PlannedField, seen: Seen) -> GuiFailure:
    control = next((one for one in seen.controls if field.is_at(one)), None)
    found = control.value if control else ""
    code, text = "varde_nekat", f"Fältet {field.place} tog inte emot robotens värde."
    if control is not None and control.options and field.value not in control.options:
        code, text = "alternativ_saknas", f"Listan {field.place} saknar det alternativ som roboten skulle välja."
        found = closest(field.value, list(control.options))
    return GuiFailure("human", code, text, page=seen.heading, label=field.place, wanted=field.value, found=found)


async def compare_page(session: Session, page: Page, seen: Seen, patience: float) -> Seen:
    """The page, once it shows what it must. ``patience``: seconds that it may take to show it.

    Raises:
        GuiFailure: human, at the first label whose value differs or is not shown.

    """
    deadline, looked = asyncio.get_running_loop().time() + patience, False
    while (differing := _difference(page, seen, session.values)) is not None:
        if asyncio.get_running_loop().time() >= deadline:
            if session.tab.script_status >= 500:
                raise session.judge.server_error(seen)
            if patience and page.compare and not any(seen.labelled(label) for label in page.compare):
                raise session.judge.slow()  # nothing of what was asked for has come: that is no change of the page
            changes = compare_changes(page, seen)
            raise DriftError(changes, seen) if changes else differing
        if looked:
            await asyncio.sleep(POLL_SECONDS)
        seen, looked = await session.look_for(list(page.compare)), True
    return seen


def compare_changes(page: Page, seen: Seen) -> list[Change]:
    """The labels, tables and columns to compare that the page does not show at all: it is another page."""
    known = [name for name, _ in seen.shown] + [one.label for one in seen.controls]
    changes = [shown_change(label, known) for label in page.compare if not seen.labelled(label)]
    for rows in page.rows:
        if rows.add is None:
            changes += table_changes(rows.table, list(rows.columns), seen)
    return changes


def _difference(page: Page, seen: Seen, values: Mapping[str, Any]) -> GuiFailure | None:
    for label, value in page.compare.items():
        text, found = wanted(label, value, values), seen.labelled(label)
        if len(found) != 1 or not same(found[0], text, value.type, value.match):
            return differs(seen, label, text, " / ".join(found))
    for rows in page.rows:
        if rows.add is None:
            failure = _rows_difference(rows, seen, values)
            if failure is not None:
                return failure
    return None


def _rows_difference(rows: Rows, seen: Seen, values: Mapping[str, Any]) -> GuiFailure | None:
    count = len(_named(rows.each, rows.table, values))
    found = seen.tables_named(rows.table)
    if len(found) != 1 or not set(rows.columns) <= set(found[0].headers):
        return differs(seen, rows.table, ", ".join(rows.columns), ", ".join(h for one in found for h in one.headers))
    if len(found[0].rows) != count:
        return differs(seen, rows.table, f"{count} rader", f"{len(found[0].rows)} rader")
    for field in plan_rows(seen.heading, rows, values):
        text = found[0].cell((field.row or 1) - 1, field.label)
        if not same(text, field.value, field.type, field.match):
            return differs(seen, f"{rows.table}: {field.place}", field.value, text)
    return None


def differs(seen: Seen, label: str, text: str, found: str) -> GuiFailure:
    """A shown value that is not ours; a person decides which one is right."""
    sentence = f"Sidan visar något annat än robotens värde för {label}."
    return GuiFailure("human", "avviker", sentence, page=seen.heading, label=label, wanted=text, found=found)
