"""``arende audit ocel|xes|prov|record``: the journal in other formats, without personal values."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from audit.export import ocel as ocel_format
from audit.export import prov as prov_format
from audit.export import record as record_format
from audit.export import xes as xes_format
from audit.log.entry import Entry
from robot.cli._say import fail, out, say_json
from robot.engine.house import House
from robot.settings import Settings
from robot.store.tables import CaseRow

Ref = Annotated[str, typer.Argument(help="The case's reference, c_…")]
Target = Annotated[Path, typer.Argument(help="The file to write. It must not exist.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (ocel, xes, prov, record):
        app.command(command.__name__)(command)


def ocel(target: Target) -> None:
    """Write all cases as an OCEL 2.0 event log: SQLite when the name ends in .sqlite, else JSON. Not protected ones."""
    house = House.build(Settings())
    _new(target)
    alias = house.vault.keys.alias
    if target.suffix == ".sqlite":
        out.print(f"{ocel_format.write_sqlite(_cases(house), alias, target)} events written to {target}")
        return
    told = ocel_format.document(_cases(house), alias)
    target.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    out.print(f"{len(told['events'])} events written to {target}")


def xes(target: Target) -> None:
    """Write all cases as an XES event log, one trace per case. Cases of protected persons are left out."""
    house = House.build(Settings())
    _new(target)
    with target.open("xb") as file:
        count = xes_format.write(_cases(house), house.vault.keys.alias, file)
    out.print(f"{count} events written to {target}")


def prov(ref: Ref) -> None:
    """Print one case as PROV-JSON: which answers the decision was made of, by which rules, and by whom."""
    house = House.build(Settings())
    say_json(prov_format.document(_entries(house, ref), house.vault.keys.alias))


def record(ref: Ref) -> None:
    """Print the record of a case's decision as JSON: rules, inputs by commitment, result, law and who decided."""
    house = House.build(Settings())
    told = record_format.record(_entries(house, ref), house.vault.keys.alias)
    if told is None:
        fail(f"{ref}: nothing is decided yet; `arende case show {ref}` tells how far it has come")
    say_json(told)


def _new(target: Path) -> None:
    if target.exists():
        fail(f"{target}: expected no such file yet; give a new name or remove it")


def _entries(house: House, ref: str) -> list[Entry]:
    house.ledger.load(ref)
    with house.database.read() as session:
        return house.ledger.journal.entries(session, ref)


def _cases(house: House) -> Iterator[list[Entry]]:
    with house.database.read() as session:
        query = select(CaseRow.ref).where(col(CaseRow.restricted).is_(False)).order_by(col(CaseRow.opened_at))
        for ref in session.exec(query).all():
            yield house.ledger.journal.entries(session, ref)
