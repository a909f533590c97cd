"""Put the case system together as one web app."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, Response

from audit.clock import Clock
from testbed.verksamhetssystem import (
    pages_calculation,
    pages_case,
    pages_decision,
    pages_login,
    pages_note,
    pages_payment,
    pages_search,
    pages_summary,
)
from testbed.verksamhetssystem.drifts import Drifts
from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.faults import Faults
from testbed.verksamhetssystem.sessions import Sessions
from testbed.verksamhetssystem.web import (
    COOKIE,
    FOLDER,
    RefusedError,
    SessionGoneError,
    System,
    failure_page,
    go_to,
)

_PAGES = (
    pages_login,
    pages_search,
    pages_case,
    pages_calculation,
    pages_summary,
    pages_decision,
    pages_payment,
    pages_note,
)


def build_app(
    database: Path,
    *,
    clock: Clock,
    session_minutes: float = 20,
    faults: Faults | None = None,
    drifts: Drifts | None = None,
) -> FastAPI:
    """The case system on a seeded database.

    ``session_minutes``: how long an unused session lasts. ``faults``: switched by tests while it runs; reset and
    lost-answer faults need `testbed.serve.Server`, which can break a connection. ``drifts``: changes of the pages.
    """
    app = FastAPI(title="Verksamhetssystemet", openapi_url=None)
    sessions = Sessions(database, now=clock.now, minutes=session_minutes)
    app.state.system = System(database, clock, sessions, faults or Faults(), drifts or Drifts())
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for module in _PAGES:
        app.include_router(module.router)
    app.add_exception_handler(SessionGoneError, _session_gone)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(StarletteHTTPException, _http_error)
    app.add_exception_handler(Exception, _crash)
    return app


def page_names() -> Sequence[str]:
    """The names of all pages and saves, as faults know them."""
    routes = (route for module in _PAGES for route in module.router.routes)
    return tuple(route.name for route in routes if isinstance(route, FaultRoute))


async def _session_gone(request: Request, _: Exception) -> Response:
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"error": "Din session har gått ut."}, 401)
    return go_to("/login?utgangen=1" if COOKIE in request.cookies else "/login")


async def _refused(request: Request, error: Exception) -> Response:
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"error": str(error)}, 422)
    return failure_page(request, 422, str(error))


async def _http_error(request: Request, error: Exception) -> Response:
    return failure_page(request, error.status_code if isinstance(error, StarletteHTTPException) else 500)


async def _crash(request: Request, _: Exception) -> Response:
    return failure_page(request, 500)
