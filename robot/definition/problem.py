"""Problems in a process folder, each with its place, and how they are shown."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]
Format = Literal["text", "github", "json"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where. `file` is relative to the process folder; line and column count from 1.

    `line_text` is the source line and `width` how many characters of it the problem covers.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str | None = None
    severity: Severity = "error"
    line_text: str = ""
    width: int = 1


class DefinitionError(Exception):
    """A process folder cannot be used. Carries all its problems, errors and warnings, in file order."""

    def __init__(self, folder: Path, problems: Sequence[Problem]) -> None:
        super().__init__(render(problems, "text", folder))
        self.folder = folder
        self.problems = tuple(problems)


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems by file, line and column, each once; process.yaml first."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda problem: (problem.file != "process.yaml", problem.file, problem.line, problem.column),
    )


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that stop a process from being used."""
    return [problem for problem in problems if problem.severity == "error"]


def render(problems: Sequence[Problem], style: Format, folder: Path | None = None) -> str:
    """Write the problems for people, for GitHub or as a JSON list. `folder` goes before the file names."""
    if style == "json":
        return json.dumps(
            [{**asdict(problem), "file": _path(problem, folder)} for problem in problems], ensure_ascii=False
        )
    write = _github if style == "github" else _text
    return "\n".join(write(problem, _path(problem, folder)) for problem in problems)


def _path(problem: Problem, folder: Path | None) -> str:
    return problem.file if folder is None else (folder / problem.file).as_posix()


def _text(problem: Problem, path: str) -> str:
    lines = [f"{path}:{problem.line}:{problem.column}: {problem.severity}: {problem.message}"]
    if problem.line_text:
        number = str(problem.line)
        tabs_kept = "".join("\t" if letter == "\t" else " " for letter in problem.line_text[: problem.column - 1])
        lines.append(f"  {number} | {problem.line_text}")
        lines.append(f"  {' ' * len(number)} | {tabs_kept}{'^' * max(1, problem.width)}")
    if problem.hint:
        lines.append(f"  {problem.hint}")
    return "\n".join(lines)


def _github(problem: Problem, path: str) -> str:
    message = problem.message + (f" ({problem.hint})" if problem.hint else "")
    for raw, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        message = message.replace(raw, escaped)
    return f"::{problem.severity} file={path},line={problem.line},col={problem.column}::{message}"
