"""A new decision on a final calculation."""

import sqlite3
from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from testbed.verksamhetssystem import validation
from testbed.verksamhetssystem.catalogue import DECISION_REASONS, DECISION_TYPES
from testbed.verksamhetssystem.database import insert, reading, writing
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.forms import Typed
from testbed.verksamhetssystem.money import to_ore
from testbed.verksamhetssystem.records import (
    CalculationRecord,
    CaseRecord,
    month_text,
    read_calculations,
    read_decision,
    read_decisions,
)
from testbed.verksamhetssystem.saving import remember, saved_before, stamp, unchanged
from testbed.verksamhetssystem.web import Posted, SignedIn, form_page, found_case, go_to, page, system_of

router = APIRouter(route_class=FaultRoute)


@router.get("/arende/{number}/beslut/nytt", name="nytt_beslut")
def new_page(request: Request, _: SignedIn, number: str) -> Response:
    """The form of a new decision."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
        open_calculations = _without_decision(connection, number)
    return _form(request, case, open_calculations, {}, {})


@router.post("/arende/{number}/beslut/nytt", name="spara_beslut")
def save(request: Request, form: Posted, number: str) -> Response:
    """Store the decision."""
    typed = Typed(form)
    form_key = typed.values.get("form_key", "")
    with writing(system_of(request).database) as connection:
        case = found_case(connection, number)
        path = saved_before(connection, form_key)
        if path is not None:
            return go_to(path)
        open_calculations = _without_decision(connection, number)
        decision = validation.decision(typed, open_calculations, system_of(request).today())
        if decision is not None:
            unchanged(connection, case, typed.values.get("version", ""))
            row: dict[str, object] = {
                "calculation_id": decision.calculation.id,
                "case_number": number,
                "type": decision.type,
                "decided_on": decision.decided_on.isoformat(),
                "month": month_text(decision.calculation.month),
                "amount": to_ore(decision.amount),
                "reason": decision.reason,
                "decision_maker": decision.decision_maker,
                "text": decision.text,
            }
            decision_id = insert(connection, "decisions", row | stamp(request))
            return go_to(remember(connection, form_key, f"/beslut/BE-{decision_id:06d}/kvittens"))
    return _form(request, case, open_calculations, typed.values, typed.errors)


@router.get("/beslut/{number}/kvittens", name="kvittens_beslut")
def receipt_page(request: Request, _: SignedIn, number: str) -> Response:
    """The receipt of a decision."""
    with reading(system_of(request).database) as connection:
        decision = read_decision(connection, number)
        if decision is None:
            raise HTTPException(404)
        case = found_case(connection, decision.case_number)
    rows = (("Beslutsnummer", decision.number),)
    return page(request, "receipt.html", case=case, heading="Beslutet är sparat", rows=rows)


def _without_decision(connection: sqlite3.Connection, case_number: str) -> dict[str, CalculationRecord]:
    decided = {decision.calculation for decision in read_decisions(connection, case_number)}
    calculations = read_calculations(connection, case_number)
    return {c.number: c for c in calculations if c.is_final and c.number not in decided}


def _form(
    request: Request,
    case: CaseRecord,
    open_calculations: Mapping[str, CalculationRecord],
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> HTMLResponse:
    return form_page(
        request,
        "new_decision.html",
        case=case,
        calculations=[(number, f"{number} ({month_text(c.month)})") for number, c in open_calculations.items()],
        types=[(name, name) for name in DECISION_TYPES],
        reasons=[(name, name) for name in DECISION_REASONS],
        values=values,
        errors=errors,
    )
