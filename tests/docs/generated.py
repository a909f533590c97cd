"""The tables in the documents that come from the code. `make docs` writes them; a test fails when one is stale."""

import sys
from collections.abc import Callable, Iterator
from inspect import cleandoc
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from tests.docs.documents import GENERATED, documents
from tests.house.project import ROOT


def _table(*rows: tuple[str, ...]) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    rule = f"|{'---|' * len(rows[0])}"
    return "\n".join((head, rule, *body)) + "\n"


def _first_sentence(text: str | None) -> str:
    return " ".join(cleandoc(text or "").split("\n\n")[0].split())


def commands() -> dict[str, TyperCommand]:
    """Every command by its words, such as `case list`."""
    from robot.cli.main import build

    def inside(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, TyperCommand]]:
        if not isinstance(command, TyperGroup):
            yield " ".join(words), command
            return
        for name, child in command.commands.items():
            yield from inside(child, (*words, name))

    return dict(inside(typer.main.get_command(build()), ()))


def settings() -> dict[str, Any]:
    """Every field of the robot's settings by its environment variable."""
    from robot.settings import PREFIX, Settings

    return {f"{PREFIX}{name.upper()}": field for name, field in Settings.model_fields.items()}


def _commands_table() -> str:
    rows = ((f"`arende {words}`", _first_sentence(command.help)) for words, command in sorted(commands().items()))
    return _table(("Command", "What it does"), *rows)


def _settings_table() -> str:
    rows = ((f"`{name}`", _default(field), str(field.description)) for name, field in settings().items())
    return _table(("Variable", "Default", "Meaning"), *rows)


def _default(field: Any) -> str:
    return "" if field.default in (None, "") else f"`{field.default}`"


def _verbs_table() -> str:
    from robot import steps

    def module(step: type) -> ModuleType:
        return sys.modules[step.__module__]

    rows = ((f"`{verb}`", _first_sentence(module(step).__doc__)) for verb, step in sorted(steps.verbs().items()))
    return _table(("Verb", "What it does"), *rows)


def _connectors_table() -> str:
    from connectors.manifest import discover

    rows = (
        (
            f"[{name}](../connectors/{name}/)",
            connector.manifest.kind,
            connector.manifest.title,
            f"`ARENDE_{name.upper()}_…`",
        )
        for name, connector in sorted(discover().items())
    )
    return _table(("Connector", "Kind", "Outside system", "Settings"), *rows)


def _processes_table() -> str:
    from robot.definition import discover, load

    definitions = ((name, load(folder)) for name, folder in sorted(discover().items()))
    rows = (
        (f"[{name}](processes/{name}/)", one.title, one.law, ", ".join(one.may_decide)) for name, one in definitions
    )
    return _table(("Process", "What it is", "Law", "The robot may decide"), *rows)


TABLES: dict[str, Callable[[], str]] = {
    "commands": _commands_table,
    "settings": _settings_table,
    "verbs": _verbs_table,
    "connectors": _connectors_table,
    "processes": _processes_table,
}


def renewed(text: str) -> str:
    """The document with its generated tables as the code says now."""
    return GENERATED.sub(lambda match: f"{match['name']}{match['open']}{TABLES[match['name']]()}", text)


def main() -> None:
    """Write the tables anew in every document."""
    for path in documents():
        old = path.read_text(encoding="utf-8")
        new = renewed(old)
        if new != old:
            path.write_text(new, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}: written\n")


if __name__ == "__main__":
    main()
