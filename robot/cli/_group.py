"""Command groups that find their commands: a new command is a new module in the group's folder."""

import ast
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import NamedTuple

import typer


class Summary(NamedTuple):
    """What a module's docstring says of a command: ``"arende plan": what would happen …``."""

    module: str
    text: str


def add_commands(app: typer.Typer, package: ModuleType, *, only: str | None = None) -> None:
    """Call ``register(app)`` of every module in the package, or of ``only`` one; a name with "_" first is a helper."""
    for module in _modules(package) if only is None else [only]:
        import_module(f"{package.__name__}.{module}").register(app)


def summaries(package: ModuleType) -> dict[str, Summary]:
    """The package's commands by name, read from its modules' docstrings: none of them is loaded."""
    found = {}
    for module in _modules(package):
        names, _, text = _docstring(package, module).partition(":")
        line = " ".join(text.split())
        for name in re.findall(r"`arende ([a-z]+)", names):
            found[name] = Summary(module, line[:1].upper() + line[1:])
    return found


def _modules(package: ModuleType) -> list[str]:
    found = sorted(found.name for found in iter_modules(package.__path__))
    return [name for name in found if name != "main" and not name.startswith("_")]


def _docstring(package: ModuleType, module: str) -> str:
    folder = Path(package.__path__[0])
    file = folder / f"{module}.py"
    if not file.exists():
        file = folder / module / "__init__.py"
    return ast.get_docstring(ast.parse(file.read_bytes())) or ""
