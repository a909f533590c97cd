"""``arende bench rules``: how fast the rules decide."""

from typing import Annotated

import typer

import benchmarks.rules
from robot.cli.bench._figures import AsJson, say_figures


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rules")(rules)


def rules(
    seconds: Annotated[float, typer.Option(min=0.3, help="How long to measure.")] = 9.0,
    as_json: AsJson = False,
) -> None:
    """Decisions of ekonomiskt bistånd per second and core with all findings, beside the same sums in plain Python."""
    say_figures(benchmarks.rules.run(seconds), as_json=as_json)
