"""``arende bench gui``: what the robot's care costs in the browser."""

import os
from typing import Annotated

import typer

import benchmarks.gui
from robot.cli._say import err
from robot.cli.bench._figures import AsJson, say_figures
from robot.logs import configure


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gui")(gui)


def gui(
    cases: Annotated[int, typer.Option(min=3, max=300, help="How many cases each side writes.")] = 30,
    slow_cases: Annotated[int, typer.Option(min=0, max=100, help="The same, with 100 ms of server time a page.")] = 10,
    sessions: Annotated[str, typer.Option(help="How many at once, for cases per minute and memory.")] = "1,2,4,8",
    as_json: AsJson = False,
) -> None:
    """The robot with all its checks and its journal, beside a hand-tuned script that only fills and clicks."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "CRITICAL"))
    at_once = tuple(int(number) for number in sessions.split(",") if number)
    amount = benchmarks.gui.Amount(cases, slow_cases, at_once)
    say_figures(benchmarks.gui.run(amount, err.print), as_json=as_json)
