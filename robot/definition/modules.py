"""The Python of a process folder: imported as a package named by its content, so that versions never mix."""

import ast
import importlib
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from robot.definition.document import Document, Place
from robot.definition.problem import Problem
from robot.rules.proof import RuleProblem
from robot.rules.rule import versions_of

_ALLOWED = (
    *("__future__", "calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools"),
    *("itertools", "math", "operator", "pydantic", "pydantic_core", "re", "statistics", "string", "textwrap", "types"),
    *("typing", "unicodedata"),
)
_CLOCKS = ("now", "today", "utcnow")
# Python 3.11 counts the depth of a tree for all threads together: of two that parse at once one may get a SystemError.
_PARSING = threading.Lock()


@dataclass
class Code:
    """What a folder's Python gave: rules by definition order, the records module, and problems."""

    rules: list[Callable[..., Any]] = field(default_factory=list)
    records: ModuleType | None = None
    problems: list[Problem] = field(default_factory=list)


def load_code(folder: Path, version: str) -> Code:
    """Import records.py and every rules*.py of a folder. What is wrong stands in `problems`."""
    code = Code()
    for path in sorted(folder.glob("*.py")):
        code.problems += _read_python(folder, path.name)
    if code.problems:
        return code
    package = f"arende_process_{version.removeprefix('sha256:')[:24]}"
    if package not in sys.modules:
        module = ModuleType(package)
        module.__path__ = [str(folder)]
        sys.modules[package] = module
    for name in ["records", *sorted(path.stem for path in folder.glob("rules*.py"))]:
        if (folder / f"{name}.py").exists():
            _import(folder, package, name, code)
        else:
            code.problems.append(Problem(f"{name}.py", 1, 1, "the file is missing", "every process folder has one"))
    return code


def place_rule_problem(folder: Path, problem: RuleProblem) -> Problem:
    """Return a problem of a rule at the line that begins its definition."""
    if problem.function is None:
        return Problem("facts.yaml", 1, 1, problem.message, problem.hint)
    file = Path(problem.function.__code__.co_filename).name
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    name = problem.function.__name__
    first = problem.function.__code__.co_firstlineno - 1
    line = next((n for n in range(first, len(lines)) if lines[n].lstrip().startswith(f"def {name}(")), first)
    return Document(file, lines).at(Place(line, lines[line].find(name), len(name)), problem.message, problem.hint)


def _import(folder: Path, package: str, name: str, code: Code) -> None:
    kept, sys.dont_write_bytecode = (
        sys.dont_write_bytecode,
        True,
    )  # a cache file would go stale, and is not the definition
    try:
        module = importlib.import_module(f"{package}.{name}")
    except Exception as error:  # noqa: BLE001 - whatever an author's module raises is a problem to show
        sys.modules.pop(f"{package}.{name}", None)
        code.problems.append(_import_problem(folder, f"{name}.py", error))
        return
    finally:
        sys.dont_write_bytecode = kept
    if name == "records":
        code.records = module
    code.rules += [one for one in vars(module).values() if versions_of(one) and one.__module__ == module.__name__]


def _import_problem(folder: Path, file: str, error: Exception) -> Problem:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    line = 1
    if frames and frames[-1].lineno is not None:
        file, line = Path(frames[-1].filename).name, frames[-1].lineno
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    text = lines[line - 1] if line <= len(lines) else ""
    place = Place(line - 1, len(text) - len(text.lstrip()), len(text.strip()))
    return Document(file, lines).at(place, f"the module cannot be imported: {type(error).__name__}: {error}")


def _read_python(folder: Path, file: str) -> list[Problem]:
    text = (folder / file).read_text(encoding="utf-8")
    document = Document(file, text.splitlines())
    try:
        with _PARSING:
            tree = ast.parse(text)
    except SyntaxError as error:
        place = Place((error.lineno or 1) - 1, max(0, (error.offset or 1) - 1), 1)
        return [document.at(place, f"not readable as Python: {error.msg}")]
    return [*_import_problems(document, tree), *_clock_problems(document, tree), *_lost_rules(document, tree)]


def _import_problems(document: Document, tree: ast.Module) -> Iterable[Problem]:
    hint = "a process imports robot.rules, its own modules and pure standard modules"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if name != "robot.rules" and name.partition(".")[0] not in _ALLOWED:
                yield document.at(_place(node), f"a process may not import `{name}`", hint)


def _clock_problems(document: Document, tree: ast.Module) -> Iterable[Problem]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCKS:
            message = f"a rule may not read the clock (`{node.func.attr}()`)"
            yield document.at(_place(node), message, "ask for the day as a fact")


def _lost_rules(document: Document, tree: ast.Module) -> Iterable[Problem]:
    first: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            if node.name in first:
                message = f"`{node.name}` is defined again; the one on line {first[node.name]} is lost"
                yield document.at(
                    _place(node), message, "put the older one in a module of its own, such as rules_2024.py"
                )
            first.setdefault(node.name, node.lineno)


def _place(node: ast.stmt | ast.expr) -> Place:
    width = (node.end_col_offset or node.col_offset + 1) - node.col_offset if node.end_lineno == node.lineno else 1
    return Place(node.lineno - 1, node.col_offset, width)
