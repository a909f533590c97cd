"""Help, the accessibility statement, and answers for those who watch that the desk is up."""

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select
from starlette.responses import PlainTextResponse, Response

from desk.web import desk_of, page
from robot.store.tables import CaseRow

router = APIRouter()


@router.get("/hjalp")
def help_page(request: Request) -> Response:
    """How the desk is used."""
    return page(request, "help.html")


@router.get("/tillganglighet")
def accessibility(request: Request) -> Response:
    """How accessible the desk is, and where to turn."""
    return page(request, "accessibility.html")


@router.get("/healthz")
def healthy() -> Response:
    """The program runs."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request) -> Response:
    """The database answers."""
    try:
        with desk_of(request).house.database.read() as session:
            session.exec(select(func.count()).where(CaseRow.ref == "")).one()
    except SQLAlchemyError:
        return PlainTextResponse("the database does not answer\n", status_code=503)
    return PlainTextResponse("ok\n")
