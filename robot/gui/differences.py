"""Every way in which a page differs from its screen file, also where it is only read or left."""

from collections.abc import Iterator

from robot.gui.contract import Change, button_change, form_changes, shown_change, table_changes
from robot.gui.fill import compare_changes
from robot.gui.screen import Page, Save
from robot.gui.seen import Seen


def differences(page: Page, seen: Seen, save: Save | None = None) -> list[Change]:
    """The changes of one page. ``save``: given on the last page of a form, whose button must be there too."""
    if not seen.is_page(page):
        swedish = f"{page.sign}: sidan väntades, men systemet visade en annan"
        return [Change("heading", page.sign, swedish, f"{page.sign}: expected, found {seen.heading}", seen.heading)]
    return [*form_changes(page, seen), *compare_changes(page, seen), *_read(page, seen), *_left(page, seen, save)]


def _read(page: Page, seen: Seen) -> Iterator[Change]:
    for read in page.read.values():
        if read.missing == "empty":
            continue
        if read.table is not None:
            yield from table_changes(read.table, [column.column for column in read.columns.values()], seen)
        elif read.label is not None and not seen.labelled(read.label):
            yield shown_change(read.label, [name for name, _ in seen.shown])


def _left(page: Page, seen: Seen, save: Save | None) -> Iterator[Change]:
    for name in (page.press, save.press if save else None):
        if name is not None and (change := button_change(name, seen)):
            yield change
    for row in (page.open_row, page.find_row):
        if row is not None:
            columns = dict.fromkeys([*row.where, *row.compare, *row.read.values()])
            yield from table_changes(row.table, list(columns), seen)
