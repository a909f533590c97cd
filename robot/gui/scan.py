"""Writes a first screen file from live pages, with a comment at everything that a person must look at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from robot.gui.edits import scalar
from robot.gui.guess import ADDS, GOES_ON, PERSON, SAVES, field_type, first_of, value_name
from robot.gui.seen import Control, Seen, Table

PERSONNUMMER = "{value: sokande_personnummer, type: personnummer}"
ONE_PERSON = re.compile(r"\b(\d{8}|\d{6})[-+ ]?\d{4}\b")
SURE = {"label", "aria"}
BANNER = ("Namn", "Personnummer", "Ärendenummer")
HOW = {
    "cell": "the cell beside it names it",
    "text before": "the words before it name it",
    "text after": "the words after it name it",
    "placeholder": "its placeholder names it",
    "title": "its title names it",
    "host": "the element around it names it",
    "place": "the nearest words name it",
    "text": "its own words name it",
    "option": "its first choice names it",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One page on the way: what it showed, the values typed there (label → text), and what was pressed."""

    seen: Seen
    typed: Mapping[str, str] = field(default_factory=dict)
    pressed: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a save went: what was pressed, what its dialog asked, what was answered, and the page after it."""

    press: str
    asks: str | None
    confirm: str | None
    receipt: Seen | None


@dataclass
class _Writer:
    lines: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, depth: int, text: str) -> None:
        self.lines.append("  " * depth + text)

    def doubt(self, depth: int, text: str) -> None:
        self.add(depth, f"# uncertain: {text}")

    def name(self, label: str) -> str:
        found = value_name(label, self.names)
        self.names.append(found)
        return found


def write_screen(
    name: str, system: str, steps: Sequence[Step], people: Sequence[str], ending: Ending | None = None
) -> str:
    """A screen file in text. The pages before the first with something to fill are `open`; the last one is saved.

    ``people``: the parts of the pages that showed a personal number.
    """
    first = next((n for n in range(1, len(steps)) if _asks_more(steps[n - 1], steps[n])), len(steps) - 1)
    before, pages = steps[:first], steps[first:]
    writes = any(_to_fill(step.seen) for step in pages)
    writer = _Writer()
    title = _sign(pages[-1].seen)[1] or name
    writer.add(0, "# yaml-language-server: $schema=../../schema/screen.schema.json")
    writer.add(
        0, "# A first screen file, written from the pages as they were. Go through every line before it is used:"
    )
    writer.add(0, "# the names on the right are guesses, and must become facts or rules of the process.")
    for line in (f"screen: {scalar(name)}", f"title: {scalar(title)}", f"system: {scalar(system)}"):
        writer.add(0, line)
    writer.add(0, f"kind: {'write' if writes else 'read'}")
    _identity(writer, people)
    writer.add(0, "")
    if before:
        writer.add(0, "open:")
        for n, step in enumerate(before):
            repeated = n > 0 and not step.typed
            bare = replace(step, seen=replace(step.seen, controls=())) if repeated else step
            _page(writer, bare, fills=True)
    else:
        writer.add(0, "open: []")
    writer.add(0, "")
    writer.add(0, "pages:")
    for step in pages:
        _page(writer, step, fills=writes, last=step is pages[-1])
    if writes:
        _ending(writer, pages, ending)
    return "\n".join(writer.lines) + "\n"


def _asks_more(before: Step, after: Step) -> bool:
    """A page that still shows the search it came from asks for nothing new."""
    return bool({one.label for one in _to_fill(after.seen)} - {one.label for one in _to_fill(before.seen)})


def _to_fill(seen: Seen) -> list[Control]:
    return [one for one in seen.controls if not one.locked and one.format != "password"]


def _sign(seen: Seen) -> tuple[str, str]:
    if seen.dialog is not None:
        return "dialog", seen.dialog_name
    return "heading", seen.heading


def _identity(writer: _Writer, people: Sequence[str]) -> None:
    if len(people) != 1:
        found = (
            f"several parts of the page show a personal number: {', '.join(people)}"
            if people
            else "no part of the page showed a personal number"
        )
        writer.doubt(0, f"{found}. Name the part that tells whose case it is")
    banner = people[0] if people else "Ärendet gäller"
    writer.add(0, f"identity: {{banner: {scalar(banner)}, shows: [sokande_personnummer]}}")


def _page(writer: _Writer, step: Step, *, fills: bool, last: bool = False) -> None:
    seen = step.seen
    key, sign = _sign(seen)
    start = len(writer.lines)
    if sign and sign in _of_the_case(seen):
        writer.doubt(2, "the heading belongs to the case; say what else tells the page")
    elif sign:
        part = " ".join(takewhile(_no_figures, sign.split())) if key == "heading" else sign
        if part and part != sign:
            writer.doubt(2, "the heading goes on with figures, which may belong to the case")
            writer.add(2, f"heading_starts: {scalar(part)}")
        else:
            writer.add(2, f"{key}: {scalar(sign)}")
    else:
        writer.doubt(2, "the page has no heading; say what tells it (heading, dialog or message)")
    if fills:
        _fields(writer, step)
        _rows(writer, seen)
    else:
        _read(writer, seen)
    if step.pressed:
        _press(writer, step)
    elif not last:
        writer.doubt(2, "say what is pressed here")
    if len([line for line in writer.lines[start:] if not line.strip().startswith("#")]) == 0:
        writer.add(2, "fields: {}")
    _rest(writer, seen)
    _as_item(writer.lines, start)


def _as_item(lines: list[str], start: int) -> None:
    """Put the dash of the list before the page's first key; comments before it stay where they are."""
    at = next(n for n in range(start, len(lines)) if not lines[n].strip().startswith("#"))
    lines[at] = "  - " + lines[at][4:]


def _fields(writer: _Writer, step: Step) -> None:
    found = [one for one in _to_fill(step.seen) if not one.table]
    if not found:
        return
    writer.add(2, "fields:")
    empty = True
    for number, control in enumerate(found, 1):
        same = [one for one in found if one.label == control.label]
        label = control.label
        if not label:
            writer.doubt(3, f"field {number} ({control.kind}) has no label that can be found")
            continue
        if len(same) > 1:
            groups = {one.group for one in same}
            label = f"{control.group} / {label}".strip()
            if len(groups) != len(same):
                writer.doubt(3, f"{label} stands here {len(same)} times and cannot be told apart")
                continue
        if control.how not in SURE:
            writer.doubt(3, f"it has no label of its own; {HOW.get(control.how, 'the words beside it')}")
        if control.required:
            writer.add(3, "# required")
        if control.options and control.kind in {"select", "radio", "autocomplete"}:
            _choices(writer, control, step.seen, 3)
        writer.add(3, f"{scalar(label)}: {_value(writer, control)}")
        empty = False
    if empty:
        writer.lines.remove("    fields:")


def _no_figures(word: str) -> bool:
    return not any(letter.isdigit() for letter in word)


def _of_the_case(seen: Seen) -> set[str]:
    """Texts that belong to the case on the page: shown values, and cells that nobody fills."""
    fixed = [table for table in seen.tables if table.headers and all(one.table != table.name for one in seen.controls)]
    cells = {cell for table in fixed for row in table.rows for cell in row}
    return cells | {value for _, value in seen.shown if value}


def _choices(writer: _Writer, control: Control, seen: Seen, depth: int) -> None:
    if _of_the_case(seen) & set(control.options):
        writer.add(depth, "# the choices belong to the case")
        return
    shown = ", ".join(control.options[:12]) + (", …" if len(control.options) > 12 else "")
    writer.add(depth, f"# choices: {shown}")


def _value(writer: _Writer, control: Control) -> str:
    kind = field_type(control)
    name = "sokande_personnummer" if kind == "personnummer" else writer.name(control.column or control.label)
    return name if kind in {"text", "personnummer"} else f"{{value: {name}, type: {kind}}}"


def _rows(writer: _Writer, seen: Seen) -> None:
    editable = [table for table in seen.tables if table.name and any(one.table == table.name for one in seen.controls)]
    addable = [
        table for table in seen.tables if table.name and table.headers and not table.rows and _add_button(table, seen)
    ]
    found = list({table.name: table for table in [*editable, *addable]}.values())
    if not found:
        return
    writer.add(2, "rows:")
    for table in found:
        writer.add(3, f"- table: {scalar(table.name)}")
        add = _add_button(table, seen)
        if add:
            writer.add(4, f"add: {scalar(add)}")
        else:
            writer.doubt(4, "which button adds a row? Without `add` the rows are only compared")
        writer.add(4, f"each: {writer.name(table.name)}")
        writer.add(4, "columns:")
        for header in table.headers:
            cell = next((one for one in seen.controls if (one.table, one.column) == (table.name, header)), None)
            if not header:
                continue
            if cell is None:
                writer.doubt(5, "the column held no field when the page was read")
                writer.add(5, f"{scalar(header)}: {value_name(header)}")
            else:
                if cell.options:
                    _choices(writer, cell, seen, 5)
                kind = field_type(cell)
                writer.add(5, f"{scalar(header)}: {{value: {value_name(header)}, type: {kind}}}")


def _add_button(table: Table, seen: Seen) -> str | None:
    adds = [one for one in seen.buttons if first_of(ADDS, [one])]
    if len(adds) <= 1:
        return adds[0] if adds else None
    words = {word[:5] for word in table.name.casefold().split()}
    return next((one for one in adds if any(word[:5] in words for word in one.casefold().split())), adds[0])


def _read(writer: _Writer, seen: Seen) -> None:
    labels = list(dict.fromkeys(label for label, _ in seen.shown))
    tables = [table for table in seen.tables if table.name and any(table.headers)]
    if not labels and not tables:
        writer.doubt(2, "nothing to read was found by a label")
        return
    writer.add(2, "read:")
    for label in labels:
        writer.add(3, f"{writer.name(label)}: {scalar(label)}")
    for table in tables:
        columns = ", ".join(f"{value_name(one)}: {scalar(one)}" for one in table.headers if one)
        writer.add(3, f"{writer.name(table.name)}: {{table: {scalar(table.name)}, columns: {{{columns}}}}}")


def _press(writer: _Writer, step: Step) -> None:
    for table in step.seen.tables:
        for row in table.rows:
            if step.pressed in row and table.name:
                named = [one for one in table.headers if one]
                pressed = table.headers[row.index(step.pressed)]
                header = pressed or (named[0] if named else "")
                if not header:
                    continue
                writer.doubt(2, "the row was opened by its link; say which value finds it")
                value = PERSONNUMMER if PERSON.search(header) else value_name(header)
                writer.add(2, f"open_row: {{table: {scalar(table.name)}, where: {{{scalar(header)}: {value}}}}}")
                return
    if ONE_PERSON.search(step.pressed or ""):
        writer.doubt(2, "it was pressed where it shows a personal number; say which value finds it")
        writer.add(2, "press_with: sokande_personnummer")
        return
    writer.add(2, f"press: {scalar(step.pressed or '')}")


def _rest(writer: _Writer, seen: Seen) -> None:
    locked = [one.label for one in seen.controls if one.locked and one.label]
    if locked:
        writer.add(2, f"# shown, and not to be written in: {', '.join(locked)}")
    buttons = [one for one in dict.fromkeys(seen.buttons) if _no_figures(one) and one not in _of_the_case(seen)]
    if buttons:
        writer.add(2, f"# buttons here: {', '.join(buttons)}")


def _ending(writer: _Writer, pages: Sequence[Step], ending: Ending | None) -> None:
    writer.add(0, "")
    writer.add(0, "save:")
    if ending is None:
        _guessed_save(writer, pages[-1].seen)
    else:
        _followed_save(writer, ending)
    _look(writer, pages)


def _followed_save(writer: _Writer, ending: Ending) -> None:
    writer.add(1, f"press: {scalar(ending.press)}")
    if ending.asks:
        writer.add(1, f"asks: {scalar(ending.asks)}")
    if ending.confirm:
        writer.add(1, f"confirm: {scalar(ending.confirm)}")
    seen = ending.receipt
    if seen is None or not seen.heading:
        writer.doubt(1, "the page after the save was not seen")
        writer.add(1, "receipt: {heading: Sparat}")
        return
    labels = [label for label, value in seen.shown if value and label not in set(BANNER)]
    kept = ", ".join(f"{value_name(one)}: {scalar(one)}" for one in dict.fromkeys(labels))
    writer.doubt(1, "keep only what is a number of the record")
    writer.add(1, f"receipt: {{heading: {scalar(seen.heading)}, read: {{{kept}}}}}")


def _guessed_save(writer: _Writer, last: Seen) -> None:
    buttons = [one for one in last.buttons if not first_of(ADDS, [one])]
    press = first_of(SAVES, buttons)
    if press is None:
        on = first_of(GOES_ON, buttons)
        writer.doubt(
            1, f"no button here looks like one that saves{f'; {on} leads on to a page that was not read' if on else ''}"
        )
    writer.add(1, f"press: {scalar(press or first_of(GOES_ON, buttons) or 'Spara')}")
    writer.doubt(1, "if a dialog asks first, give `asks` and `confirm`; the receipt was not seen")
    writer.add(1, "receipt: {heading: Sparat}")


def _look(writer: _Writer, pages: Sequence[Step]) -> None:
    writer.add(0, "")
    writer.doubt(0, "the way to the saved record by another path, and what it must show there")
    writer.add(0, "look:")
    label = next((one.label for step in pages for one in _to_fill(step.seen) if one.label and not one.table), "Status")
    key, sign = _sign(pages[0].seen)
    at = f"{key}: {scalar(sign)}, " if sign else ""
    writer.add(1, f"- {{{at}compare: {{{scalar(label)}: {value_name(label)}}}}}")
