"""Makes the contract of a screen from the pages as they are now."""

from collections.abc import Iterable, Sequence

from robot.gui.recorded import RecordedField, RecordedPage, RecordedTable
from robot.gui.seen import Control, Seen


def record_page(part: str, number: int, seen: Seen, personal: Sequence[str], *, fixed_heading: bool) -> RecordedPage:
    """What a page shows, without values, and without choices or buttons that belong to the case on it.

    ``personal``: words of the test person's case; a list that holds one of them, or a digit, differs between cases.
    """

    def of_the_case(text: str) -> bool:
        return any(letter.isdigit() for letter in text) or any(word and word in text for word in personal)

    def fields(found: Iterable[Control], *, cells: bool) -> tuple[RecordedField, ...]:
        return tuple(
            RecordedField(
                label=one.column if cells else one.label,
                kind=one.kind,
                group="" if cells else one.group,
                required=one.required,
                longest=one.longest,
                wide=0 if cells else one.wide,
                options=() if any(map(of_the_case, one.options)) else one.options,
            )
            for one in found
        )

    shown_in_rows = {cell for table in seen.tables for row in table.rows for cell in row}
    tables = tuple(
        RecordedTable(
            table=table.name,
            headers=table.headers,
            fields=fields((one for one in seen.controls if one.table == table.name and one.row == 0), cells=True),
        )
        for table in seen.tables
        if table.headers
    )
    return RecordedPage(
        part=part,
        number=number,
        heading=seen.heading if fixed_heading else "",
        fields=fields((one for one in seen.controls if not one.table), cells=False),
        tables=tables,
        shown=tuple(dict.fromkeys(label for label, _ in seen.shown)),
        buttons=tuple(b for b in dict.fromkeys(seen.buttons) if not of_the_case(b) and b not in shown_in_rows),
    )
