"""``arende audit hold on|off``: a legal hold, under which nothing of a case is erased."""

import getpass
from typing import Annotated

import typer

from robot.cli._say import out
from robot.engine.house import House
from robot.engine.review import Person
from robot.settings import Settings

Case = Annotated[str, typer.Option(help="The case's reference, c_….")]
Named = Annotated[str, typer.Option(help="The name of the person who answers for it.")]
Reason = Annotated[str, typer.Option(help="Why. Kept in the case's journal.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Legal hold: nothing of the case is erased while it is on.", no_args_is_help=True)
    group.command("on")(on)
    group.command("off")(off)
    app.add_typer(group, name="hold")


def on(case: Case, person: Named, reason: Reason) -> None:
    """Hold a case: no gallring of it until the hold is lifted."""
    House.build(Settings()).gallring().hold(case, _person(person), reason=reason)
    out.print(f"held: {case}", markup=False)


def off(case: Case, person: Named, reason: Reason) -> None:
    """Lift the hold. Exit 1 when there is none."""
    House.build(Settings()).gallring().release(case, _person(person), reason=reason)
    out.print(f"released: {case}", markup=False)


def _person(name: str) -> Person:
    """The person as named, under the account that typed it."""
    return Person(f"cli {getpass.getuser()}", name)
