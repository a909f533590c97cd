"""A new calculation, page 4: calculate, save and lock, receipt."""

import sqlite3

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response

from testbed.verksamhetssystem.calculation import SUMMARY, summarise
from testbed.verksamhetssystem.catalogue import FINAL
from testbed.verksamhetssystem.database import reading, writing
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.money import show_amount
from testbed.verksamhetssystem.records import CalculationRecord, month_text, read_calculation
from testbed.verksamhetssystem.saving import remember, saved_before, stamp, unchanged
from testbed.verksamhetssystem.web import (
    Posted,
    SignedIn,
    changeable,
    form_page,
    found_case,
    go_to,
    page,
    system_of,
)

router = APIRouter(route_class=FaultRoute)


@router.get("/berakning/{number}/sammanstallning", name="sammanstallning")
def summary_page(request: Request, _: SignedIn, number: str) -> Response:
    """The summary, empty until it is calculated."""
    with reading(system_of(request).database) as connection:
        draft = _found(connection, number)
        changeable(draft)
        case = found_case(connection, draft.case_number)
    return form_page(request, "new_summary.html", case=case, draft=draft, values={})


@router.post("/berakning/{number}/berakna", name="berakna")
def calculate(request: Request, _: Posted, number: str) -> JSONResponse:
    """Calculate the draft; answers the rows of the summary as they are shown."""
    with writing(system_of(request).database) as connection:
        draft = _found(connection, number)
        changeable(draft)
        summary = summarise(draft.content)
        stored = SUMMARY.dump_json(summary).decode()
        connection.execute("UPDATE calculations SET summary = ? WHERE id = ?", (stored, draft.id))
    return JSONResponse([{"label": label, "amount": show_amount(amount)} for label, amount in summary.rows()])


@router.post("/berakning/{number}/spara", name="spara_berakning")
def save(request: Request, form: Posted, number: str) -> Response:
    """Lock the draft and give the receipt."""
    form_key = str(form.get("form_key", ""))
    with writing(system_of(request).database) as connection:
        path = saved_before(connection, form_key)
        if path is not None:
            return go_to(path)
        draft = _found(connection, number)
        changeable(draft)
        case = found_case(connection, draft.case_number)
        error = _why_not(connection, draft)
        if not error:
            unchanged(connection, case, str(form.get("version", "")))
            at = stamp(request)
            connection.execute(
                "UPDATE calculations SET status = ?, saved_at = ?, saved_by = ? WHERE id = ?",
                (FINAL, at["created_at"], at["created_by"], draft.id),
            )
            return go_to(remember(connection, form_key, f"/berakning/{number}/kvittens"))
    errors = {"summary": error}
    return form_page(request, "new_summary.html", case=case, draft=draft, values={"form_key": form_key}, errors=errors)


@router.get("/berakning/{number}/kvittens", name="kvittens_berakning")
def receipt_page(request: Request, _: SignedIn, number: str) -> Response:
    """The receipt of a locked calculation."""
    with reading(system_of(request).database) as connection:
        calculation = _found(connection, number)
        if not calculation.is_final:
            raise HTTPException(404)
        case = found_case(connection, calculation.case_number)
    rows = (("Kvittensnummer", calculation.receipt), ("Beräkningsnummer", calculation.number))
    return page(request, "receipt.html", case=case, heading="Beräkningen är sparad", rows=rows)


def _why_not(connection: sqlite3.Connection, draft: CalculationRecord) -> str:
    if draft.summary is None:
        return "Tryck på Beräkna innan du sparar"
    month = (draft.case_number, month_text(draft.month), FINAL)
    query = "SELECT 1 FROM calculations WHERE case_number = ? AND month = ? AND status = ?"
    taken = connection.execute(query, month).fetchone() is not None
    return "Det finns redan en slutlig beräkning för perioden" if taken else ""


def _found(connection: sqlite3.Connection, number: str) -> CalculationRecord:
    calculation = read_calculation(connection, number)
    if calculation is None:
        raise HTTPException(404)
    return calculation
