"""``arende audit timestamp``: what an outside authority has said of an exported log's heads."""

from pathlib import Path
from typing import Annotated, Any

import typer

from audit.errors import TimestampError
from audit.log.timestamp import Stamped, check_folder, read_roots
from robot.cli._say import err, out, say_json
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("timestamp")(timestamp)


def timestamp(
    folder: Annotated[Path, typer.Argument(help="The folder that `arende audit export` wrote.", metavar="DIR")],
    *,
    roots: Annotated[
        Path | None,
        typer.Option(help="PEM file with the authority's root certificates. Without it, the file of the settings."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Check the RFC 3161 tokens of an export: when its heads existed at the latest. Exit 1 when one does not hold.

    That the heads are the log's, and the log whole, is what `arende-verify log` checks.
    """
    path = roots or Settings().timestamp_roots_file
    if path is None:
        raise typer.BadParameter("give --roots FILE, or set ARENDE_TIMESTAMP_ROOTS_FILE")
    found = dict(check_folder(folder, read_roots(path)))
    wrong = [name for name, one in found.items() if isinstance(one, TimestampError)]
    if as_json:
        say_json([_plain(name, one) for name, one in found.items()])
    for name, one in found.items():
        if isinstance(one, TimestampError):
            err.print(f"{name}: {one}", markup=False, soft_wrap=True)
        elif not as_json:
            size = int(name.partition(".")[0])
            out.print(f"{size} entries existed at {one.at.isoformat()}, says {one.by}", markup=False, soft_wrap=True)
    if wrong or not found:
        if not found:
            err.print(f"{folder}: there is no token to check", markup=False)
        raise typer.Exit(1)


def _plain(name: str, one: Stamped | TimestampError) -> dict[str, Any]:
    if isinstance(one, TimestampError):
        return {"file": name, "ok": False, "why": str(one)}
    return {"file": name, "ok": True, "at": one.at.isoformat(), "by": one.by}
