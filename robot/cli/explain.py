"""``arende explain``: a decision explained to the person it is about."""

from dataclasses import asdict
from typing import Annotated

import typer

from audit.log.entry import Actor
from robot.cli._say import fail, out, say_json
from robot.engine.fold import fold
from robot.engine.house import House
from robot.settings import Settings
from robot.steps.base import Draft
from robot.swedish.explanation import NothingToExplainError, lines
from robot.swedish.explanation import explain as explained


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    ref: Annotated[str, typer.Argument(help="The case's reference, c_…")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Explain a decision in Swedish: data with sources, rules with paragraphs, the sum, and what would change it.

    It shows personal data. The reading is journalled first.
    """
    house = House.build(Settings())
    house.ledger.load(ref)
    note = Draft("access.read", {"why": "förklaring", "values": True})
    house.ledger.note(ref, note, actor=Actor(kind="system", id="cli"))
    recorded = house.ledger.recorded(ref)
    state = fold(recorded)
    if state.restricted:
        fail(f"{ref}: protected; the group for protected persons explains it, on the case's page in the desk")
    definition = house.library.get(state.process, state.version)
    try:
        found = explained(definition, state, recorded, now=house.clock.now())
    except NothingToExplainError as error:
        fail(str(error))
    if as_json:
        say_json(asdict(found))
        return
    for line in lines(found):
        out.print(line, markup=False, highlight=False)
