"""``arende audit erase``: gallring of one case on a decision, or of everything that is due."""

import getpass
from typing import Annotated, Any

import typer
from rich.table import Table

from robot.cli._say import err, out, say_json
from robot.engine.gallring import DESPITE, OBSTACLES, Finished, Gallring, Remains
from robot.engine.house import House
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("erase")(erase)


def erase(
    *,
    case: Annotated[str, typer.Option(help="One case (c_…) or one refused delivery (intake-…).")] = "",
    due: Annotated[bool, typer.Option("--due", help="Everything whose time is over.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Carry through what was broken off.")] = False,
    decision: Annotated[str, typer.Option(help="The decision on gallring, as it will stand in the journal.")] = "",
    despite: Annotated[
        list[str] | None,
        typer.Option(help="An obstacle that the decision sets aside: too_early, unknown_person or sampled."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go and what is in the way.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Erase cases for good: keys, secrets, rows, files and what the database keeps of them. Cannot be undone."""
    if sum((bool(case), due, resume)) != 1:
        raise typer.BadParameter("give one of --case, --due and --resume")
    if unknown := set(despite or []) - DESPITE:
        message = f"expected {' or '.join(sorted(DESPITE))}, found {', '.join(sorted(unknown))}"
        raise typer.BadParameter(message, param_hint="--despite")
    gallring = House.build(Settings()).gallring()
    if dry_run:
        _show([gallring.look(case)] if case else gallring.due() if due else [], as_json=as_json)
        return
    _tell(_carried_out(gallring, case, decision, frozenset(despite or []), resume=resume), as_json=as_json)


def _carried_out(gallring: Gallring, case: str, decision: str, despite: frozenset[str], *, resume: bool) -> Finished:
    if resume:
        return gallring.resume()
    by = f"cli {getpass.getuser()}"
    if case:
        return gallring.erase(case, decision=decision, by=by, despite=despite)
    return gallring.run(decision=decision, by=by)


def _show(found: list[Remains], *, as_json: bool) -> None:
    if as_json:
        say_json([_plain(one) for one in found])
        return
    table = Table("case", "process", "due", "entries", "values", "letters", "files", "in the way")
    for one in found:
        counts = (one.entries, one.values, one.letters, one.files)
        why = "; ".join(OBSTACLES[code] for code in one.obstacles)
        table.add_row(one.ref, one.process, f"{one.due:%Y-%m-%d}", *map(str, counts), why)
    out.print(table)


def _plain(one: Remains) -> dict[str, Any]:
    return {
        "case": one.ref,
        "process": one.process,
        "due": one.due.isoformat(),
        "entries": one.entries,
        "values": one.values,
        "letters": one.letters,
        "files": one.files,
        "obstacles": list(one.obstacles),
    }


def _tell(done: Finished, *, as_json: bool) -> None:
    if as_json:
        say_json({"erased": list(done.erased), "waiting": list(done.waiting), "left": list(done.left)})
    else:
        out.print(f"erased: {len(done.erased)}")
    for ref in done.waiting:
        err.print(f"{ref}: ordered, but held or in hand again; nothing of it is destroyed in the vault", markup=False)
    for sentence in done.left:
        err.print(sentence, markup=False)
