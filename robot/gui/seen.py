"""What a page shows, as plain data: the answer of page.js to every question."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from robot.gui.failure import SeenField, Snapshot
from robot.gui.recorded import of_several
from robot.gui.screen import Page, Value
from robot.gui.values import plain, same


@dataclass(frozen=True, slots=True)
class Control:
    """A field that can be filled. ``table``, ``column`` and ``row`` (from 0) when it stands in a table.

    ``group``: the legend or region around it. ``how``: by what the label was found (label, aria, cell, text before,
    placeholder, …). ``filled``: it holds a value that is not the empty one. ``longest``: characters it takes, -1 any.
    ``format``: what the browser calls it (date, number, …). ``hint``: its placeholder. ``wide``: its width in pixels.
    ``which``: its label and number among those of the same label, "Datum (2 av 3)"; "" when it is the only one.
    """

    label: str
    kind: str
    value: str
    options: tuple[str, ...]
    required: bool
    locked: bool
    invalid: str
    table: str
    column: str
    row: int
    group: str = ""
    how: str = "label"
    filled: bool = False
    longest: int = -1
    format: str = ""
    hint: str = ""
    wide: int = 0
    which: str = ""

    def named(self, label: str) -> bool:
        """Whether a screen file means this field: by its label, its number among several, or by "group / label".

        "/ label" is the one in no group.
        """
        return not self.table and label in {self.label, self.which, f"{self.group} / {self.label}".strip()}

    @property
    def place(self) -> str:
        """How a person would point at it."""
        return f"{self.table}: {self.column} rad {self.row + 1}" if self.table else self.which or self.label


@dataclass(frozen=True, slots=True)
class Table:
    """A table as shown: its name, its headers, and the texts of its rows. ``links``: how many links each row has."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[int, ...]

    def cell(self, row: int, column: str) -> str:
        """The text under a header. A row that lacks the cell shows nothing there."""
        at = self.headers.index(column)
        return self.rows[row][at] if at < len(self.rows[row]) else ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page: path, heading, messages, fields, labelled values, tables and buttons.

    ``sends``: for each of the buttons whose name stands more than once, which form it sends and how; "" for none.
    """

    path: str
    broken: bool
    heading: str
    headings: tuple[str, ...]
    words: tuple[bool, ...]
    banner: tuple[str, ...]
    alerts: tuple[str, ...]
    messages: tuple[str, ...]
    dialog: str | None
    dialog_names: tuple[str, ...]
    message: str
    controls: tuple[Control, ...]
    shown: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    buttons: tuple[str, ...]
    sends: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Seen":
        """Build from the answer of page.js."""
        return cls(
            path=data["path"],
            broken=data["broken"],
            heading=data["heading"],
            headings=tuple(data["headings"]),
            words=tuple(data["words"]),
            banner=tuple(data["banner"]),
            alerts=tuple(data["alerts"]),
            messages=tuple(data["messages"]),
            dialog=data["dialog"]["text"] if data["dialog"] else None,
            dialog_names=tuple(data["dialog"]["names"]) if data["dialog"] else (),
            message=data["message"],
            controls=tuple(_control(entry) for entry in data["controls"]),
            shown=tuple((entry["label"], entry["value"]) for entry in data["shown"]),
            tables=tuple(_table(entry) for entry in data["tables"]),
            buttons=tuple(data["buttons"]),
            sends=tuple(data["sends"]),
        )

    def is_page(self, page: Page) -> bool:
        """Whether the dialog, the message or the heading is the one that the screen file names."""
        if page.message is not None:
            return self.message == page.message
        if page.dialog is not None:
            return page.dialog in self.dialog_names
        if page.heading is not None:
            return page.heading in self.headings
        return page.heading_starts is None or any(head.startswith(page.heading_starts) for head in self.headings)

    @property
    def dialog_name(self) -> str:
        """What tells the dialog best: the heading inside it, else its name."""
        return self.dialog_names[0] if self.dialog_names else ""

    def labelled(self, label: str) -> list[str]:
        """The values shown beside a label, each once; more than one: the page contradicts itself."""
        found = [value for name, value in self.shown if name == label]
        found += [control.value for control in self.controls if control.named(label)]
        return list(dict.fromkeys(found))

    def buttons_named(self, name: str) -> int:
        """How many buttons and links a screen file means by the name: "Spara (2 av 2)" is the second of two."""
        several = None if name in self.buttons else of_several(name)
        if several is None:
            return self.buttons.count(name)
        return int(self.buttons.count(several.name) == several.of)

    def tables_named(self, name: str) -> list[Table]:
        """The tables with this name."""
        return [table for table in self.tables if table.name == name]

    def snapshot(self, screen: str, at: Any, *, quiet: bool) -> Snapshot:
        """The compact evidence of this page; with ``quiet`` it holds labels and types, no values and no messages."""
        fields = [SeenField(one.place, one.kind, None if quiet else one.value) for one in self.controls]
        fields += [SeenField(label, "shown", None if quiet else value) for label, value in self.shown]
        for table in self.tables:
            for number, row in enumerate(table.rows, 1):
                for column, text in zip(table.headers, row, strict=False):
                    place = f"{table.name}: {column} rad {number}"
                    fields.append(SeenField(place, "cell", None if quiet else text))
        messages = () if quiet else self.alerts + self.messages
        heading = "" if quiet else self.heading
        return Snapshot(screen, heading, without_identity(self.path), at, tuple(fields), messages)


def _control(entry: dict[str, Any]) -> Control:
    return Control(
        label=entry["label"],
        kind=entry["kind"],
        value=entry["value"],
        options=tuple(entry["options"]),
        required=entry["required"],
        locked=entry["locked"],
        invalid=entry.get("invalid", ""),
        table=entry.get("table", ""),
        column=entry.get("column", ""),
        row=entry.get("row", -1),
        group=entry["group"],
        how=entry["how"],
        filled=entry["filled"],
        longest=entry["longest"],
        format=entry["format"],
        hint=entry["hint"],
        wide=entry["wide"],
        which=entry.get("which", ""),
    )


def _table(entry: dict[str, Any]) -> Table:
    rows = tuple(tuple(row["cells"]) for row in entry["rows"])
    return Table(entry["name"], tuple(entry["headers"]), rows, tuple(row["links"] for row in entry["rows"]))


def without_identity(path: str) -> str:
    """The path with every run of six or more digits (a personnummer may stand there) replaced by "…"."""
    kept = ["…" if sum(letter.isdigit() for letter in part) >= 6 else part for part in path.split("/")]
    return "/".join(kept)


def closest(word: str, words: list[str]) -> str:
    """The most similar of the words, for a message; "" when nothing is near."""
    near = get_close_matches(plain(word), words, n=1, cutoff=0.5)
    return near[0] if near else ""


def shows(text: str, wanted: str, value: Value) -> bool:
    """Whether a shown text means the wanted value."""
    return same(text, wanted, value.type, value.match)
