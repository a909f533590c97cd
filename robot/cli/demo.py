"""`arende demo`: the whole thing on simulated data."""

import os
import tempfile
from contextlib import ExitStack, nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from robot.cli._say import err, out, say_json
from robot.cli.testbed import chosen_faults, chosen_month, made, until_interrupted
from robot.logs import configure
from testbed.demo import ENVIRONMENT_FILE, Demo
from testbed.faults import Fault
from testbed.municipality import Municipality
from testbed.report import render


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("demo")(demo)


def demo(
    *,
    cases: Annotated[int, typer.Option(min=1, help="How many applications; forty fit in a month.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people and applications.")] = 1,
    month: Annotated[str, typer.Option(help="The month applied for, ÅÅÅÅ-MM.")] = "2025-09",
    fault: Annotated[
        list[str] | None, typer.Option(help="A fault to switch on: system.call=kind, e.g. skatteverket.agi=timeout.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Simulate a municipality, let the robot take every application, and compare what it says with what is stored.

    Exit code 1 when something disagrees or a case ended elsewhere than the scenario says.
    """
    configure(os.environ.get("ARENDE_LOG_LEVEL", "CRITICAL"))
    faults = chosen_faults(fault or [])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="arende-demo-")))
        good = _run(stack, folder, cases, seed, chosen_month(month), faults=faults, as_json=as_json)
        if keep:
            err.print(f"Everything is still running. The desk, in another terminal:\n  . {folder / ENVIRONMENT_FILE}")
            err.print("  arende desk\nCtrl-C ends it and removes its data.")
            until_interrupted()
        elif not as_json:
            err.print("To look at the cases in the desk: arende demo --keep")
    if not good:
        raise typer.Exit(1)


def _run(
    stack: ExitStack, folder: Path, cases: int, seed: int, month: date, *, faults: list[Fault], as_json: bool
) -> bool:
    scenario = made(seed, cases, month)
    municipality = stack.enter_context(Municipality(scenario, folder=folder / "kommun", faults=faults))
    running = Demo(scenario, municipality, folder, faulty=bool(faults))
    stack.callback(running.stop)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=err) if err.is_terminal else None
    with bar or nullcontext():
        task = bar.add_task("cases", total=cases) if bar else None
        outcome = running.run(lambda done: bar.update(task, completed=done) if bar and task is not None else None)
    if as_json:
        say_json(outcome.report.to_json())
    else:
        out.print(render(outcome.report, outcome.titles))
    return outcome.report.good
