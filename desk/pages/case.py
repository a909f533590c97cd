"""One case: its page, and its letters as they would be sent."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.params import Query
from starlette.responses import HTMLResponse, Response

from desk.casefile import CaseFile, Why, open_case
from desk.roles import User, needs
from desk.web import desk_of, page
from robot.swedish.explanation import NothingToExplainError, decided, explain

router = APIRouter()
handles = needs("handlaggare")
LETTER_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; frame-ancestors 'none'"


@router.get("/arende/{ref}")
def case_page(
    request: Request,
    ref: str,
    user: Annotated[User, Depends(handles)],
    skal: Annotated[str, Query(pattern="^(|sokning)$")] = "",
) -> Response:
    """Why the case is here, and everything that is known about it."""
    why: Why = "sökning" if skal == "sokning" else "handläggning"
    return show_case(request, open_case(desk_of(request), user, ref, why))


@router.get("/arende/{ref}/brev/{name}")
def letter(request: Request, ref: str, name: str, user: Annotated[User, Depends(handles)]) -> Response:
    """A letter as it would be sent now, or the style sheet that it names."""
    desk = desk_of(request)
    case = open_case(desk, user, ref, None if name.endswith(".css") else "handläggning")
    sheet = case.definition.folder / "letters" / name
    if name.endswith(".css") and sheet.parent == case.definition.folder / "letters" and sheet.is_file():
        return Response(sheet.read_text(encoding="utf-8"), media_type="text/css")
    text = case.letter(name)
    if text is None:
        raise HTTPException(404)
    return HTMLResponse(text, headers={"Content-Security-Policy": LETTER_POLICY})


@router.get("/arende/{ref}/forklaring")
def explanation(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Why the case was decided as it was, to give to the person it is about."""
    case = open_case(desk_of(request), user, ref, "förklaring")
    try:
        found = explain(case.definition, case.state, case.recorded, now=case.now)
    except NothingToExplainError as error:
        return page(request, "error.html", status=404, title="Ingen förklaring än", what=str(error))
    return page(request, "explanation.html", ref=ref, found=found, decided=list(decided(found)))


def show_case(
    request: Request,
    case: CaseFile,
    *,
    faults: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page, with the faults of a form that could not be carried out and what was typed in it."""
    return page(
        request, "case.html", status=status, case=case, state=case.state, faults=faults or {}, typed=typed or {}
    )
