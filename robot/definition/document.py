"""YAML read as plain text with positions. Nothing is guessed: `no`, dates and `22:30` stay what was written."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from robot.definition.problem import Problem, Severity

Path_ = tuple[str | int, ...]
_JSON_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_JSON_WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line: line and column from 0, and its width in characters."""

    line: int
    column: int
    width: int


@dataclass
class Document:
    """One YAML file: `data` holds dicts, lists and strings only; the tables say where each key and value stands."""

    file: str
    lines: list[str]
    data: Any = None
    keys: dict[Path_, Place] = field(default_factory=dict)
    values: dict[Path_, Place] = field(default_factory=dict)
    plain: set[Path_] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path, file: str) -> "Document":
        """Read a file of a process folder; what is wrong with it stands in `problems`."""
        try:
            text = (folder / file).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            return cls(file, [], problems=[Problem(file, 1, 1, f"the file is not UTF-8 text (byte {error.start})")])
        except FileNotFoundError:
            return cls(file, [], problems=[Problem(file, 1, 1, "the file is missing", "every process folder has one")])
        return cls.parse(file, text)

    @classmethod
    def parse(cls, file: str, text: str) -> "Document":
        """Read a text; what is wrong with it stands in `problems`. ``file``: its name in messages."""
        document = cls(file, text.splitlines())
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            document.problems.append(document._syntax_problem(error))
            return document
        except yaml.reader.ReaderError as error:
            document.problems.append(
                Problem(file, 1, 1, f"the file holds a character that YAML refuses: {error.reason}")
            )
            return document
        if root is None:
            document.problems.append(Problem(file, 1, 1, "the file is empty"))
            return document
        document.data = document._walk(root, (), frozenset())
        return document

    def problem(
        self,
        path: Path_,
        message: str,
        hint: str | None = None,
        *,
        at: Literal["key", "value"] = "value",
        severity: Severity = "error",
    ) -> Problem:
        """Return a problem placed at the key or the value of a path, or at the nearest thing around it."""
        while path and path not in self.keys and path not in self.values:
            path = path[:-1]
        first, second = (self.keys, self.values) if at == "key" else (self.values, self.keys)
        place = first.get(path) or second.get(path) or Place(0, 0, 1)
        return self.at(place, message, hint, severity)

    def at(self, place: Place, message: str, hint: str | None = None, severity: Severity = "error") -> Problem:
        """Return a problem at a place of this file."""
        text = self.lines[place.line] if place.line < len(self.lines) else ""
        width = min(place.width, max(1, len(text) - place.column))
        return Problem(self.file, place.line + 1, place.column + 1, message, hint, severity, text, width)

    def json(self, path: Path_) -> Any:
        """Return what stands at a path as JSON data: an unquoted integer, true, false and null are themselves.

        Everything else is text, decimals included, so that no figure passes through a float.
        """
        data = self.data
        for part in path:
            data = data[part]
        return self._as_json(data, path)

    def _as_json(self, data: Any, path: Path_) -> Any:
        if isinstance(data, dict):
            return {key: self._as_json(value, (*path, key)) for key, value in data.items()}
        if isinstance(data, list):
            return [self._as_json(value, (*path, index)) for index, value in enumerate(data)]
        if path in self.plain and data in _JSON_WORDS:
            return _JSON_WORDS[data]
        if path in self.plain and _JSON_INTEGER.fullmatch(data):
            return int(data)
        return data

    def _walk(self, node: yaml.Node, path: Path_, above: frozenset[int]) -> Any:
        place = _place(node)
        self.values[path] = place
        if id(node) in above:
            self.problems.append(self.at(place, "a value holds itself: an alias inside its anchor", "write it out"))
            return ""
        above = above | {id(node)}
        if node.tag.startswith("!"):
            self.problems.append(self.at(place, f"the tag `{node.tag}` has no meaning here", "remove it"))
        if isinstance(node, yaml.MappingNode):
            return self._walk_mapping(node, path, above)
        if isinstance(node, yaml.SequenceNode):
            return [self._walk(item, (*path, index), above) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.style is None:
            self.plain.add(path)
        return node.value

    def _walk_mapping(self, node: yaml.MappingNode, path: Path_, above: frozenset[int]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            place = _place(key)
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(self.at(place, "expected a word as key, found a list or a mapping"))
                continue
            if key.value in found:
                first = self.keys[(*path, key.value)].line + 1
                message = f"the key `{key.value}` stands twice (first on line {first})"
                self.problems.append(self.at(place, message, "remove one of them"))
                continue
            self.keys[(*path, key.value)] = place
            found[key.value] = self._walk(value, (*path, key.value), above)
        return found

    def _syntax_problem(self, error: yaml.MarkedYAMLError) -> Problem:
        mark = error.problem_mark or error.context_mark
        place = Place(0, 0, 1) if mark is None else Place(mark.line, mark.column, 1)
        text = self.lines[place.line] if place.line < len(self.lines) else ""
        if "\t" in text[: place.column + 1]:
            tab = Place(place.line, text.index("\t"), 1)
            return self.at(tab, "a tab stands where YAML wants spaces", "use spaces")
        what = error.problem or "unknown fault"
        hint = (
            "check the indentation and the colons"
            if error.context is None
            else f"{error.context}: check indentation and colons"
        )
        return self.at(place, f"not readable as YAML: {what}", hint)


def _place(node: yaml.Node) -> Place:
    start, end = node.start_mark, node.end_mark
    one_line = isinstance(node, yaml.ScalarNode) and start.line == end.line
    return Place(start.line, start.column, max(1, end.column - start.column) if one_line else 1)
