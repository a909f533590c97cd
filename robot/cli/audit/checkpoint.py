"""``arende audit checkpoint``: sign the log now, or go on after it was lost."""

from typing import Annotated

import typer

from audit.errors import TimestampError
from audit.log.checkpoint import Checkpoint
from audit.log.heads import Head
from robot.cli._say import err, out, say_json
from robot.cli.audit._bar import progress_bar
from robot.engine.house import House
from robot.engine.logbook import Logbook
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("checkpoint")(checkpoint)


def checkpoint(
    *,
    whole: Annotated[bool, typer.Option("--whole", help="First recompute every root from all stored bytes.")] = False,
    code: Annotated[
        bool, typer.Option("--code", help="Only the short code of the head, for minutes on paper.")
    ] = False,
    recover: Annotated[
        str, typer.Option(help="The decision to go on under a new ARENDE_LOG_ORIGIN, when what was signed is lost.")
    ] = "",
    why: Annotated[str, typer.Option(help="What has happened, for the journal. Only with --recover.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Give every entry its place in the log and sign its head. Exit 1 when it contradicts what was signed."""
    if bool(recover) != bool(why):
        raise typer.BadParameter("give --recover DECISION and --why TEXT together")
    logbook = House.build(Settings()).logbook()
    head = logbook.recover(decision=recover, why=why) if recover else _signed(logbook, whole=whole)
    time_stamp = _time_stamp(logbook)
    short = Checkpoint(head.origin, head.size, head.root).code()
    if as_json:
        found = {"origin": head.origin, "size": head.size, "root": head.root.hex(), "code": short, "note": head.note}
        say_json({**found, "timestamp": time_stamp})
    elif code:
        out.print(f"{head.origin}, {head.size} poster: {short}")
    else:
        out.print(head.note, end="", soft_wrap=True)
        if time_stamp:
            said = "{size} entries existed at {at}, says {by}".format_map(time_stamp)
            err.print(f"newest time-stamp: {said}", markup=False, soft_wrap=True)


def _time_stamp(logbook: Logbook) -> dict[str, str | int] | None:
    """The newest token of the authority, checked; None without."""
    try:
        timestamping = logbook.timestamping()
        found = timestamping.last() if timestamping else None
    except TimestampError as error:
        err.print(f"time-stamp: {error}", markup=False)
        return None
    return {"size": found[0], "at": found[1].at.isoformat(), "by": found[1].by} if found else None


def _signed(logbook: Logbook, *, whole: bool) -> Head:
    with progress_bar("entries") as progress:
        return logbook.checkpoint(whole=whole, progress=progress)
