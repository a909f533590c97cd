"""What a screen file can say instead, when tables or their columns have other names."""

from collections.abc import Sequence
from typing import Any

from robot.definition.document import Path_
from robot.gui.contract import Change
from robot.gui.edits import ScreenText
from robot.gui.likeness import Likeness, alike, by_name
from robot.gui.screen import Page
from robot.gui.seen import Seen, Table


class TableAnswers:
    """Answers changes of the tables of one page with edits of the screen file."""

    def __init__(self, page: Page, seen: Seen, edits: ScreenText) -> None:
        self._page = page
        self._seen = seen
        self._edits = edits

    def answers(self) -> dict[str, Any]:
        """By the kind of change."""
        return {"table": self._renamed_table, "column": self._renamed_column}

    def _renamed_table(self, change: Change) -> bool:
        hits = []
        for path, wanted in self._tables():
            if self._edits.value(path) != change.label:
                continue
            found = [_table_likeness(change.label, wanted, one) for one in self._seen.tables if one.headers]
            best_hit = max(found, key=lambda one: one.score, default=None)
            hits.append(self._edits.replace_value(path, best_hit if best_hit and best_hit.score >= 0.5 else None))
        return any(hits)

    def _tables(self) -> list[tuple[Path_, list[str]]]:
        found: list[tuple[Path_, list[str]]] = []
        for number, rows in enumerate(self._page.rows):
            found.append((("rows", number, "table"), list(rows.columns)))
        for way, row in (("open_row", self._page.open_row), ("find_row", self._page.find_row)):
            if row is not None:
                found.append(((way, "table"), [*row.where, *row.compare, *row.read.values()]))
        for name, read in self._page.read.items():
            if read.table is not None:
                found.append((("read", name, "table"), [one.column for one in read.columns.values()]))
        return found

    def _renamed_column(self, change: Change) -> bool:
        tables = self._seen.tables_named(change.table)
        if len(tables) != 1 or change.label in tables[0].headers:
            return False
        recorded = self._page.recorded.tables if self._page.recorded else ()
        before = next((one for one in recorded if one.table == change.table), None)
        used = {column for path, columns in self._tables() for column in columns}
        near = [header for header in tables[0].headers if header and header not in used]
        hit = by_name(change.label, near, before.headers if before else ())
        done = [self._edits.rename_key(path, hit) for path in self._column_keys(change.table, change.label)]
        done += [self._edits.replace_value(path, hit) for path in self._column_values(change.table, change.label)]
        return bool(done) and all(done)

    def _column_keys(self, table: str, column: str) -> list[Path_]:
        found: list[Path_] = []
        for number, rows in enumerate(self._page.rows):
            if rows.table == table and column in rows.columns:
                found.append(("rows", number, "columns", column))
        for way, row in (("open_row", self._page.open_row), ("find_row", self._page.find_row)):
            if row is not None and row.table == table:
                found += [(way, "where", column)] if column in row.where else []
                found += [(way, "compare", column)] if column in row.compare else []
        return found

    def _column_values(self, table: str, column: str) -> list[Path_]:
        found: list[Path_] = []
        for way, row in (("open_row", self._page.open_row), ("find_row", self._page.find_row)):
            if row is not None and row.table == table:
                found += [(way, "read", name) for name, one in row.read.items() if one == column]
        for name, read in self._page.read.items():
            if read.table == table:
                for key, one in read.columns.items():
                    short: Path_ = ("read", name, "columns", key)
                    if one.column == column:
                        found.append((*short, "column") if self._edits.has((*short, "column")) else short)
        return found


def _table_likeness(label: str, wanted: Sequence[str], table: Table) -> Likeness:
    share = len(set(wanted) & set(table.headers)) / max(len(set(wanted)), 1)
    why = f"{share:.0%} of the columns, name {alike(label, table.name):.0%} alike"
    return Likeness(table.name, 0.6 * share + 0.4 * alike(label, table.name), why)
