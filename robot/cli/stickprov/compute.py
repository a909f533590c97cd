"""``arende stickprov compute``: one statistic, from a file of inputs."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from audit.errors import StatisticsError, UnknownFamilyError
from audit.stickprov.statistics import FAMILIES
from audit.stickprov.statistics import compute as computed
from robot.cli._say import fail, out, say_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compute")(compute)


def compute(
    family: Annotated[str, typer.Argument(help=f"One of: {', '.join(FAMILIES)}.")],
    inputs: Annotated[
        Path,
        typer.Option(help="JSON: an object of inputs, or a list of them.", exists=True, dir_okay=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Compute a statistic of the stickprov, exactly: a list of inputs gives a list of answers."""
    if family not in FAMILIES:
        try:
            computed(family, {})
        except UnknownFamilyError as error:
            raise typer.BadParameter(str(error), param_hint="FAMILY") from None
    given = _read(inputs)
    if isinstance(given, list):
        answers = [_answer(family, one, f"{inputs.name}[{place}]") for place, one in enumerate(given)]
    else:
        answers = [_answer(family, given, inputs.name)]
    if as_json:
        say_json(answers if isinstance(given, list) else answers[0])
        return
    for answer in answers:
        out.print(" · ".join(f"{name}: {value}" for name, value in answer.items()))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes(), parse_float=Decimal)
    except (ValueError, OSError) as error:
        fail(f"{path.name}: expected JSON in UTF-8 ({error})")


def _answer(family: str, given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        fail(f'{where}: expected an object of inputs such as {{"n": 59}}, found {type(given).__name__}')
    try:
        return computed(family, given)
    except StatisticsError as error:
        fail(f"{where}: {error}")
