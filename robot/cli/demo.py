"""`arende demo`: the whole thing on simulated data."""

import os
import tempfile
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from desk.accounts import create_demo_accounts
from desk.app import create_app
from robot.cli._say import err, out, say_json
from robot.cli.testbed import chosen_faults, chosen_month, made, until_interrupted
from robot.logs import configure
from testbed.demo import Demo
from testbed.municipality import Municipality
from testbed.report import render
from testbed.serve import Server


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
        scenario = made(seed, cases, chosen_month(month))
        municipality = stack.enter_context(Municipality(scenario, folder=folder / "kommun", faults=faults))
        running = Demo(scenario, municipality, folder, faulty=bool(faults))
        stack.callback(running.stop)
        good = _run(running, cases, as_json=as_json)
        if keep:
            _open_desk(stack, running)
            until_interrupted()
        elif not as_json:
            err.print("To look at the cases in the desk: arende demo --keep")
    if not good:
        raise typer.Exit(1)


def _run(running: Demo, cases: int, *, as_json: bool) -> bool:
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


def _open_desk(stack: ExitStack, running: Demo) -> None:
    """Serve the desk on the demo's cases, with an account for each role."""
    house = running.worker.house
    accounts = create_demo_accounts(house.settings.accounts_file) if house.settings.accounts_file else []
    url = stack.enter_context(Server(create_app(house), name="desk")).url
    err.print(f"\nEverything is still running. The desk: {url}", soft_wrap=True)
    for account, password, roles in accounts:
        err.print(f"  {account:12} {password}   {roles}", markup=False)
    err.print("Ctrl-C ends it and removes its data.")
