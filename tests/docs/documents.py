"""The documents, and the markers in them that tests hold to the code.

`<!-- generated: NAME -->` … `<!-- end -->`   a table written from the code by `make docs`
`<!-- from: FILE -->` + code block            lines that stand in FILE in this order; a line of `…` skips
`<!-- run -->` + code block                   `arende` commands, run in a scratch copy of the process folders
`<!-- expect: CODE -->` + code block          the same, with the exit code it must have
`<!-- edit: FILE end -->` + code block        added last in the scratch FILE
`<!-- edit: FILE new -->` + code block        the whole of a new scratch FILE
`<!-- edit: FILE after TEXT -->` + code block added after the only line of the scratch FILE that holds TEXT
`<!-- edit: FILE replace TEXT -->` + block    put in the place of that line
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.project import ROOT

MARKED = re.compile(
    r"<!-- (?P<marker>from|run|expect|edit)(?:: (?P<rest>.+?))? -->\n+```\w*\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
GENERATED = re.compile(
    r"(?<=<!-- generated: )(?P<name>[\w-]+)(?P<open> -->\n)(?P<table>.*?)(?=<!-- end -->)", re.DOTALL
)


@dataclass(frozen=True)
class Marked:
    """A marked code block: what the marker says, and where it stands."""

    path: Path
    line: int
    marker: str
    rest: str
    block: str

    def __str__(self) -> str:
        """As test names and messages show it."""
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def documents() -> list[Path]:
    """Every document of the project, except other people's licences."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def readmes() -> list[Path]:
    """The README of each room."""
    rooms = ("processes", "connectors", "testbed", "robot", "audit", "desk")
    return sorted(path for room in rooms for path in (ROOT / room).rglob("README.md"))


def marked(path: Path) -> Iterator[Marked]:
    """The marked code blocks of a document, in order."""
    text = path.read_text(encoding="utf-8")
    for match in MARKED.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Marked(path, line, match["marker"], match["rest"] or "", match["block"])
