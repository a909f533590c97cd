"""``arende migrate``: a municipality that has outgrown its database."""

from contextlib import nullcontext
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from audit.vault.keys import MasterKey
from audit.vault.vault import Vault
from robot.cli._say import err, out, say_json
from robot.engine.clock import clock_for
from robot.engine.moving import Move, Moved
from robot.settings import Settings
from robot.store.database import Database


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("migrate")(migrate)


def migrate(
    from_: Annotated[
        str, typer.Option("--from", help="Address of the database that there is, as ARENDE_DATABASE_URL.")
    ],
    to: Annotated[str, typer.Option("--to", help="Address of an empty database.")],
    restart: Annotated[
        bool, typer.Option("--restart", help="Empty what a broken migration has left in --to, and begin anew.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Move journal, vault, cases, intake and definitions to another database, and prove that they are the same.

    Stop every worker, scheduler and desk first. The old database is not changed: keep it as a backup, and never work on
    it again. Exit 1 when something is in the way or not the same; the new database then refuses to be worked on.
    """
    settings = Settings()
    vault = Vault(MasterKey.from_file(settings.master_key))
    source, target = Database(from_), Database(to)
    bar = Progress(
        TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    )
    tasks: dict[str, TaskID] = {}

    def progress(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    with bar if err.is_terminal else nullcontext():
        moved = Move(source, target, vault, clock_for(settings), progress).run(restart=restart)
    source.close()
    target.close()
    if as_json:
        say_json(asdict(moved))
    else:
        _say(moved)


def _say(moved: Moved) -> None:
    for table, rows in moved.rows.items():
        out.print(f"{table}: {rows} rows")
    out.print(f"{moved.entries} journal entries checked on both sides, {moved.cases} cases add up to the same state")
    out.print(f"{moved.jobs} running cases put in their queues")
    out.print("Everything is the same. Set ARENDE_DATABASE_URL to the new address before anything is started.")
