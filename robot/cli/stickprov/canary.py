"""``arende stickprov canary``: plant a case that is known to be wrong among the reviews."""

import getpass
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from robot.cli._say import fail, out
from robot.engine.canaries import Canaries, Canary
from robot.engine.house import House
from robot.engine.review import Person
from robot.settings import Settings

_CANARY: TypeAdapter[Canary] = TypeAdapter(Canary)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("canary")(canary)


def canary(
    process: Annotated[str, typer.Argument(help="The process, such as ekonomiskt_bistand.")],
    case: Annotated[
        Path, typer.Option(help="JSON: month, facts, shown and right outcome and öre.", exists=True, dir_okay=False)
    ],
    person: Annotated[str, typer.Option(help="The name of the controller who answers for it.")],
) -> None:
    """Plant a canary: a made-up case with a wrong decision, to measure how many errors reviewers see.

    The file has month, facts (name to JSON value), shown_outcome, shown_ore, right_outcome, right_ore and blind. The
    truth is committed to in the journal now, and shown when the review is answered.
    """
    house = House.build(Settings())
    try:
        wanted = _CANARY.validate_python(_read(case))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        fail(f"{case.name}: " + "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in faults))
    who = Person(f"cli {getpass.getuser()}", person)
    ref = Canaries(house.ledger, house.library, house.drawing()).plant(process, wanted, who)
    out.print(f"planted: {ref}", markup=False)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        fail(f"{path.name}: expected JSON: {error}")
