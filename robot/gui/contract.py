"""Before a write: the page must still be the one that the screen file describes and the contract recorded.

What only moved, was restyled or got a new id is the same page. Any other difference stops the screen, as a `Change`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from robot.gui.failure import GuiFailure
from robot.gui.screen import FieldType, Page, Rows
from robot.gui.seen import Control, Seen, closest
from robot.gui.values import plain

KIND_WORDS = {
    "text": "ett textfält",
    "select": "en lista",
    "radio": "ett val",
    "checkbox": "en kryssruta",
    "autocomplete": "ett sökfält med förslag",
}
What = Literal[
    "missing", "doubled", "kind", "locked", "required", "prefilled", "options", "shorter",
    "table", "column", "button", "heading", "shown",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a page and its screen file or contract.

    ``label``: as the screen file names it; ``table`` when it is a column of one. ``found``: what stands there instead.
    ``swedish``: a line for a handläggare; ``english``: one for a developer.
    """

    what: What
    label: str
    swedish: str
    english: str
    found: str = ""
    table: str = ""


class DriftError(GuiFailure):
    """The screen is stopped: the page is another one than the screen file describes, in these ways."""

    def __init__(self, changes: Sequence[Change], seen: Seen) -> None:
        text = "Sidan är inte som skärmfilen beskriver. " + ". ".join(one.swedish for one in changes) + "."
        super().__init__("stop", "skarmen_andrad", text, page=seen.heading, label=changes[0].label)
        self.changes = tuple(changes)
        self.seen = seen


def fitting(field_type: FieldType, match: str) -> frozenset[str]:
    """The kinds of control that take a field of this type. A value found inside a longer option stands in a list."""
    if match == "contains":
        return frozenset({"select"})
    if field_type == "autocomplete":  # a field that suggests does not always say that it does
        return frozenset({"autocomplete", "text"})
    if field_type in {"select", "radio", "checkbox"}:
        return frozenset({field_type})
    return frozenset({"text"})


def check_page(page: Page, seen: Seen) -> None:
    """Every field exists once and is of its kind, every table can take its rows, and nothing new is required.

    Raises:
        GuiFailure: stop, with one line per difference; human when a table to fill already has rows.

    """
    changes = [*form_changes(page, seen)]
    if changes:
        raise DriftError(changes, seen)
    for rows in page.rows:
        if seen.tables_named(rows.table)[0].rows:
            text = f"Tabellen {rows.table} har redan rader, som roboten inte skriver över."
            raise GuiFailure("human", "rader_finns", text, page=seen.heading, label=rows.table)


def check_rows(page: Page, seen: Seen, counts: Mapping[str, int]) -> None:
    """The rows that were added are there, and each cell holds a control of the expected kind.

    Raises:
        GuiFailure: stop, with one line per difference.

    """
    changes = [*row_changes(page, seen, counts), *_new_required(page, seen)]
    if changes:
        raise DriftError(changes, seen)


def check_values(page: Page, wanted: Sequence[tuple[Control, str]], seen: Seen) -> None:
    """Each field still takes the value that it is about to get: long enough, and a choice that the contract had.

    A choice that the contract never had is no drift, but a value that this case cannot be written with.

    Raises:
        GuiFailure: stop, with one line per difference.

    """
    changes = [change for control, value in wanted for change in _value_changes(page, control, value)]
    if changes:
        raise DriftError(changes, seen)


def form_changes(page: Page, seen: Seen) -> Iterator[Change]:
    """How the fields and tables to fill differ from what stands on the page, before rows are added."""
    yield from _fields(page, seen)
    for rows in page.rows:
        yield from _table(rows, seen)
    yield from _new_required(page, seen)


def row_changes(page: Page, seen: Seen, counts: Mapping[str, int]) -> Iterator[Change]:
    """How the cells of the rows that were added differ from what they should be."""
    for rows in page.rows:
        added, count = len(seen.tables_named(rows.table)[0].rows), counts[rows.table]
        if added != count:
            swedish = f"{rows.table}: {count} rader skulle läggas till, sidan har {added}"
            yield Change("table", rows.table, swedish, f"{rows.table}: {count} rows should be there, found {added}")
            continue
        for column, value in rows.columns.items():
            kinds = {one.kind for one in seen.controls if (one.table, one.column) == (rows.table, column)}
            expected = fitting(value.type, value.match)
            before = page.recorded.cell(rows.table, column) if page.recorded else None
            expected = frozenset({before.kind}) if before and before.kind in expected else expected
            if count and (not kinds or not kinds <= expected):
                yield _kind(f"{rows.table}: {column}", column, expected, kinds, table=rows.table)


def _fields(page: Page, seen: Seen) -> Iterator[Change]:
    labels = [control.label for control in seen.controls if not control.table]
    for label, value in page.fields.items():
        found = [control for control in seen.controls if control.named(label)]
        before = page.recorded.field(label) if page.recorded else None
        expected = fitting(value.type, value.match)
        expected = frozenset({before.kind}) if before and before.kind in expected else expected
        if len(found) != 1:
            yield missing(label, len(found), [one for one in labels if one not in page.fields])
        elif found[0].kind not in expected:
            yield _kind(label, label, expected, {found[0].kind})
        elif found[0].locked:
            yield Change("locked", label, f"{label}: går inte att skriva i", f"{label}: cannot be written in")


def missing(label: str, count: int, near: Sequence[str]) -> Change:
    """A field that should stand on the page once."""
    hit = closest(label, list(near)) if not count else ""
    swedish = f"{label}: ska finnas en gång, finns {count} gånger" + (f" (närmast finns {hit})" if hit else "")
    english = f"{label}: expected once, found {count} times" + (f"; closest is {hit}" if hit else "")
    return Change("doubled" if count else "missing", label, swedish, english, hit)


def _kind(place: str, label: str, expected: frozenset[str], found: set[str], *, table: str = "") -> Change:
    shown = " och ".join(KIND_WORDS[kind] for kind in sorted(found)) or "inget fält"
    swedish = f"{place}: ska vara {KIND_WORDS[min(expected)]}, är {shown}"
    kinds = "/".join(sorted(found)) or "nothing"
    return Change("kind", label, swedish, f"{place}: expected {min(expected)}, found {kinds}", kinds, table)


def _table(rows: Rows, seen: Seen) -> Iterator[Change]:
    found = seen.tables_named(rows.table)
    if len(found) != 1:
        yield _count("table", rows.table, "tabellen", len(found), [table.name for table in seen.tables])
        return
    for column in rows.columns:
        count = found[0].headers.count(column)
        if count != 1:
            yield column_change(rows.table, column, count, [one for one in found[0].headers if one not in rows.columns])
    if rows.add is not None and (change := button_change(rows.add, seen)):
        yield change


def column_change(table: str, column: str, count: int, near: Sequence[str]) -> Change:
    """A column that should stand in its table once."""
    hit = closest(column, list(near)) if not count else ""
    word = "finns flera gånger" if count else "saknas"
    swedish = f"{table}: kolumnen {column} {word}" + (f" (närmast finns {hit})" if hit else "")
    english = f"{table}: column {column} found {count} times" + (f"; closest is {hit}" if hit else "")
    return Change("column", column, swedish, english, hit, table)


def _count(what: What, label: str, noun: str, count: int, near: Sequence[str]) -> Change:
    hit = closest(label, list(near)) if not count else ""
    swedish = f"{label}: {noun} ska finnas en gång, finns {count} gånger" + (f" (närmast finns {hit})" if hit else "")
    english = f"{label}: {what} expected once, found {count} times" + (f"; closest is {hit}" if hit else "")
    return Change(what, label, swedish, english, hit)


def button_change(name: str, seen: Seen) -> Change | None:
    """How a button to press differs from being there once; None when it does not."""
    count = seen.buttons_named(name)
    return None if count == 1 else _count("button", name, "knappen", count, list(seen.buttons))


def shown_change(label: str, near: Sequence[str]) -> Change:
    """A label that the page no longer shows."""
    hit = closest(label, list(near))
    hint = f" (närmast finns {hit})" if hit else ""
    english = f"{label}: not shown" + (f"; closest is {hit}" if hit else "")
    return Change("shown", label, f"{label}: visas inte på sidan{hint}", english, hit)


def table_changes(table: str, columns: Sequence[str], seen: Seen) -> list[Change]:
    """How a table to read differs from being there once, with each column once."""
    change = table_change(table, seen)
    if change is not None:
        return [change]
    headers = seen.tables_named(table)[0].headers
    near = [header for header in headers if header not in columns]
    return [column_change(table, one, headers.count(one), near) for one in columns if headers.count(one) != 1]


def table_change(table: str, seen: Seen) -> Change | None:
    """How a table differs from being there once; None when it does not."""
    count = len(seen.tables_named(table))
    return None if count == 1 else _count("table", table, "tabellen", count, [one.name for one in seen.tables])


def _new_required(page: Page, seen: Seen) -> Iterator[Change]:
    columns = {(rows.table, column) for rows in page.rows for column in rows.columns}
    for control in seen.controls:
        label = control.column or control.label
        known = (control.table, control.column) in columns if control.table else any(map(control.named, page.fields))
        if known:
            continue
        before = None
        if page.recorded is not None:
            table = control.table
            before = page.recorded.cell(table, label) if table else page.recorded.field(label)
        if control.required and not (before and before.required):
            swedish = f"{label}: ny obligatorisk uppgift"
            yield Change("required", label, swedish, f"{label}: new and required", table=control.table)
        elif page.recorded is not None and before is None and control.filled and not control.table:
            swedish = f"{label}: ny uppgift som redan är ifylld"
            yield Change("prefilled", label, swedish, f"{label}: new, and filled in from the start")


def _value_changes(page: Page, control: Control, value: str) -> Iterator[Change]:
    label = control.column or control.label
    if 0 <= control.longest < len(value) and control.kind in {"text", "autocomplete"}:
        swedish = f"{label}: tar bara {control.longest} tecken, färre än robotens värde har"
        english = f"{label}: takes {control.longest} characters, the value has {len(value)}"
        yield Change("shorter", label, swedish, english, str(control.longest), control.table)
    before = None
    if page.recorded is not None:
        table = control.table
        before = page.recorded.cell(table, label) if table else page.recorded.field(label)
    if before is None or value not in before.options or plain(value) in map(plain, control.options):
        return
    hit = closest(value, [one for one in control.options if one not in before.options])
    swedish = f"{label}: ett alternativ som fanns är borta" + (f" (närmast finns {hit})" if hit else "")
    english = f"{label}: the choice {value} is gone" + (f"; closest is {hit}" if hit else "")
    yield Change("options", label, swedish, english, hit, control.table)
