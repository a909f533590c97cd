"""``arende bench gui-faults``: everything that can go wrong between the robot and a case system."""

import os
from typing import Annotated

import typer

import benchmarks.gui_faults
from robot.cli._say import err
from robot.cli.bench._figures import AsJson, say_figures
from robot.logs import configure

NEVER = ("wrong_values", "doubled", "wrong_person", "lost")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gui-faults")(gui_faults)


def gui_faults(
    runs: Annotated[int, typer.Option(min=1, max=1300, help="How many runs, each with one failure.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same failures in the same order.")] = 1,
    only: Annotated[str, typer.Option(help="Only failures whose name begins so, e.g. browser_killed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Every failure at every page while a screen is written; the system's own data judges. Exit 1 on a wrong save."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "CRITICAL"))
    found = benchmarks.gui_faults.run(runs, seed_number=seed, only=only, say=err.print)
    say_figures(found, as_json=as_json)
    if any(found[name] for name in NEVER):
        raise typer.Exit(1)
