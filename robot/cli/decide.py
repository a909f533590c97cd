"""`arende decide`: one decision from given facts."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from robot.cli.check import find_process
from robot.definition import DefinitionError, load
from robot.definition.answer import FactsError, answer, read_given


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("decide")(decide_command)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"expected a month such as 2025-09, found {text!r}") from None


def decide_command(
    process: Annotated[str, typer.Argument(help="A process folder, or the name of a process.")],
    month: Annotated[date, typer.Option(parser=_month, metavar="YYYY-MM", help="The month applied for.")],
    facts: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Facts by name, a JSON object.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as one JSON object.")] = False,
) -> None:
    """Decide from given facts: pure, without queue, browser and network. Exit 1 when the facts cannot be taken."""
    try:
        definition = load(find_process(process))
        given = read_given(definition, facts.read_text(encoding="utf-8"))
        result = answer(definition, month, given)
    except FactsError as error:
        sys.stderr.write("".join(f"{facts}: {fault}\n" for fault in error.faults))
        raise typer.Exit(1) from None
    except (DefinitionError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from None
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else _text(result))


def _text(result: dict[str, Any]) -> str:
    width = max(len(name) for name in result["values"])
    lines = [f"{name:<{width}}  {'–' if value is None else value:>12}" for name, value in result["values"].items()]
    lines += [f"{reason['code']}: {reason['text']}" for reason in result["reasons"]]
    return "\n".join([f"outcome: {result['outcome']}", *lines])
