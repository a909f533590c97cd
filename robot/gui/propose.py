"""Proposes a new screen file when a page has changed. It is only a proposal: a person accepts it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from robot.definition.document import Document, Path_
from robot.gui.contract import Change
from robot.gui.likeness import Likeness, alike, by_name, field_for
from robot.gui.screen import Page, ScreenFile, Value
from robot.gui.seen import Seen

TEXT_TYPES = {"text", "date", "month", "amount", "number", "personnummer", "datepicker"}
_PLAIN = re.compile(r"[\wåäöÅÄÖ](?:[\wåäöÅÄÖ ()–/.%-]*[\wåäöÅÄÖ).%])?")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the screen file: where, from what, to what, and what speaks for it."""

    place: str
    old: str
    new: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The screen file with its edits. ``unsolved``: changes that only a person can answer."""

    text: str
    edits: tuple[Edit, ...]
    unsolved: tuple[Change, ...]


def propose(text: str, screen: ScreenFile, place: tuple[str, int], seen: Seen, changes: Sequence[Change]) -> Proposal:
    """Answer the changes of one page. ``text``: the screen file; ``place``: part and number of the page, from 0."""
    work = _Work(Document.parse(f"{screen.id}.yaml", text), screen, place, seen)
    unsolved = [change for change in changes if not work.answer(change)]
    return Proposal(work.text(), tuple(work.edits), tuple(unsolved))


class _Work:
    def __init__(self, document: Document, screen: ScreenFile, place: tuple[str, int], seen: Seen) -> None:
        self.document = document
        self.screen = screen
        self.at: Path_ = place
        self.page: Page = getattr(screen, place[0])[place[1]]
        self.seen = seen
        self.edits: list[Edit] = []
        self.lines = list(document.lines)
        self.stretches: list[tuple[int, int, int, str]] = []
        self.added: list[tuple[int, str]] = []
        self.swapped: tuple[int, int] | None = None

    def text(self) -> str:
        """The file with all edits, from the last place to the first so that none moves another."""
        lines = list(self.lines)
        for line, start, width, new in sorted(self.stretches, reverse=True):
            lines[line] = lines[line][:start] + new + lines[line][start + width :]
        if self.swapped:
            lines = self._swap(lines, *self.swapped)
        for line, new in sorted(self.added, reverse=True):
            lines.insert(line, new)
        return "\n".join(lines) + "\n"

    def answer(self, change: Change) -> bool:
        """Make the edit that answers the change; False when there is none that the page speaks for."""
        answers = {
            "missing": self._renamed_field,
            "doubled": self._named_by_group,
            "kind": self._other_type,
            "options": self._other_word,
            "prefilled": self._left_empty,
            "table": self._renamed_table,
            "column": self._renamed_column,
            "button": self._renamed_button,
            "heading": self._other_heading,
            "shown": self._renamed_shown,
        }
        return change.what in answers and answers[change.what](change)

    def _renamed_field(self, change: Change) -> bool:
        value = self.page.fields[change.label]
        kind = value.type if value.type not in TEXT_TYPES else "text"
        taken = [label for label in self.page.fields if label != change.label]
        hit = field_for(change.label, kind, self.page.recorded, self.seen, [*taken, *self._given()])
        return self._rename_key(("fields", change.label), hit)

    def _given(self) -> list[str]:
        return [edit.new for edit in self.edits]

    def _named_by_group(self, change: Change) -> bool:
        found = [one for one in self.seen.controls if one.named(change.label)]
        groups = [one.group for one in found]
        before = self.page.recorded.field(change.label) if self.page.recorded else None
        if len(set(groups)) != len(groups) or before is None or before.group not in groups:
            return False
        why = f"of {len(found)} fields with this label, it is the one in the recorded group"
        return self._rename_key(("fields", change.label), Likeness(f"{before.group} / {change.label}".strip(), 1, why))

    def _other_type(self, change: Change) -> bool:
        if change.table:
            rows = next((n for n, one in enumerate(self.page.rows) if one.table == change.table), None)
            if rows is None:
                return False
            value = self.page.rows[rows].columns[change.label]
            path: tuple[str | int, ...] = ("rows", rows, "columns", change.label)
        else:
            value, path = self.page.fields[change.label], ("fields", change.label)
        kind = change.found if change.found in {"select", "radio", "checkbox", "autocomplete"} else "text"
        if "/" in change.found or change.found == "nothing" or (kind == "text" and value.type in TEXT_TYPES):
            return False
        return self._set_value(path, value, {"type": kind}, f"the field is now a {change.found}")

    def _other_word(self, change: Change) -> bool:
        controls = [one for one in self.seen.controls if one.named(change.label)]
        before = self.page.recorded.field(change.label) if self.page.recorded else None
        if change.table or before is None or len(controls) != 1:
            return False
        words: dict[str, str] = dict(self.page.fields[change.label].words)
        gone = [one for one in before.options if one not in controls[0].options]
        new = [one for one in controls[0].options if one not in before.options]
        for old in gone:
            others = [one for one in new if one not in words.values()]
            if hit := by_name(old, others, before.options):
                words[old] = hit.name
        if not words or len(words) < len(gone):
            return False
        path, value = ("fields", change.label), self.page.fields[change.label]
        return self._set_value(path, value, {"words": words}, "these choices are gone and those are new")

    def _left_empty(self, change: Change) -> bool:
        control = next((one for one in self.seen.controls if one.named(change.label)), None)
        places = [self.document.keys[(*self.at, "fields", label)] for label in self.page.fields]
        if control is None or control.kind != "checkbox" or not places:
            return False
        last = max(places, key=lambda one: one.line)
        if any(_opens(self.lines[one.line]) for one in places):
            return False
        new = f"{change.label}: {{text: Nej, type: checkbox}}"
        self.added.append((last.line + 1, " " * last.column + new))
        self.edits.append(
            Edit(self._where("fields"), "", new, "a new box that is ticked from the start; left unticked")
        )
        return True

    def _renamed_table(self, change: Change) -> bool:
        hits = []
        for path, wanted in self._tables():
            if self._value_at(path) != change.label:
                continue
            found = [self._table_likeness(change.label, wanted, one) for one in self.seen.tables if one.headers]
            best_hit = max(found, key=lambda one: one.score, default=None)
            hits.append(self._replace_value(path, best_hit if best_hit and best_hit.score >= 0.5 else None))
        return any(hits)

    def _table_likeness(self, label: str, wanted: Sequence[str], table: Any) -> Likeness:
        share = len(set(wanted) & set(table.headers)) / max(len(set(wanted)), 1)
        why = f"{share:.0%} of the columns, name {alike(label, table.name):.0%} alike"
        return Likeness(table.name, 0.6 * share + 0.4 * alike(label, table.name), why)

    def _tables(self) -> list[tuple[Path_, list[str]]]:
        found: list[tuple[Path_, list[str]]] = []
        for number, rows in enumerate(self.page.rows):
            found.append((("rows", number, "table"), list(rows.columns)))
        for way, row in (("open_row", self.page.open_row), ("find_row", self.page.find_row)):
            if row is not None:
                found.append(((way, "table"), [*row.where, *row.compare, *row.read.values()]))
        for name, read in self.page.read.items():
            if read.table is not None:
                found.append((("read", name, "table"), [one.column for one in read.columns.values()]))
        return found

    def _renamed_column(self, change: Change) -> bool:
        tables = self.seen.tables_named(change.table)
        if len(tables) != 1 or change.label in tables[0].headers:
            return False
        before = next((one for one in (self._recorded_tables()) if one.table == change.table), None)
        used = {column for path, columns in self._tables() for column in columns}
        near = [header for header in tables[0].headers if header and header not in used]
        hit = by_name(change.label, near, before.headers if before else ())
        done = [self._rename_key(path, hit) for path in self._column_keys(change.table, change.label)]
        done += [self._replace_value(path, hit) for path in self._column_values(change.table, change.label)]
        return bool(done) and all(done)

    def _recorded_tables(self) -> Sequence[Any]:
        return self.page.recorded.tables if self.page.recorded else ()

    def _column_keys(self, table: str, column: str) -> list[Path_]:
        found: list[Path_] = []
        for number, rows in enumerate(self.page.rows):
            if rows.table == table and column in rows.columns:
                found.append(("rows", number, "columns", column))
        for way, row in (("open_row", self.page.open_row), ("find_row", self.page.find_row)):
            if row is not None and row.table == table:
                found += [(way, "where", column)] if column in row.where else []
                found += [(way, "compare", column)] if column in row.compare else []
        return found

    def _column_values(self, table: str, column: str) -> list[Path_]:
        found: list[Path_] = []
        for way, row in (("open_row", self.page.open_row), ("find_row", self.page.find_row)):
            if row is not None and row.table == table:
                found += [(way, "read", name) for name, one in row.read.items() if one == column]
        for name, read in self.page.read.items():
            if read.table == table:
                for key, one in read.columns.items():
                    short = ("read", name, "columns", key)
                    if one.column == column:
                        found.append(
                            short if (*self.at, *short, "column") not in self.document.values else (*short, "column")
                        )
        return found

    def _long(self, path: Path_, key: str) -> Path_:
        """The place of a name that may stand alone or under a key."""
        return (*path, key) if (*self.at, *path, key) in self.document.values else path

    def _renamed_button(self, change: Change) -> bool:
        if change.label in self.seen.buttons:
            return False  # it stands there more than once: which one is meant, only a person can say
        known = self.page.recorded.buttons if self.page.recorded else ()
        used = [rows.add for rows in self.page.rows if rows.add] + [self.page.press or ""]
        hit = by_name(change.label, [one for one in self.seen.buttons if one not in used], known)
        done = [
            self._replace_value(("rows", number, "add"), hit)
            for number, rows in enumerate(self.page.rows)
            if rows.add == change.label
        ]
        if self.page.press == change.label:
            done.append(self._replace_value(("press",), hit))
        save = self.screen.save
        if save is not None and self.at == ("pages", len(self.screen.pages) - 1):
            if save.press == change.label:
                done.append(self._replace_value(("save", "press"), hit, root=True))
            if save.confirm == change.label:
                done.append(self._replace_value(("save", "confirm"), hit, root=True))
        return bool(done) and all(done)

    def _other_heading(self, change: Change) -> bool:
        part, number = self.at
        pages = getattr(self.screen, str(part))
        later = [n for n, page in enumerate(pages) if n > int(number) and self.seen.is_page(page)]
        if later and self.page.recorded is not None:
            first, second = self.document.values.get((part, number)), self.document.values.get((part, later[0]))
            if first is None or second is None:
                return False
            self.swapped = (int(number), later[0])
            self.edits.append(Edit(self._where(), self.page.sign, pages[later[0]].sign, "this page now comes first"))
            return True
        likeness = alike(change.label, self.seen.heading)
        labels = [one for one in self.page.fields if any(control.named(one) for control in self.seen.controls)]
        share = len(labels) / len(self.page.fields) if self.page.fields else 0
        why = f"name {likeness:.0%} alike, {share:.0%} of its fields are there"
        hit = Likeness(self.seen.heading, max(likeness, share), why) if max(likeness, share) >= 0.6 else None
        key = "heading" if self.page.heading is not None else "heading_starts"
        return self._replace_value((key,), hit)

    def _renamed_shown(self, change: Change) -> bool:
        known = self.page.recorded.shown if self.page.recorded else ()
        names = [name for name, _ in self.seen.shown] + [one.label for one in self.seen.controls]
        hit = by_name(change.label, [one for one in names if one not in self.page.compare], known)
        if change.label in self.page.compare:
            return self._rename_key(("compare", change.label), hit)
        paths: list[Path_] = []
        for name, read in self.page.read.items():
            if read.label == change.label:
                paths.append(self._long(("read", name), "label"))
        return bool(paths) and all(self._replace_value(path, hit) for path in paths)

    def _value_at(self, path: Path_) -> Any:
        data = self.document.data
        for part in (*self.at, *path):
            data = data[part]
        return data

    def _where(self, *path: str | int) -> str:
        return " ".join(str(part) for part in (*self.at, *path))

    def _rename_key(self, path: Path_, hit: Likeness | None) -> bool:
        place = self.document.keys.get((*self.at, *path))
        if hit is None or place is None:
            return False
        self.stretches.append((place.line, place.column, place.width, scalar(hit.name)))
        self.edits.append(Edit(self._where(*path[:-1]), str(path[-1]), hit.name, hit.evidence))
        return True

    def _replace_value(self, path: Path_, hit: Likeness | None, *, root: bool = False) -> bool:
        full: Path_ = path if root else (*self.at, *path)
        place = self.document.values.get(full)
        if hit is None or place is None:
            return False
        old = self.lines[place.line][place.column : place.column + place.width]
        self.stretches.append((place.line, place.column, place.width, scalar(hit.name)))
        self.edits.append(Edit(" ".join(map(str, full)), old, hit.name, hit.evidence))
        return True

    def _set_value(self, path: Path_, value: Value, change: Mapping[str, Any], evidence: str) -> bool:
        """Write a value anew as one map. Only where it stands on the line of its label."""
        key = self.document.keys.get((*self.at, *path))
        if key is None:
            return False
        line, start = self.lines[key.line], key.column + key.width
        found = re.match(r":\s*(\{(?:[^{}]|\{[^{}]*\})*\}|[^,{}#]+?)(?=\s*(?:[,}]|#.*)?$|,|\})", line[start:])
        if found is None:
            return False
        given = {**value.model_dump(exclude_defaults=True), **change}
        new = yaml.safe_dump(given, allow_unicode=True, sort_keys=False, default_flow_style=True, width=1000).strip()
        self.stretches.append((key.line, start + found.start(1), len(found[1]), new))
        self.edits.append(Edit(self._where(*path), found[1], new, evidence))
        return True

    def _swap(self, lines: list[str], first: int, second: int) -> list[str]:
        """Exchange two pages of the part, each a block from its dash to the next one's."""
        part = str(self.at[0])
        starts = [line for line, _ in self._blocks(lines, part)]
        ends = [*starts[1:], self._part_end(lines, starts[-1])]
        a, b = lines[starts[first] : ends[first]], lines[starts[second] : ends[second]]
        middle = lines[ends[first] : starts[second]]
        return [*lines[: starts[first]], *b, *middle, *a, *lines[ends[second] :]]

    def _blocks(self, lines: list[str], part: str) -> list[tuple[int, str]]:
        inside, found = False, []
        for number, line in enumerate(lines):
            if re.match(r"\S", line) and not line.startswith("#"):
                inside = line.startswith(f"{part}:")
            elif inside and re.match(r"  - ", line):
                found.append((number, line))
        return found

    def _part_end(self, lines: list[str], start: int) -> int:
        ends = [n for n in range(start + 1, len(lines)) if re.match(r"\S", lines[n]) or not lines[n].strip()]
        return ends[0] if ends else len(lines)


def _opens(line: str) -> bool:
    """Whether a map stands in braces on this line, into which no line can be put."""
    return bool(re.search(r"fields:\s*\{", line))


def scalar(text: str) -> str:
    """A text as a YAML scalar that also may stand inside braces."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
