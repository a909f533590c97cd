"""Command groups that find their commands: a new command is a new module in the group's folder."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import typer


def add_commands(app: typer.Typer, package: ModuleType) -> None:
    """Call ``register(app)`` of every module in the package, by name; a name that begins with "_" is a helper."""
    for module in sorted(found.name for found in iter_modules(package.__path__)):
        if module != "main" and not module.startswith("_"):
            import_module(f"{package.__name__}.{module}").register(app)
