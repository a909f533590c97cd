"""Reads what a page shows, by labels and headers, into data that a journal can hold."""

from typing import Any

from robot.gui.failure import GuiFailure
from robot.gui.screen import FieldType, Page, Read
from robot.gui.seen import Seen, closest
from robot.gui.values import UnreadableError, as_json, understood


def read_page(page: Page, seen: Seen) -> dict[str, Any]:
    """The page's `read`: texts, decimal strings, ISO dates, or null; a table is a list of rows.

    Raises:
        GuiFailure: stop when a label or table is not there once, human when a value cannot be read as its type.

    """
    return {name: _table(read, seen) if read.table else _value(read, seen) for name, read in page.read.items()}


def _value(read: Read, seen: Seen) -> Any:
    label = read.label or ""
    found = seen.labelled(label)
    if not found and read.missing == "empty":
        return None
    if len(found) != 1:
        raise _drift(seen, label, len(found), closest(label, [name for name, _ in seen.shown]))
    return _typed(found[0], read.type, label, seen)


def _table(read: Read, seen: Seen) -> list[dict[str, Any]]:
    name = read.table or ""
    found = seen.tables_named(name)
    if not found and read.missing == "empty":
        return []
    if len(found) != 1:
        raise _drift(seen, name, len(found), closest(name, [table.name for table in seen.tables]))
    table = found[0]
    for column in read.columns.values():
        if table.headers.count(column.column) != 1:
            near = closest(column.column, list(table.headers))
            raise _drift(seen, f"{name}: {column.column}", table.headers.count(column.column), near)
    return [
        {
            key: _typed(
                table.cell(number, column.column), column.type, f"{name}: {column.column} rad {number + 1}", seen
            )
            for key, column in read.columns.items()
        }
        for number in range(len(table.rows))
    ]


def _typed(text: str, kind: FieldType, label: str, seen: Seen) -> Any:
    try:
        return as_json(understood(text, kind), kind)
    except UnreadableError as error:
        sentence = f"{label} gick inte att läsa: {error}."
        raise GuiFailure("human", "olasligt_varde", sentence, page=seen.heading, label=label, found=text) from error


def _drift(seen: Seen, label: str, count: int, near: str) -> GuiFailure:
    hint = f" Närmast finns {near}." if near and not count else ""
    text = f"{label} ska finnas en gång på sidan, finns {count} gånger.{hint}"
    return GuiFailure("stop", "skarmen_andrad", text, page=seen.heading, label=label, found=near)
