"""A screen file as text, with the edits that are proposed for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from robot.definition.document import Document, Path_
from robot.gui.likeness import Likeness
from robot.gui.screen import Value

_PLAIN = re.compile(r"[\wåäöÅÄÖ](?:[\wåäöÅÄÖ ()–/.%-]*[\wåäöÅÄÖ).%])?")
_VALUE = re.compile(r":\s*(\{(?:[^{}]|\{[^{}]*\})*\}|[^,{}#]+?)(?=\s*(?:[,}]|#.*)?$|,|\})")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the screen file: where, from what, to what, and what speaks for it.

    ``uncertain``: it is a guess, which a person must look at in the case system before taking it into use.
    """

    place: str
    old: str
    new: str
    evidence: str
    uncertain: bool = False


class ScreenText:
    """Gathers edits of one page. Every place is told as the file was read, so that no edit moves another.

    Each method returns whether the edit could be made: the file may be written in a way that has no room for it.
    """

    def __init__(self, document: Document, at: Path_) -> None:
        self.at = at
        self.edits: list[Edit] = []
        self._document = document
        self._lines = list(document.lines)
        self._stretches: list[tuple[int, int, int, str]] = []
        self._added: list[tuple[int, str]] = []
        self._swapped: tuple[int, int] | None = None

    def text(self) -> str:
        """The file with all edits, made from the last place to the first."""
        lines = list(self._lines)
        for line, start, width, new in sorted(self._stretches, reverse=True):
            lines[line] = lines[line][:start] + new + lines[line][start + width :]
        if self._swapped:
            lines = self._exchange(lines, *self._swapped)
        for line, new in sorted(self._added, key=lambda one: -one[0]):
            lines[line:line] = new.split("\n")
        return "\n".join(lines) + "\n"

    def has(self, path: Path_) -> bool:
        """Whether something stands there on this page."""
        return (*self.at, *path) in self._document.values

    def value(self, path: Path_) -> Any:
        """What stands there on this page."""
        data = self._document.data
        for part in (*self.at, *path):
            data = data[part]
        return data

    def where(self, *path: str | int) -> str:
        """The place in words, for people."""
        return " ".join(str(part) for part in (*self.at, *path))

    def rename_key(self, path: Path_, hit: Likeness | None) -> bool:
        """Another label on the left."""
        place = self._document.keys.get((*self.at, *path))
        if hit is None or place is None:
            return False
        self._stretches.append((place.line, place.column, place.width, scalar(hit.name)))
        self._tell(self.where(*path[:-1]), str(path[-1]), hit)
        return True

    def replace_value(self, path: Path_, hit: Likeness | None) -> bool:
        """Another name on the right."""
        return self.replace_root((*self.at, *path), hit)

    def replace_root(self, path: Path_, hit: Likeness | None) -> bool:
        """Another name on the right of a place that is told from the top of the file."""
        place = self._document.values.get(path)
        if hit is None or place is None:
            return False
        old = self._lines[place.line][place.column : place.column + place.width]
        self._stretches.append((place.line, place.column, place.width, scalar(hit.name)))
        self._tell(" ".join(map(str, path)), old, hit)
        return True

    def set_value(self, path: Path_, value: Value, change: Mapping[str, Any], evidence: str) -> bool:
        """A value written anew as one map. Only where it stands on the line of its label."""
        key = self._document.keys.get((*self.at, *path))
        if key is None:
            return False
        line, start = self._lines[key.line], key.column + key.width
        found = _VALUE.match(line[start:])
        if found is None:
            return False
        new = flow({**value.model_dump(exclude_defaults=True), **change})
        self._stretches.append((key.line, start + found.start(1), len(found[1]), new))
        self._tell(self.where(*path), found[1], Likeness(new, 1, evidence))
        return True

    def add_field(self, hit: Likeness, value: Mapping[str, Any], *, after: str | None = None) -> bool:
        """One more field, below a label or below the last one. Only where the fields stand on lines of their own."""
        labels = self._fields()
        places = [place for label, place in labels.items() if after is None or label == after]
        if not places or self._in_braces():
            return False
        last = max(places, key=lambda one: one.line)
        new = f"{scalar(hit.name)}: {flow(value)}"
        self._added.append((last.line + 1, " " * last.column + new))
        self._tell(self.where("fields"), "", Likeness(new, hit.score, hit.evidence, guess=hit.guess))
        return True

    def split(self, first: str, press: Likeness) -> bool:
        """Two pages of this one: from the field ``first`` on, the fields stand on a page that ``press`` leads to."""
        here = self._fields()[first]
        place = self._document.keys[(*self.at, "fields")]
        sign = next((key for key in ("heading", "heading_starts", "dialog", "message") if self.has((key,))), None)
        if sign is None or self._in_braces():
            return False
        margin = " " * place.column
        added = [f"{margin}press: {scalar(press.name)}", f"{margin[:-2]}- {sign}: {scalar(self.value((sign,)))}"]
        self._added.append((here.line, "\n".join([*added, f"{margin}fields:"])))
        self._tell(self.where(), "", Likeness(f"press: {press.name}, then {first}", 1, press.evidence))
        return True

    def swap(self, other: int, evidence: str, signs: tuple[str, str]) -> bool:
        """Let the page and another of its part change places."""
        part, number = self.at
        if (part, number) not in self._document.values or (part, other) not in self._document.values:
            return False
        self._swapped = (int(number), other)
        self._tell(self.where(), signs[0], Likeness(signs[1], 1, evidence))
        return True

    def _tell(self, place: str, old: str, hit: Likeness) -> None:
        self.edits.append(Edit(place, old, hit.name, hit.evidence, hit.uncertain))

    def _fields(self) -> dict[str, Any]:
        depth = len(self.at) + 2
        keys = self._document.keys.items()
        return {str(path[-1]): at for path, at in keys if len(path) == depth and path[:-1] == (*self.at, "fields")}

    def _in_braces(self) -> bool:
        """Whether the fields stand in a map in braces, into which no line can be put."""
        lines = [place.line for place in self._fields().values()]
        return len(lines) != len(set(lines)) or any(re.search(r"fields:\s*\{", self._lines[line]) for line in lines)

    def _exchange(self, lines: list[str], one: int, other: int) -> list[str]:
        """Exchange two pages of the part, each a block from its dash to the next one's."""
        first, second = sorted((one, other))
        starts = self._starts(lines, str(self.at[0]))
        ends = [*starts[1:], _end(lines, starts[-1])]
        a, b = lines[starts[first] : ends[first]], lines[starts[second] : ends[second]]
        middle = lines[ends[first] : starts[second]]
        return [*lines[: starts[first]], *b, *middle, *a, *lines[ends[second] :]]

    def _starts(self, lines: list[str], part: str) -> list[int]:
        inside, found = False, []
        for number, line in enumerate(lines):
            if re.match(r"\S", line) and not line.startswith("#"):
                inside = line.startswith(f"{part}:")
            elif inside and re.match(r"  - ", line):
                found.append(number)
        return found


def _end(lines: list[str], start: int) -> int:
    ends = [n for n in range(start + 1, len(lines)) if re.match(r"\S", lines[n]) or not lines[n].strip()]
    return ends[0] if ends else len(lines)


def flow(value: Mapping[str, Any]) -> str:
    """A map as YAML in braces on one line; a name alone when it says nothing more."""
    if list(value) == ["value"]:
        return scalar(str(value["value"]))
    return yaml.safe_dump(
        dict(value), allow_unicode=True, sort_keys=False, default_flow_style=True, width=10_000
    ).strip()


def scalar(text: str) -> str:
    """A text as a YAML scalar that also may stand inside braces."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
