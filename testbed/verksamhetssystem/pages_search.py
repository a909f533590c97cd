"""Search for a person, and the person's page."""

import re

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from testbed.verksamhetssystem.database import reading
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.records import find_person, read_person
from testbed.verksamhetssystem.web import Posted, SignedIn, form_page, go_to, page, system_of

router = APIRouter(route_class=FaultRoute)
_PERSONNUMMER = re.compile(r"(\d{8})-?([0-9A-Z]{4})", re.ASCII)


@router.get("/sok", name="sok")
def search_page(request: Request, _: SignedIn) -> Response:
    """The search form."""
    return form_page(request, "search.html", values={}, notice="")


@router.post("/sok", name="sok_person")
def search(request: Request, form: Posted) -> Response:
    """Go to the person; posted, so that no personnummer stands in an address."""
    text = str(form.get("personnummer", "")).strip()
    found = _PERSONNUMMER.fullmatch(text.upper())
    if found is None:
        errors = {"personnummer": "Personnummer ska ha 12 tecken, ÅÅÅÅMMDD-NNNN"}
        return form_page(request, "search.html", values={"personnummer": text}, errors=errors, notice="")
    with reading(system_of(request).database) as connection:
        person_id = find_person(connection, found[1] + found[2])
    if person_id is None:
        notice = "Ingen person hittades."
        return form_page(request, "search.html", values={"personnummer": text}, notice=notice)
    return go_to(f"/person/{person_id}")


@router.get("/person/{person_id:int}", name="person")
def person_page(request: Request, _: SignedIn, person_id: int) -> Response:
    """A person with household, payee and cases."""
    with reading(system_of(request).database) as connection:
        person = read_person(connection, person_id)
        cases = connection.execute(
            "SELECT number, type, status, opened FROM cases WHERE person_id = ? ORDER BY opened DESC", (person_id,)
        ).fetchall()
    if person is None:
        raise HTTPException(404)
    return page(request, "person.html", person=person, cases=cases)
