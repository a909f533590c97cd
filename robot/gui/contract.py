"""Before a write: the page must still be the one that the screen file describes. Any difference stops the screen."""

from collections.abc import Iterator, Mapping

from robot.gui.failure import GuiFailure
from robot.gui.screen import FieldType, Page, Rows
from robot.gui.seen import Seen, closest

KIND_WORDS = {
    "text": "ett textfält",
    "select": "en lista",
    "radio": "ett val",
    "checkbox": "en kryssruta",
    "autocomplete": "ett sökfält med förslag",
}


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
    drift = [
        *_fields(page, seen),
        *(line for rows in page.rows for line in _table(rows, seen)),
        *_new_required(page, seen),
    ]
    _stop_on(drift, seen)
    for rows in page.rows:
        if seen.tables_named(rows.table)[0].rows:
            text = f"Tabellen {rows.table} har redan rader, som roboten inte skriver över."
            raise GuiFailure("human", "rader_finns", text, page=seen.heading, label=rows.table)


def check_rows(page: Page, seen: Seen, counts: Mapping[str, int]) -> None:
    """The rows that were added are there, and each cell holds a control of the expected kind.

    Raises:
        GuiFailure: stop, with one line per difference.

    """
    drift = []
    for rows in page.rows:
        added, count = len(seen.tables_named(rows.table)[0].rows), counts[rows.table]
        if added != count:
            drift.append(f"{rows.table}: {count} rader skulle läggas till, sidan har {added}")
            continue
        for column, value in rows.columns.items():
            kinds = {one.kind for one in seen.controls if (one.table, one.column) == (rows.table, column)}
            expected = fitting(value.type, value.match)
            if (count and not kinds <= expected) or (count and not kinds):
                drift.append(_kind_line(f"{rows.table}: {column}", expected, kinds))
    _stop_on([*drift, *_new_required(page, seen)], seen)


def _fields(page: Page, seen: Seen) -> Iterator[str]:
    labels = [control.label for control in seen.controls if not control.table]
    for label, value in page.fields.items():
        found = [control for control in seen.controls if control.named(label)]
        if len(found) != 1:
            near = closest(label, [one for one in labels if one not in page.fields])
            hint = f" (närmast finns {near})" if near and not found else ""
            yield f"{label}: ska finnas en gång, finns {len(found)} gånger{hint}"
        elif found[0].kind not in fitting(value.type, value.match):
            yield _kind_line(label, fitting(value.type, value.match), {found[0].kind})
        elif found[0].locked:
            yield f"{label}: går inte att skriva i"


def _kind_line(label: str, expected: frozenset[str], found: set[str]) -> str:
    shown = " och ".join(KIND_WORDS[kind] for kind in sorted(found)) or "inget fält"
    return f"{label}: ska vara {KIND_WORDS[min(expected)]}, är {shown}"


def _table(rows: Rows, seen: Seen) -> Iterator[str]:
    found = seen.tables_named(rows.table)
    if len(found) != 1:
        near = closest(rows.table, [table.name for table in seen.tables])
        hint = f" (närmast finns {near})" if near and not found else ""
        yield f"{rows.table}: tabellen ska finnas en gång, finns {len(found)} gånger{hint}"
        return
    for column in rows.columns:
        if found[0].headers.count(column) != 1:
            near = closest(column, [header for header in found[0].headers if header not in rows.columns])
            yield f"{rows.table}: kolumnen {column} saknas" + (f" (närmast finns {near})" if near else "")
    if rows.add is not None and seen.buttons.count(rows.add) != 1:
        yield f"{rows.add}: knappen ska finnas en gång, finns {seen.buttons.count(rows.add)} gånger"


def _new_required(page: Page, seen: Seen) -> Iterator[str]:
    columns = {(rows.table, column) for rows in page.rows for column in rows.columns}
    for control in seen.controls:
        known = (control.table, control.column) in columns if control.table else any(map(control.named, page.fields))
        if control.required and not known:
            yield f"{control.column or control.label}: ny obligatorisk uppgift"


def _stop_on(drift: list[str], seen: Seen) -> None:
    if drift:
        text = "Sidan är inte som skärmfilen beskriver. " + ". ".join(drift) + "."
        raise GuiFailure("stop", "skarmen_andrad", text, page=seen.heading, label=drift[0].partition(":")[0])
