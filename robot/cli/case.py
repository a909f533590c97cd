"""``arende case list|show``: what the robot has in hand."""

from typing import Annotated, Any, get_args

import typer
from rich.table import Table

from audit.log.entry import Actor
from robot.cli._say import out, say_json
from robot.engine.case import Status
from robot.engine.cases import list_cases
from robot.engine.house import House
from robot.engine.lateness import why_late
from robot.settings import Settings
from robot.steps.base import Draft
from robot.store.tables import CaseRow

app = typer.Typer(help="Cases: list them, show one.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Add the group."""
    main.add_typer(app, name="case")


@app.command("list")
def list_(
    status: Annotated[str, typer.Option(help="running, person, applicant, closed or by_hand. Empty: all.")] = "",
    late: Annotated[bool, typer.Option(help="Only open cases that are late, and why.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """List cases, earliest due first, without personal data. Restricted cases are left out."""
    if status and status not in get_args(Status):
        message = f"expected one of {', '.join(get_args(Status))}, found {status!r}"
        raise typer.BadParameter(message, param_hint="--status")
    house = House.build(Settings())
    now, days = house.clock.now(), house.settings.delay_notice_days
    with house.database.read() as session:
        found = list_cases(session, status=status or None, late_at=now if late else None, limit=limit)
        rows = [_plain(row) | {"late": list(why_late(row, now, delay_notice_days=days))} for row in found]
    if as_json:
        say_json(rows)
        return
    table = Table("case", "month", "status", "outcome", "öre", "due", "late", "reasons")
    for row in rows:
        reasons = ", ".join(reason["code"] for reason in row["reasons"])
        outcome, amount = row["outcome"] or "", "" if row["amount_ore"] is None else str(row["amount_ore"])
        table.add_row(
            row["case"], row["month"], row["status"], outcome, amount, row["due_at"], ", ".join(row["late"]), reasons
        )
    out.print(table)


@app.command("show")
def show(
    ref: Annotated[str, typer.Argument(help="The case's reference, c_…")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Show one case's journal, without personal data. The reading itself is journalled."""
    house = House.build(Settings())
    entries = [recorded.entry for recorded in house.ledger.recorded(ref)]
    if entries:
        actor = Actor(kind="system", id="cli")
        house.ledger.note(ref, Draft("access.read", {"why": "drift", "values": False}), actor=actor)
    else:
        house.ledger.load(ref)
    if as_json:
        say_json([{"seq": entry.case_seq, "ts": entry.ts, "type": entry.type, "body": entry.body} for entry in entries])
        return
    table = Table("seq", "time", "type", "who", "body")
    for entry in entries:
        body = ", ".join(f"{name}={value}" for name, value in entry.body.items())
        table.add_row(str(entry.case_seq), entry.ts, entry.type, f"{entry.actor.kind} {entry.actor.id}", body)
    out.print(table)


def _plain(row: CaseRow) -> dict[str, Any]:
    return {
        "case": row.ref,
        "process": row.process,
        "version": row.version,
        "month": f"{row.month:%Y-%m}",
        "status": row.status,
        "outcome": row.outcome,
        "amount_ore": row.amount_ore,
        "decided_by": row.decided_by,
        "received_at": row.received_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "review_due_at": None if row.review_due_at is None else row.review_due_at.isoformat(),
        "request_due_at": None if row.request_due_at is None else row.request_due_at.isoformat(),
        "escalated": "escalated" in row.marks,
        "reasons": row.reasons,
    }
