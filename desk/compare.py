"""Last month beside this month: the tables that the case system's read screen and write screen have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from robot.definition import Definition
from robot.engine.view import CaseView
from robot.gui.screen import Read as ReadTable
from robot.gui.screen import Rows
from robot.rules import Known
from robot.steps.fill import Fill
from robot.steps.read import Read
from robot.swedish.showing import NOTHING, scalar


@dataclass(frozen=True)
class Row:
    """One line: what it is about, each column last month and this month, and the difference in words."""

    key: str
    cells: tuple[tuple[str, str], ...]
    change: str


@dataclass(frozen=True)
class Table:
    """One table. ``columns`` are the headers that each have two months."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def compared(view: CaseView) -> list[Table]:
    """The tables, in the order of the write screens; a table whose rows cannot be worked out is left out."""
    known = dict(_last_month(view))
    tables: list[Table] = []
    for rows in _written(view.definition):
        if rows.table not in known:
            continue
        values, reasons = view.values((rows.each,))
        if not reasons:
            tables.append(_table(rows.table, known.pop(rows.table), _by_header(rows, values[rows.each])))
    return tables


def _last_month(view: CaseView) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for step in view.definition.steps:
        fact = view.facts.get(step.as_) if isinstance(step, Read) else None
        if not isinstance(step, Read) or not isinstance(fact, Known):
            continue
        for page in view.definition.screens[step.read].pages:
            holder = fact.value if page.section is None else getattr(fact.value, page.section, None)
            for name, read in page.read.items():
                rows = getattr(holder, name, None)
                if read.table is not None and isinstance(rows, tuple):
                    yield read.table, [_read_row(read, row) for row in rows]


def _read_row(read: ReadTable, row: BaseModel) -> dict[str, Any]:
    names = {field.alias or name: name for name, field in type(row).model_fields.items()}
    return {column.column: getattr(row, names[key]) for key, column in read.columns.items() if key in names}


def _written(definition: Definition) -> Iterator[Rows]:
    for step in definition.steps:
        if isinstance(step, Fill):
            for page in definition.screens[step.fill].pages:
                yield from page.rows


def _by_header(rows: Rows, values: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [
        {
            header: value.text if value.value is None else getattr(row, value.value)
            for header, value in rows.columns.items()
        }
        for row in values
    ]


def _table(title: str, before: list[dict[str, Any]], now: list[dict[str, Any]]) -> Table:
    headers = [header for header in (*before, *now)[0] if _in_all(header, (*before, *now))] if before or now else []
    keys = [header for header in headers if isinstance((*before, *now)[0][header], str)]
    amounts = [
        header
        for header in headers
        if header not in keys and any(row[header] for row in (*before, *now) if isinstance(row[header], Decimal))
    ]
    old, new = _keyed(before, keys), _keyed(now, keys)
    rows = tuple(_row(key, old.get(key), new.get(key), amounts) for key in dict.fromkeys((*old, *new)))
    return Table(title, tuple(amounts), rows)


def _in_all(header: str, rows: tuple[dict[str, Any], ...]) -> bool:
    return all(header in row for row in rows)


def _keyed(rows: list[dict[str, Any]], keys: list[str]) -> dict[str, dict[str, Any]]:
    return {" · ".join(str(row[key]) for key in keys): row for row in rows}


def _row(key: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, amounts: list[str]) -> Row:
    cells = tuple(
        (NOTHING if old is None else scalar(old[header]), NOTHING if new is None else scalar(new[header]))
        for header in amounts
    )
    return Row(key, cells, _change(old, new, amounts))


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, amounts: list[str]) -> str:
    if old is None:
        return "Ny"
    if new is None:
        return "Borta"
    changed = [Decimal(new[header]) - Decimal(old[header]) for header in amounts if new[header] != old[header]]
    if not changed:
        return "Samma"
    return ", ".join(("+" if difference > 0 else "") + scalar(difference) for difference in changed)
