"""``arende bench faults``: every fault switch of the simulated systems."""

from typing import Annotated

import typer

import benchmarks.faults
from robot.cli._say import err
from robot.cli.bench._figures import AsJson, say_figures


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("faults")(faults)


def faults(
    cases: Annotated[int, typer.Option(min=1, help="How many cases in each run.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same cases.")] = 1,
    only: Annotated[str, typer.Option(help="Only faults whose name begins so, e.g. sms or skatteverket.agi.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run the demo once per fault switch of every simulated system. Exit 1 when a decision was wrong or a case lost."""

    def progress(fault: str, number: int, total: int) -> None:
        err.print(f"{number}/{total} {fault}")

    found = benchmarks.faults.run(cases, seed=seed, only=only, progress=progress)
    say_figures(found, as_json=as_json)
    if found["wrong"] or found["disagree"] or found["failed"]:
        raise typer.Exit(1)
