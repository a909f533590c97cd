"""``arende bench case``: how long a whole case takes."""

import os
from typing import Annotated

import typer

import benchmarks.case
from robot.cli.bench._figures import AsJson, say_figures
from robot.logs import configure


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("case")(case)


def case(
    cases: Annotated[int, typer.Option(min=1, max=60, help="How many cases to measure.")] = 12,
    as_json: AsJson = False,
) -> None:
    """Median time of a whole case, one at a time, with its parts: queue, registers, rules, GUI, journal, letter."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "CRITICAL"))
    say_figures(benchmarks.case.run(cases), as_json=as_json)
