"""``arende bench``: measurements that can be repeated, as figures and ratios inside one run."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import benchmarks.case
import benchmarks.engine
import benchmarks.faults
import benchmarks.rules
import benchmarks.torture
import testbed.simulation.run
from benchmarks.torture_postgres import TortureError
from robot.cli._say import err, fail, out, say_json
from robot.logs import configure
from robot.store.database import DatabaseError
from testbed.simulation.play import Ended

app = typer.Typer(help="Measure: how fast the rules decide, how long a case takes.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def register(main: typer.Typer) -> None:
    """Add the group."""
    main.add_typer(app, name="bench")


@app.command("rules")
def rules(
    seconds: Annotated[float, typer.Option(min=0.3, help="How long to measure.")] = 9.0,
    as_json: AsJson = False,
) -> None:
    """Decisions of ekonomiskt bistånd per second and core with all findings, beside the same sums in plain Python."""
    _say(benchmarks.rules.run(seconds), as_json=as_json)


@app.command("case")
def case(
    cases: Annotated[int, typer.Option(min=1, max=60, help="How many cases to measure.")] = 12,
    as_json: AsJson = False,
) -> None:
    """Median time of a whole case, one at a time, with its parts: queue, registers, rules, GUI, journal, letter."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "CRITICAL"))
    _say(benchmarks.case.run(cases), as_json=as_json)


@app.command("engine")
def engine(
    cases: Annotated[int, typer.Option(min=20, help="How many cases in each run.")] = 200,
    database_url: Annotated[
        str, typer.Option(help="A PostgreSQL server where databases may be made and dropped. Empty: only SQLite.")
    ] = "",
    growth: Annotated[int, typer.Option(min=1, help="How many finished cases the grown database has.")] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Cases per second without GUI, with 1-3 workers, beside bare commits; what waiting and growth cost."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "ERROR"))
    found = benchmarks.engine.run(cases, postgres=database_url, growth=growth, say=err.print)
    _say(found, as_json=as_json)


@app.command("faults")
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
    _say(found, as_json=as_json)
    if found["wrong"] or found["disagree"] or found["failed"]:
        raise typer.Exit(1)


@app.command("torture")
def torture(
    *,
    cycles: Annotated[int, typer.Option(min=1, help="How many times something is killed or frozen.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same cases, strikes and waiting times.")] = 1,
    workers: Annotated[int, typer.Option(min=0, help="Worker processes. 0: one on SQLite, three on PostgreSQL.")] = 0,
    database_url: Annotated[str, typer.Option(help="An empty database. Empty: SQLite in a folder of its own.")] = "",
    postgres: Annotated[bool, typer.Option(help="Start a private PostgreSQL server, and crash it too.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Empty folder where data and logs are left.")] = None,
    as_json: AsJson = False,
) -> None:
    """Kill and freeze workers, browsers and database under load. Exit 1 when a case is lost or an effect doubled."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "CRITICAL"))

    def progress(cycle: int, strike: str) -> None:
        err.print(f"{cycle}/{cycles} {strike}")

    if postgres and database_url:
        fail("--postgres starts a server of its own and --database-url names another: give one of them")
    # An end by SIGTERM must also end the workers, which are in groups of their own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        found = benchmarks.torture.run(
            cycles,
            seed=seed,
            workers=workers or None,
            database_url=database_url,
            postgres=postgres,
            folder=folder,
            progress=progress,
        )
    except (TortureError, DatabaseError) as error:
        fail(str(error))
    _say(found, as_json=as_json)
    if any(found[fault] for fault in benchmarks.torture.FAULTS):
        raise typer.Exit(1)


@app.command("simulation")
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
    _say(found, as_json=as_json)
    if found["broken"]:
        raise typer.Exit(1)


def _say(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(figures)
        return
    for name, value in figures.items():
        out.print(f"{name}: {value}")
