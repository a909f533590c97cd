"""``arende bench audit``: what the evidence costs."""

import os
from typing import Annotated

import typer

import benchmarks.audit
from robot.cli._say import err
from robot.cli.bench._figures import AsJson, say_figures
from robot.logs import configure


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(
    entries: Annotated[int, typer.Option(min=1000, help="How many entries the verified log has.")] = 100_000,
    seconds: Annotated[float, typer.Option(min=0.2, help="How long to measure appends.")] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Appends beside bare commits; integration, signing, proofs, export and verification of a large log; replays."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "ERROR"))
    say_figures(benchmarks.audit.run(entries, seconds, err.print), as_json=as_json)
