"""A new calculation, pages 1 to 3: household, incomes, expenses. Each page is stored in a draft by Nästa."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from datetime import date
from decimal import Decimal

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from testbed.verksamhetssystem import validation
from testbed.verksamhetssystem.calculation import CONTENT, Content, last_day
from testbed.verksamhetssystem.catalogue import DRAFT, EXPENSE_TYPES, INCOME_TYPES, NORMS, SPECIAL_EXPENSE_TYPES
from testbed.verksamhetssystem.database import insert, reading, writing
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.forms import Typed
from testbed.verksamhetssystem.money import show_amount
from testbed.verksamhetssystem.records import (
    CalculationRecord,
    CaseRecord,
    month_text,
    read_calculation,
)
from testbed.verksamhetssystem.saving import remember, saved_before, stamp, unchanged
from testbed.verksamhetssystem.web import (
    Posted,
    SignedIn,
    changeable,
    form_page,
    found_case,
    go_to,
    system_of,
)

router = APIRouter(route_class=FaultRoute)


@router.get("/normer", name="normforslag")
def norm_suggestions(_: SignedIn, text: str = "") -> JSONResponse:
    """The norm names that contain the text, for the autocomplete."""
    return JSONResponse([norm for norm in NORMS if text.strip().casefold() in norm.casefold()])


@router.get("/arende/{number}/berakning/ny", name="ny_berakning")
def new_page(request: Request, _: SignedIn, number: str) -> Response:
    """Page 1 of a calculation that does not exist yet."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
    values = {"members": str(len(case.person.household))}
    return _household_page(request, case, None, values=values, rows={"norm_rows": 0})


@router.post("/arende/{number}/berakning/ny", name="spara_ny_berakning")
def create_draft(request: Request, form: Posted, number: str) -> Response:
    """Store page 1 as a new draft."""
    typed = Typed(form, validation.HOUSEHOLD_TABLES)
    form_key = typed.values.get("form_key", "")
    with writing(system_of(request).database) as connection:
        case = found_case(connection, number)
        path = saved_before(connection, form_key)
        if path is not None:
            return go_to(path)
        read = validation.household(typed, case.person, Content())
        if read is not None:
            month, content = read
            unchanged(connection, case, typed.values.get("version", ""))
            row = {"case_number": number, "month": month_text(month), "status": DRAFT, **stamp(request)}
            draft_id = insert(connection, "calculations", row | {"content": _json(content)})
            return go_to(remember(connection, form_key, f"/berakning/B-{draft_id:06d}/{_after(request, 'hushall')}"))
    return _household_page(request, case, None, values=typed.values, rows=typed.rows, errors=typed.errors)


@router.get("/berakning/{number}/hushall", name="hushall")
def household_page(request: Request, _: SignedIn, number: str) -> Response:
    """Page 1 of a draft."""
    case, draft = _draft(request, number)
    content = draft.content
    values = {"first": draft.month.isoformat(), "last": last_day(draft.month).isoformat()}
    values |= {"members": str(content.members), "shared": show_amount(content.shared)}
    values |= _row_values(validation.HOUSEHOLD_TABLES["norm_rows"], (astuple(row) for row in content.norm_rows))
    return _household_page(request, case, draft, values=values, rows={"norm_rows": len(content.norm_rows)})


@router.post("/berakning/{number}/hushall", name="spara_hushall")
def save_household(request: Request, form: Posted, number: str) -> Response:
    """Store page 1 in the draft."""
    typed = Typed(form, validation.HOUSEHOLD_TABLES)
    with writing(system_of(request).database) as connection:
        case, draft = _read_draft(connection, number)
        read = validation.household(typed, case.person, draft.content)
        if read is not None:
            unchanged(connection, case, typed.values.get("version", ""))
            _store(connection, draft, read[1], read[0])
            return go_to(f"/berakning/{number}/{_after(request, 'hushall')}")
    return _household_page(request, case, draft, values=typed.values, rows=typed.rows, errors=typed.errors)


@router.get("/berakning/{number}/inkomster", name="inkomster")
def incomes_page(request: Request, _: SignedIn, number: str) -> Response:
    """Page 2 of a draft."""
    case, draft = _draft(request, number)
    content = draft.content
    values = _row_values(validation.INCOME_TABLES["incomes"], (astuple(row) for row in content.incomes))
    values |= {"job_stimulus_applicant": "1"} if content.job_stimulus_applicant else {}
    values |= {"job_stimulus_co_applicant": "1"} if content.job_stimulus_co_applicant else {}
    return _incomes_page(request, case, draft, values=values, rows={"incomes": len(content.incomes)})


@router.post("/berakning/{number}/inkomster", name="spara_inkomster")
def save_incomes(request: Request, form: Posted, number: str) -> Response:
    """Store page 2 in the draft."""
    typed = Typed(form, validation.INCOME_TABLES)
    with writing(system_of(request).database) as connection:
        case, draft = _read_draft(connection, number)
        content = validation.incomes(typed, case.person, draft.content)
        if content is not None:
            unchanged(connection, case, typed.values.get("version", ""))
            _store(connection, draft, content, draft.month)
            return go_to(f"/berakning/{number}/{_after(request, 'inkomster')}")
    return _incomes_page(request, case, draft, values=typed.values, rows=typed.rows, errors=typed.errors)


@router.get("/berakning/{number}/utgifter", name="utgifter")
def expenses_page(request: Request, _: SignedIn, number: str) -> Response:
    """Page 3 of a draft."""
    case, draft = _draft(request, number)
    content = draft.content
    tables = validation.EXPENSE_TABLES
    values = _row_values(tables["expenses"], (astuple(row) for row in content.expenses))
    values |= _row_values(tables["special_expenses"], (astuple(row) for row in content.special_expenses))
    rows = {"expenses": len(content.expenses), "special_expenses": len(content.special_expenses)}
    return _expenses_page(request, case, draft, values=values, rows=rows)


@router.post("/berakning/{number}/utgifter", name="spara_utgifter")
def save_expenses(request: Request, form: Posted, number: str) -> Response:
    """Store page 3 in the draft."""
    typed = Typed(form, validation.EXPENSE_TABLES)
    with writing(system_of(request).database) as connection:
        case, draft = _read_draft(connection, number)
        content = validation.expenses(typed, draft.content)
        if content is not None:
            unchanged(connection, case, typed.values.get("version", ""))
            _store(connection, draft, content, draft.month)
            return go_to(f"/berakning/{number}/{_after(request, 'utgifter')}")
    return _expenses_page(request, case, draft, values=typed.values, rows=typed.rows, errors=typed.errors)


NEXT = {"hushall": "inkomster", "inkomster": "utgifter", "utgifter": "sammanstallning"}


def _after(request: Request, page: str) -> str:
    return system_of(request).drifts.next_page(page, NEXT[page])


def _draft(request: Request, number: str) -> tuple[CaseRecord, CalculationRecord]:
    with reading(system_of(request).database) as connection:
        return _read_draft(connection, number)


def _read_draft(connection: sqlite3.Connection, number: str) -> tuple[CaseRecord, CalculationRecord]:
    draft = read_calculation(connection, number)
    if draft is None:
        raise HTTPException(404)
    changeable(draft)
    return found_case(connection, draft.case_number), draft


def _store(connection: sqlite3.Connection, draft: CalculationRecord, content: Content, month: date) -> None:
    connection.execute(
        "UPDATE calculations SET content = ?, month = ?, summary = NULL WHERE id = ?",
        (_json(content), month_text(month), draft.id),
    )


def _json(content: Content) -> str:
    return CONTENT.dump_json(content).decode()


def _row_values(columns: Iterable[str], rows: Iterable[tuple[object, ...]]) -> dict[str, str]:
    return {
        f"{column}-{number}": show_amount(value) if isinstance(value, Decimal) else str("" if value is None else value)
        for number, row in enumerate(rows, 1)
        for column, value in zip(columns, row, strict=True)
    }


def _household_page(
    request: Request,
    case: CaseRecord,
    draft: CalculationRecord | None,
    *,
    values: Mapping[str, str],
    rows: Mapping[str, int],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    names = [member.name for member in case.person.household]
    template = "new_household.html"
    return form_page(request, template, case=case, draft=draft, names=names, values=values, rows=rows, errors=errors)


def _incomes_page(
    request: Request,
    case: CaseRecord,
    draft: CalculationRecord,
    *,
    values: Mapping[str, str],
    rows: Mapping[str, int],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    template, types = "new_incomes.html", INCOME_TYPES
    return form_page(request, template, case=case, draft=draft, types=types, values=values, rows=rows, errors=errors)


def _expenses_page(
    request: Request,
    case: CaseRecord,
    draft: CalculationRecord,
    *,
    values: Mapping[str, str],
    rows: Mapping[str, int],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return form_page(
        request,
        "new_expenses.html",
        case=case,
        draft=draft,
        types=EXPENSE_TYPES,
        special_types=SPECIAL_EXPENSE_TYPES,
        values=values,
        rows=rows,
        errors=errors,
    )
