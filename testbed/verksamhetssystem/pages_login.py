"""Log in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from testbed.verksamhetssystem.fault_route import FaultRoute
from testbed.verksamhetssystem.web import COOKIE, Posted, SignedIn, form_page, go_to, system_of

router = APIRouter(route_class=FaultRoute)


@router.get("/", name="start")
def start() -> Response:
    """The system opens with the search."""
    return go_to("/sok")


@router.get("/login", name="login")
def login_page(request: Request, utgangen: str = "") -> Response:
    """The login form, after a time-out with the reason."""
    notice = "Din session har gått ut." if utgangen else ""
    return form_page(request, "login.html", values={}, notice=notice)


@router.post("/login", name="logga_in")
def log_in(request: Request, username: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "") -> Response:
    """Open a session. There is no session yet, so there is no CSRF token to check."""
    session_id = system_of(request).sessions.log_in(username, password)
    if session_id is None:
        errors = {"username": "Fel användarnamn eller lösenord."}
        return form_page(request, "login.html", values={"username": username}, errors=errors, notice="")
    response = go_to("/sok")
    response.set_cookie(COOKIE, session_id, httponly=True, samesite="lax")
    return response


@router.post("/logga-ut", name="logga_ut")
def log_out(request: Request, _: SignedIn, __: Posted) -> Response:
    """End the session."""
    system_of(request).sessions.end(request.cookies[COOKIE])
    response = go_to("/login")
    response.delete_cookie(COOKIE)
    return response
