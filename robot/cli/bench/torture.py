"""``arende bench torture``: kills and freezes under load."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

import benchmarks.torture
from benchmarks.torture_postgres import TortureError
from robot.cli._say import err, fail
from robot.cli.bench._figures import AsJson, say_figures
from robot.logs import configure
from robot.store.database import DatabaseError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("torture")(torture)


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
    say_figures(found, as_json=as_json)
    if any(found[fault] for fault in benchmarks.torture.FAULTS):
        raise typer.Exit(1)
