"""``arende bench simulation``: the engine in a simulated world."""

from typing import Annotated

import typer

import testbed.simulation.run
from robot.cli._say import err
from robot.cli.bench._figures import AsJson, say_figures
from testbed.simulation.play import Ended


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulation")(simulation)


def simulation(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds to play.")] = 100,
    cases: Annotated[int, typer.Option(min=1, max=50, help="How many cases in each.")] = 10,
    first: Annotated[int, typer.Option(min=0, help="The first seed; a seed replays to the byte.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Play the engine in a simulated world, with crashes and faults by seed. Exit 1 when a promise was broken."""

    def progress(seed: int, ended: Ended) -> None:
        for violation in ended.violations:
            err.print(f"seed {seed}: {violation}")

    found = testbed.simulation.run.run(range(first, first + seeds), cases=cases, progress=progress)
    say_figures(found, as_json=as_json)
    if found["broken"]:
        raise typer.Exit(1)
