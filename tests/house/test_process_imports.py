"""The walls round a process. It is loaded by its content, so import-linter cannot see it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.project import PACKAGES, modules, refuse

# What a pure function over values can need. Nothing that opens, waits, asks the clock or draws lots.
PURE = frozenset(
    {"__future__", "calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions"}
    | {"functools", "itertools", "math", "re", "typing", "zoneinfo"}
)
SHAPES = frozenset({"pydantic"})
IMPURE_CALLS = frozenset({"open", "print", "input", "eval", "exec", "__import__"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})
TESTS_ONLY = frozenset({"tests", "pytest", "hypothesis", "time_machine"})


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported from outside the module's own folder."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            yield node.lineno, "." * node.level + (node.module or "")


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_allowed_in_a_process(name: str) -> bool:
    return _top(name) in PURE | SHAPES or f"{name}.".startswith("robot.rules.")


def _called(node: ast.AST) -> str:
    """What a call does that a pure function may not, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
        return f"{node.func.id}()"
    if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
        return f".{node.func.attr}()"
    return ""


def _processes() -> dict[Path, ast.Module]:
    return {path: tree for path, tree in modules().items() if path.parts[0] == "processes" and len(path.parts) > 2}


def test_the_lint_reads_the_processes() -> None:
    """There is at least one process with rules to check."""
    assert any(path.name.startswith("rules") for path in _processes())


def test_a_process_imports_only_rules_and_values() -> None:
    """A process imports robot.rules, its siblings and value types: no database, web framework, browser or network."""
    refuse(
        (
            f"{path}:{line}: imports {name}"
            for path, tree in _processes().items()
            for line, name in _imports(tree)
            if not _is_allowed_in_a_process(name)
        ),
        "What a rule needs to know is a fact. Let a step fetch it:",
    )


def test_a_process_never_asks_the_clock_or_the_world() -> None:
    """The same facts give the same decision on any day: a process calls no clock, file or console."""
    refuse(
        (
            f"{path}:{getattr(node, 'lineno', 0)}: calls {called}"
            for path, tree in _processes().items()
            for node in ast.walk(tree)
            if (called := _called(node))
        ),
        "A rule is a pure function of its parameters. Make it a fact:",
    )


def test_nothing_shipped_imports_the_tests() -> None:
    """Shipped code never imports tests or their libraries, which are not installed in production."""
    refuse(
        (
            f"{path}:{line}: imports {name}"
            for path, tree in modules().items()
            if path.parts[0] in PACKAGES and path.name not in {"conftest.py", "pytest_plugin.py"}
            for line, name in _imports(tree)
            if _top(name) in TESTS_ONLY
        ),
        "Move the helper to the room that owns it:",
    )
