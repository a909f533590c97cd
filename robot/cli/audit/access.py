"""``arende audit access``: who has read a person's cases, when and why."""

import sys
from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import col, select

from robot.cli._say import fail, out, say_json
from robot.engine.house import House
from robot.settings import Settings
from robot.store.tables import CaseRow


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("access")(access)


def access(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """List who has read a person's cases. The personnummer is read from standard input, never from the command line."""
    house = House.build(Settings())
    subject = house.vault.keys.subject_index(sys.stdin.read().strip().replace("-", ""))
    with house.database.read() as session:
        refs = session.exec(select(CaseRow.ref).where(CaseRow.subject == subject).order_by(col(CaseRow.ref))).all()
        entries = [entry for ref in refs for entry in house.ledger.journal.entries(session, ref)]
    if not refs:
        fail("no case of that person; a case that has been erased can no longer be found by the person's number")
    found = [
        {
            "at": entry.ts,
            "case": entry.case,
            "by": entry.actor.id,
            "why": entry.body.get("why"),
            "values": entry.body.get("values"),
        }
        for entry in sorted(entries, key=lambda one: one.ts)
        if entry.type == "access.read"
    ]
    if as_json:
        say_json(found)
        return
    table = Table("time", "case", "who", "why", "saw values")
    for one in found:
        table.add_row(one["at"], one["case"], one["by"], one["why"], "yes" if one["values"] else "no")
    out.print(table)
