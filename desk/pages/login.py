"""Log in and out."""

from typing import Annotated

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.params import Query
from starlette.responses import Response

from desk.oidc import LoginError
from desk.roles import User
from desk.web import desk_of, log_in, own_path, page, posted, redirect, text

log = structlog.get_logger(__name__)
router = APIRouter()
WRONG = "Kontot eller lösenordet stämmer inte."
WAIT = "För många försök. Vänta en kvart och försök igen."


@router.get("/logga-in")
def show(request: Request, till: Annotated[str, Query()] = "") -> Response:
    """The login page."""
    return _page(request, till=till)


@router.post("/logga-in")
def log_in_locally(request: Request) -> Response:
    """A local account and its password."""
    desk, form = desk_of(request), posted(request)
    account, till = text(form, "konto").lower(), text(form, "till")
    address = request.client.host if request.client else "unknown"
    if desk.accounts is None:
        raise HTTPException(404)
    if desk.throttle.closed(account, address, desk.now()):
        return _page(request, till=till, account=account, fault=WAIT, status=429)
    found = desk.accounts.login(account, str(form.get("losenord", "")))
    if found is None:
        desk.throttle.failed(account, address, desk.now())
        log.warning("desk.login_failed")
        return _page(request, till=till, account=account, fault=WRONG, status=422)
    desk.throttle.succeeded(account)
    user = User(found.account, found.name, frozenset(found.roles))
    log_in(request, user, local=True)
    return redirect(own_path(till, user.start))


@router.get("/logga-in/oidc")
async def begin(request: Request) -> Response:
    """Go to the municipality's own login."""
    oidc = desk_of(request).oidc
    if oidc is None:
        raise HTTPException(404)
    return await oidc.begin(request, str(request.url_for("finish")))


@router.get("/logga-in/oidc/klar")
async def finish(request: Request) -> Response:
    """Back from the municipality's own login."""
    oidc = desk_of(request).oidc
    if oidc is None:
        raise HTTPException(404)
    try:
        user = await oidc.finish(request)
    except LoginError as error:
        return _page(request, fault=str(error), status=403)
    log_in(request, user, local=False)
    return redirect(user.start)


@router.post("/logga-ut")
def log_out(request: Request) -> Response:
    """End the session."""
    request.session.clear()
    return redirect("/logga-in")


def _page(request: Request, *, till: str = "", account: str = "", fault: str = "", status: int = 200) -> Response:
    desk = desk_of(request)
    return page(
        request,
        "login.html",
        status=status,
        till=own_path(till, ""),
        account=account,
        fault=fault,
        local=desk.accounts is not None,
        oidc=desk.oidc is not None,
    )
