"""A case: its four lists, and the read pages of a calculation and a decision."""

import sqlite3
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from testbed.verksamhetssystem.database import reading
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.money import from_ore
from testbed.verksamhetssystem.records import (
    SWEDEN,
    read_calculation,
    read_calculations,
    read_decision,
    read_decisions,
)
from testbed.verksamhetssystem.web import SignedIn, found_case, page, system_of

router = APIRouter(route_class=FaultRoute)


@router.get("/arende/{number}", name="arende")
def case_page(request: Request, _: SignedIn, number: str) -> Response:
    """The case with its calculations."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
        calculations = read_calculations(connection, number)
    return page(request, "case.html", case=case, tab="Beräkningar", calculations=calculations)


@router.get("/arende/{number}/beslut", name="beslut_lista")
def decisions_page(request: Request, _: SignedIn, number: str) -> Response:
    """The case's decisions."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
        decisions = read_decisions(connection, number)
    return page(request, "case_decisions.html", case=case, tab="Beslut", decisions=decisions)


@router.get("/arende/{number}/utbetalningar", name="utbetalningar")
def payments_page(request: Request, _: SignedIn, number: str) -> Response:
    """The case's payments."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
        payments = _newest(connection, "SELECT * FROM payments WHERE case_number = ? ORDER BY id DESC", number)
    rows = [(payment, from_ore(payment["amount"])) for payment in payments]
    return page(request, "case_payments.html", case=case, tab="Utbetalningar", payments=rows)


@router.get("/arende/{number}/journal", name="journal")
def journal_page(request: Request, _: SignedIn, number: str) -> Response:
    """The case's journal notes."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
        notes = _newest(connection, "SELECT * FROM notes WHERE case_number = ? ORDER BY id DESC", number)
    rows = [(note, datetime.fromisoformat(note["created_at"]).astimezone(SWEDEN)) for note in notes]
    return page(request, "case_journal.html", case=case, tab="Journal", notes=rows)


@router.get("/berakning/{number}", name="berakning")
def calculation_page(request: Request, _: SignedIn, number: str) -> Response:
    """A calculation as it is stored."""
    with reading(system_of(request).database) as connection:
        calculation = read_calculation(connection, number)
        if calculation is None:
            raise HTTPException(404)
        case = found_case(connection, calculation.case_number)
    return page(request, "calculation.html", case=case, calculation=calculation)


@router.get("/beslut/{number}", name="beslut")
def decision_page(request: Request, _: SignedIn, number: str) -> Response:
    """A decision as it is stored."""
    with reading(system_of(request).database) as connection:
        decision = read_decision(connection, number)
        if decision is None:
            raise HTTPException(404)
        case = found_case(connection, decision.case_number)
    return page(request, "decision.html", case=case, decision=decision)


def _newest(connection: sqlite3.Connection, query: str, case_number: str) -> list[sqlite3.Row]:
    return connection.execute(query, (case_number,)).fetchall()
