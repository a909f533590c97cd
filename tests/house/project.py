"""The project's own files, for the lints of the house and of the docs."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("audit", "benchmarks", "connectors", "desk", "processes", "robot", "testbed")
FOLDERS = (*PACKAGES, "tests", "docs", "scripts", ".ci")
CODE = {".css", ".html", ".js", ".py", ".sh", ".toml", ""}
DATA = {".csv", ".ini", ".json", ".md", ".svg", ".txt", ".xml", ".xsd", ".yaml", ".yml"}


def _is_ours(path: Path) -> bool:
    """Vendored code and the lock file are other people's text."""
    foreign = {"__pycache__", "vendor"} & set(path.parts) or path.name.endswith((".min.js", ".lock"))
    return path.is_file() and path.suffix in CODE | DATA and not foreign


@cache
def texts() -> dict[Path, str]:
    """Every text file that the project keeps, by its path from the top."""
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    ours = sorted(filter(_is_ours, (*ROOT.glob("*"), *inside)))
    return {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in ours}


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python module of ours, parsed, by its path from the top."""
    return {path: ast.parse(text, str(path)) for path, text in texts().items() if path.suffix == ".py"}


def refuse(found: Iterable[str], reason: str) -> None:
    """Fail with the reason and the places, when there are any."""
    places = "\n".join(found)
    assert not places, f"{reason}\n{places}"
