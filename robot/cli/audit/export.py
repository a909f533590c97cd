"""``arende audit export``: the log, or one case of it, as files that can be verified without us."""

import getpass
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from audit.canonical import JSON
from audit.log.entry import Actor
from audit.log.export import export_case, export_log, openings, write_openings
from audit.vault.tables import CaseKeyRow
from robot.cli._say import out
from robot.cli.audit._bar import progress_bar
from robot.engine.house import House
from robot.settings import Settings
from robot.steps.base import Draft
from robot.store.tables import DefinitionRow


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    to: Annotated[Path, typer.Argument(help="The folder, or with --case the file.", metavar="DIR")],
    *,
    case: Annotated[str, typer.Option(help="Only this case, with the proof of each of its entries.")] = "",
    with_values: Annotated[bool, typer.Option("--with-values", help="Also personal values and their secrets.")] = False,
    why: Annotated[str, typer.Option(help="Why personal values are read, for the journal. With --with-values.")] = "",
) -> None:
    """Write the signed log as C2SP tiles, with checkpoints, keys and process definitions, for `arende-verify`."""
    if with_values != bool(why):
        raise typer.BadParameter("give --with-values and --why TEXT together")
    house = House.build(Settings())
    cases = _read(house, case, why) if with_values else []
    logbook = house.logbook()
    if logbook.signs:
        logbook.checkpoint()
    with house.database.read() as session:
        if case:
            document = export_case(session, case, openings=_openings(house, session, cases))
            to.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
            out.print(f"{to}: {case}")
            return
        keys = logbook.notary.keys.verifiers if logbook.signs else ()
        archives = {row.version: row.archive for row in session.exec(select(DefinitionRow))}
        with progress_bar("entries") as progress:
            head = export_log(session, to, logbook.origin, keys=keys, definitions=archives, progress=progress)
        if with_values:
            write_openings(to, _openings(house, session, cases))
    out.print(f"{to}: {head.origin}, {head.size} entries")


def _read(house: House, case: str, why: str) -> list[str]:
    """The cases whose values are asked for, after the reading of each is in the journal."""
    with house.database.read() as session:
        found = [case] if case else list(session.exec(select(CaseKeyRow.case_ref).order_by(col(CaseKeyRow.case_ref))))
    for ref in found:
        house.ledger.note(ref, Draft("access.read", {"why": why, "values": True}), actor=_ACTOR)
    return found


def _openings(house: House, session: Session, cases: Iterable[str]) -> Iterator[dict[str, JSON]]:
    for ref in cases:
        yield from openings(session, house.ledger.journal, house.vault, ref)


_ACTOR = Actor(kind="person", id=f"cli {getpass.getuser()}")
