"""Habits of the house that ruff, mypy and import-linter cannot see. Each message says why the habit exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.project import modules, refuse, texts

LONGEST_MODULE = 400
EXACT = frozenset({"audit", "connectors", "processes", "robot"})
# A float is right for seconds and pixels. Each module that makes one stands here with its reason.
FLOATS: dict[str, str] = {}
LOADERS = frozenset({"safe_load", "safe_load_all", "load", "load_all", "full_load", "unsafe_load"})
PROMISE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?:\[[^\]]*\]|:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>.*)$")
MACHINE = re.compile(r"(?<![\w.}\"'/-])(?:/work|/home/\w+|/Users/\w+|/root)/|\bC:\\\\?Users")
OUTSIDE = re.compile(r"\.\./shared\b")
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30}|\bxox[abp]-\w{10}"
    r"|(?i:password|passwd|secret|api_?key|access_?token)[\"']?\s*[:=]\s*[\"'][A-Za-z0-9+/_-]{20,}={0,2}[\"']"
)


def _lines(pattern: re.Pattern[str]) -> Iterator[tuple[Path, str, re.Match[str]]]:
    """Path, place and match of every line that the pattern finds."""
    for path, text in texts().items():
        for number, line in enumerate(text.splitlines(), 1):
            if match := pattern.search(line):
                yield path, f"{path}:{number}", match


def test_no_module_is_longer_than_a_head_can_hold() -> None:
    """A module has at most 400 lines; about 150 is the aim."""
    lengths = {path: text.count("\n") for path, text in texts().items() if path.suffix in {".py", ".js", ".css"}}
    refuse(
        (f"{path}: {lines} lines" for path, lines in lengths.items() if lines > LONGEST_MODULE),
        "Nobody reviews what does not fit in the head. Find the two things in it and part them:",
    )


def test_every_test_says_its_rule() -> None:
    """Every test function has a docstring: the rule that holds, in one sentence."""
    refuse(
        (
            f"{path}:{node.lineno}: {node.name}"
            for path, tree in modules().items()
            if path.parts[0] == "tests"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name.startswith("test_")
            and not ast.get_docstring(node)
        ),
        "When a test fails, its docstring tells which promise broke:",
    )


def test_no_promises_in_the_text() -> None:
    """Nothing is left for later in a comment or a text."""
    refuse(
        (place for _, place, _ in _lines(PROMISE)),
        "A promise in a file is kept by nobody. Do it, or write it where work is planned:",
    )


def test_a_silenced_check_gives_its_reason() -> None:
    """A check is silenced only with a reason, in words, on the same line."""
    refuse(
        (
            place
            for path, place, match in _lines(SILENCED)
            if path.suffix == ".py" and len(re.findall(r"\w{2,}", match["reason"])) < 2
        ),
        "Say after the marker why the check is wrong here, so that the next reader can judge:",
    )


def _makes_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"


def test_no_float_is_made_where_money_is_counted() -> None:
    """float() is called only in listed modules: amounts are Decimal in memory and integer öre in the journal."""
    refuse(
        (
            f"{path}:{getattr(node, 'lineno', 0)}"
            for path, tree in modules().items()
            if path.parts[0] in EXACT and str(path) not in FLOATS
            for node in ast.walk(tree)
            if _makes_float(node)
        ),
        "0.1 + 0.2 is not 0.3 in float, and a decision is exact. Use Decimal, or list the module in FLOATS:",
    )


def test_the_list_of_float_modules_holds_no_ghosts() -> None:
    """A module that may call float() exists and still calls it."""
    refuse(
        (name for name in FLOATS if not any(map(_makes_float, ast.walk(modules().get(Path(name), ast.parse("")))))),
        "Take it off the list, which would otherwise excuse the next file of that name:",
    )


def _loads_yaml(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in LOADERS
        and isinstance(node.value, ast.Name)
        and node.value.id == "yaml"
    )


def test_yaml_is_read_with_positions_only() -> None:
    """YAML is composed to plain strings with positions: a loader would turn `no` into False and 22:30 into a number."""
    refuse(
        (
            f"{path}:{getattr(node, 'lineno', 0)}"
            for path, tree in modules().items()
            for node in ast.walk(tree)
            if _loads_yaml(node)
        ),
        "Use the reader of robot.definition, or connectors/_yaml.py, which can say file:line:column:",
    )


def test_no_machine_is_named() -> None:
    """No file names a path of the machine it was written on, and only a test may look outside the project."""
    refuse(
        (place for _, place, _ in _lines(MACHINE)), "It works on one machine only. Use a path from the project's top:"
    )
    refuse(
        (place for path, place, _ in _lines(OUTSIDE) if path.parts[0] != "tests"),
        "The project stands alone. Copy the fact here, with its source:",
    )


def test_no_secret_is_kept() -> None:
    """Nothing looks like a key, token or password of a real system."""
    refuse(
        (place for _, place, _ in _lines(SECRET)),
        "Secrets come from files or the environment (robot/settings.py). One that was kept must also be revoked:",
    )
