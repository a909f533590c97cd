"""What the case system has really stored, for tests; and the switches for its faults. The robot never asks here.

Amounts are integer öre, times aware UTC, months "YYYY-MM". Everything takes the filters `personnummer` and `month`.
"""

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request

from testbed.verksamhetssystem.database import reading
from testbed.verksamhetssystem.faults import Fault, Faults

router = APIRouter()

_PERSON_OF_CASE = "JOIN cases ON cases.number = case_number JOIN persons ON persons.id = cases.person_id"
_TABLES = {
    "calculations": "printf('B-%06d', calculations.id)",
    "decisions": "printf('BE-%06d', decisions.id) AS number, printf('B-%06d', calculation_id)",
    "payments": "printf('U-%06d', payments.id) AS number, printf('BE-%06d', decision_id)",
    "notes": "printf('A-%06d', notes.id)",
}
_LINKS = {"calculations": "number", "decisions": "calculation", "payments": "decision", "notes": "number"}


def build_truth_app(database: Path, *, faults: Faults | None = None) -> FastAPI:
    """The truth about one case system's database. `faults` is the object that its `build_app` was given."""
    app = FastAPI(title="Sanningen om verksamhetssystemet", openapi_url=None)
    app.state.database = database
    app.state.faults = faults or Faults()
    app.include_router(router)
    return app


@router.get("/persons")
def persons(request: Request, personnummer: str | None = None) -> list[dict[str, Any]]:
    """Persons with household, payee and cases."""
    with reading(request.app.state.database) as connection:
        rows = _all(connection, "SELECT * FROM persons WHERE ? IN (personnummer, '')", personnummer or "")
        for row in rows:
            row["household"] = _all(
                connection,
                "SELECT name, born, role, personnummer FROM members WHERE person_id = ? ORDER BY position",
                row["id"],
            )
            row["cases"] = _all(connection, "SELECT * FROM cases WHERE person_id = ? ORDER BY number", row["id"])
            for case in row["cases"]:
                query = "SELECT role, first, last FROM job_stimulus WHERE case_number = ?"
                case["job_stimulus"] = _all(connection, query, case["number"])
    return rows


@router.get("/calculations")
def calculations(request: Request, personnummer: str | None = None, month: str | None = None) -> list[dict[str, Any]]:
    """Calculations, drafts too, with their content and summary."""
    rows = _stored(request, "calculations", personnummer, month)
    for row in rows:
        row["content"] = json.loads(row["content"])
        row["summary"] = None if row["summary"] is None else json.loads(row["summary"])
        row["receipt"] = f"K-{row['id']:06d}" if row["saved_at"] else None
    return rows


@router.get("/decisions")
def decisions(request: Request, personnummer: str | None = None, month: str | None = None) -> list[dict[str, Any]]:
    """Decisions; `calculation` is the number of the one decided on."""
    return _stored(request, "decisions", personnummer, month)


@router.get("/payments")
def payments(request: Request, personnummer: str | None = None, month: str | None = None) -> list[dict[str, Any]]:
    """Payments; `decision` is the number of the one paid."""
    return _stored(request, "payments", personnummer, month)


@router.get("/notes")
def notes(request: Request, personnummer: str | None = None, month: str | None = None) -> list[dict[str, Any]]:
    """Journal notes; their month is the one they were written in (UTC)."""
    return _stored(request, "notes", personnummer, month)


@router.get("/counts")
def counts(request: Request) -> dict[str, dict[str, int]]:
    """How many records there are of each kind: all, and of these the seeded ones."""
    with reading(request.app.state.database) as connection:
        query = "SELECT count(*) AS stored, coalesce(sum(imported), 0) AS imported FROM {}"
        return {table: _all(connection, query.format(table))[0] for table in _TABLES}


@router.get("/_testbed/faults")
def active_faults(request: Request) -> list[dict[str, Any]]:
    """The faults in force."""
    return [asdict(fault) for fault in request.app.state.faults.active()]


@router.put("/_testbed/faults")
def replace_faults(request: Request, faults: list[Fault]) -> dict[str, int]:
    """Put these in force instead, counted from zero."""
    request.app.state.faults.replace(faults)
    return {"active": len(faults)}


def _stored(request: Request, table: str, personnummer: str | None, month: str | None) -> list[dict[str, Any]]:
    if month is not None and len(month) != 7:
        raise HTTPException(422, "month is YYYY-MM")
    month_column = "substr(created_at, 1, 7)" if table == "notes" else "month"
    query = (
        f"SELECT {table}.*, {_TABLES[table]} AS {_LINKS[table]}, persons.personnummer FROM {table} {_PERSON_OF_CASE}"  # noqa: S608  # names are ours
        f" WHERE ? IN (personnummer, '') AND ? IN ({month_column}, '') ORDER BY {table}.id"
    )
    with reading(request.app.state.database) as connection:
        return _all(connection, query, personnummer or "", month or "")


def _all(connection: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query, values)]
