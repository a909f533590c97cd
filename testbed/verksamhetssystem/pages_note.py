"""A new journal note."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from testbed.verksamhetssystem.database import insert, reading, writing
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.forms import Typed
from testbed.verksamhetssystem.records import id_of
from testbed.verksamhetssystem.saving import remember, saved_before, stamp, unchanged
from testbed.verksamhetssystem.validation import LONGEST_TEXT
from testbed.verksamhetssystem.web import Posted, SignedIn, form_page, found_case, go_to, page, system_of

router = APIRouter(route_class=FaultRoute)


@router.get("/arende/{number}/journal/ny", name="ny_anteckning")
def new_page(request: Request, _: SignedIn, number: str) -> Response:
    """The form of a new note."""
    with reading(system_of(request).database) as connection:
        case = found_case(connection, number)
    return form_page(request, "new_note.html", case=case, values={})


@router.post("/arende/{number}/journal/ny", name="spara_anteckning")
def save(request: Request, form: Posted, number: str) -> Response:
    """Store the note."""
    typed = Typed(form)
    heading, text = typed.text("heading", "Rubrik", longest=100), typed.text("text", "Anteckning", longest=LONGEST_TEXT)
    form_key = typed.values.get("form_key", "")
    with writing(system_of(request).database) as connection:
        case = found_case(connection, number)
        path = saved_before(connection, form_key)
        if path is not None:
            return go_to(path)
        if heading is not None and text is not None:
            unchanged(connection, case, typed.values.get("version", ""))
            row = {"case_number": number, "heading": heading, "text": text, **stamp(request)}
            note_id = insert(connection, "notes", row)
            return go_to(remember(connection, form_key, f"/anteckning/A-{note_id:06d}/kvittens"))
    return form_page(request, "new_note.html", case=case, values=typed.values, errors=typed.errors)


@router.get("/anteckning/{number}/kvittens", name="kvittens_anteckning")
def receipt_page(request: Request, _: SignedIn, number: str) -> Response:
    """The receipt of a note."""
    with reading(system_of(request).database) as connection:
        row = connection.execute("SELECT case_number FROM notes WHERE id = ?", (id_of(number, "A"),)).fetchone()
        if row is None:
            raise HTTPException(404)
        case = found_case(connection, row["case_number"])
    rows = (("Anteckningsnummer", number),)
    return page(request, "receipt.html", case=case, heading="Anteckningen är sparad", rows=rows)
