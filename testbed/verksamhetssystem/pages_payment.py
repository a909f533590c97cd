"""A new payment of a decision."""

import sqlite3
from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from testbed.verksamhetssystem import validation
from testbed.verksamhetssystem.database import insert, reading, writing
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.forms import Typed
from testbed.verksamhetssystem.money import to_ore
from testbed.verksamhetssystem.records import CaseRecord, DecisionRecord, id_of, month_text, read_decisions
from testbed.verksamhetssystem.saving import remember, saved_before, stamp, unchanged
from testbed.verksamhetssystem.web import Posted, SignedIn, form_page, found_case, go_to, page, system_of

router = APIRouter(route_class=FaultRoute)


@router.get("/arende/{number}/utbetalning/ny", name="ny_utbetalning")
def new_page(request: Request, _: SignedIn, number: str) -> Response:
    """The form of a new payment."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
        open_decisions = _not_fully_paid(connection, number)
    return _form(request, case, open_decisions, {}, {})


@router.post("/arende/{number}/utbetalning/ny", name="spara_utbetalning")
def save(request: Request, form: Posted, number: str) -> Response:
    """Store the payment, to the payee that the person's record names."""
    typed = Typed(form)
    form_key = typed.values.get("form_key", "")
    with writing(system_of(request).database) as connection:
        case = found_case(connection, number)
        path = saved_before(connection, form_key)
        if path is not None:
            return go_to(path)
        open_decisions = _not_fully_paid(connection, number)
        payment = validation.payment(typed, open_decisions, system_of(request).today())
        if payment is not None:
            unchanged(connection, case, typed.values.get("version", ""))
            row: dict[str, object] = {
                "decision_id": payment.decision.id,
                "case_number": number,
                "amount": to_ore(payment.amount),
                "pay_date": payment.pay_date.isoformat(),
                "month": month_text(payment.decision.month),
                "payee": case.person.payee,
                "status": "Registrerad",
            }
            payment_id = insert(connection, "payments", row | stamp(request))
            return go_to(remember(connection, form_key, f"/utbetalning/U-{payment_id:06d}/kvittens"))
    return _form(request, case, open_decisions, typed.values, typed.errors)


@router.get("/utbetalning/{number}/kvittens", name="kvittens_utbetalning")
def receipt_page(request: Request, _: SignedIn, number: str) -> Response:
    """The receipt of a payment."""
    with reading(system_of(request).database) as connection:
        row = connection.execute("SELECT case_number FROM payments WHERE id = ?", (id_of(number, "U"),)).fetchone()
        if row is None:
            raise HTTPException(404)
        case = found_case(connection, row["case_number"])
    rows = (("Utbetalningsnummer", number),)
    return page(request, "receipt.html", case=case, heading="Utbetalningen är registrerad", rows=rows)


def _not_fully_paid(connection: sqlite3.Connection, case_number: str) -> dict[str, DecisionRecord]:
    decisions = read_decisions(connection, case_number)
    return {decision.number: decision for decision in decisions if decision.paid < decision.amount}


def _form(
    request: Request,
    case: CaseRecord,
    open_decisions: Mapping[str, DecisionRecord],
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> HTMLResponse:
    decisions = [(number, f"{number} ({month_text(d.month)})") for number, d in open_decisions.items()]
    return form_page(request, "new_payment.html", case=case, decisions=decisions, values=values, errors=errors)
