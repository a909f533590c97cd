"""The examples in the documents are the code's own, and the ones that can be run do what the text says."""

import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.docs.documents import Marked, documents, marked
from tests.house.project import ROOT

EXCERPTS = [one for path in documents() for one in marked(path) if one.marker == "from"]
RUNNABLE = [path for path in documents() if any(one.marker != "from" for one in marked(path))]


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=str)
def test_an_excerpt_stands_in_its_file(excerpt: Marked) -> None:
    """An excerpt's lines stand in the file it is taken from, in that order; a line of … skips."""
    rest = (ROOT / excerpt.rest).read_text(encoding="utf-8")
    for part in excerpt.block.split("…\n"):
        _, found, rest = rest.partition(part)
        assert found, f"{excerpt}: {excerpt.rest} does not hold, or not here:\n{part}"


@pytest.mark.parametrize("path", RUNNABLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_can_be_followed(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does what a document says, step by step, in a copy of the processes, gets what it promises."""
    shutil.copytree(ROOT / "processes", tmp_path / "processes", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARENDE_DATA", str(tmp_path / "var"))
    for one in marked(path):
        if one.marker == "edit":
            _edit(tmp_path, one)
        elif one.marker in {"run", "expect"}:
            _run(one)


def _edit(folder: Path, one: Marked) -> None:
    name, where, text = (*one.rest.split(" ", 2), "")[:3]
    file = folder / name
    assert file.exists() or where == "new", f"{one}: there is no {name}"
    lines = [] if where == "new" else file.read_text(encoding="utf-8").splitlines(keepends=True)
    if where in {"end", "new"}:
        file.write_text("".join(lines) + one.block, encoding="utf-8")
        return
    found = [number for number, line in enumerate(lines) if text in line]
    assert len(found) == 1, f"{one}: {name} has {len(found)} lines with {text!r}, expected 1"
    lines[found[0] : found[0] + 1] = [one.block] if where == "replace" else [lines[found[0]], one.block]
    file.write_text("".join(lines), encoding="utf-8")


def _run(one: Marked) -> None:
    """Give the commands of a block to `arende` in this process: starting a program for each takes most of the time."""
    from robot.cli.main import build

    for line in one.block.splitlines():
        program, *words = shlex.split(line)
        assert program == "arende", f"{one}: only arende commands can be followed, found {program}"
        done = CliRunner().invoke(build(), words)
        expected = int(one.rest or 0)
        assert done.exit_code == expected, f"{one}: {line}: exit {done.exit_code}, not {expected}\n{done.output}"
