"""YAML read as dicts, tuples and texts, with the place of every key, so that a fault can say file:line:column."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Location: TypeAlias = tuple[int | str, ...]


class ManifestError(ValueError):
    """One or more faults in a manifest, each as `file:line:column: key: sentence`."""


@dataclass
class Document:
    """The content of one file; `faults` holds the keys that stand twice."""

    path: Path
    data: Any = None
    places: dict[Location, yaml.Mark] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def fault(self, at: Location, sentence: str) -> str:
        """Return the sentence with the place of the key, or of the nearest key around it."""
        while at and at not in self.places:
            at = at[:-1]
        mark = self.places[at]
        key = ".".join(str(part) for part in at)
        return f"{self.path}:{mark.line + 1}:{mark.column + 1}: {key + ': ' if key else ''}{sentence}"


def read(path: Path) -> Document:
    """Read a YAML file. Raises ManifestError when it is missing, empty or no YAML."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ManifestError(f"{path}: cannot be read as YAML: {error}") from error
    if root is None:
        raise ManifestError(f"{path}:1:1: expected a manifest, found an empty file")
    document = Document(path)
    document.data = _plain(root, (), document)
    return document


def _plain(node: yaml.Node, at: Location, document: Document) -> Any:
    document.places.setdefault(at, node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return tuple(_plain(child, (*at, number), document) for number, child in enumerate(node.value))
    if not isinstance(node, yaml.MappingNode):
        return node.value
    found: dict[str, Any] = {}
    for key, value in node.value:
        place = (*at, key.value)
        document.places[place] = key.start_mark
        if key.value in found:
            document.faults.append(document.fault(place, f"the key '{key.value}' stands twice; remove one"))
        found[key.value] = _plain(value, place, document)
    return found
