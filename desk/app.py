"""The desk as a web application."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import structlog
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

import desk.pages
from audit.keyfile import create_key_file, read_key_file
from desk.accounts import Accounts
from desk.casefile import BlindError
from desk.headers import SecurityHeaders
from desk.oidc import Oidc
from desk.roles import NotAllowedError, NotLoggedInError
from desk.throttle import Throttle
from desk.web import FOLDER, Desk, FormError, environment, page, protect
from robot.engine.house import House
from robot.engine.ledger import StaleCaseError
from robot.engine.review import BLIND

log = structlog.get_logger(__name__)
IDLE_SECONDS = 2 * 60 * 60
COOKIE = "arende_desk"
TEXTS = {
    400: ("Det går inte att förstå adressen", "Gå tillbaka och försök igen."),
    403: ("Du har inte behörighet till sidan", "Kontakta den som ansvarar för behörigheter om du behöver den."),
    404: ("Sidan finns inte", "Kontrollera adressen, eller sök upp ärendet i listan."),
    405: ("Sidan tar inte emot det", "Gå tillbaka och försök igen."),
    413: ("Formuläret är för stort", "Skriv kortare och försök igen."),
    500: ("Något gick fel", "Felet är noterat i driftloggen. Inget är sparat av det du just gjorde."),
}
OLD_FORM = ("Sidan har blivit för gammal", "Gå tillbaka, ladda om sidan och gör det igen. Inget är sparat.")
MOVED = ("Någon annan har ändrat ärendet", "Öppna ärendet igen och läs vad som har hänt. Inget är sparat.")


class DeskError(Exception):
    """The desk cannot start; the message says what to do."""


def create_app(house: House, *, secure: bool = False) -> FastAPI:
    """The desk on this house. ``secure``: reached over HTTPS, so that cookies are never sent without it.

    Raises:
        DeskError: There is no way to log in.
        AccountsError: The accounts file cannot be used.
        KeyFileError: The key of the session cookies cannot be used.

    """
    settings = house.settings
    accounts = None if settings.accounts_file is None else Accounts.read(settings.accounts_file)
    oidc = Oidc(settings) if settings.oidc_issuer else None
    if accounts is None and oidc is None:
        msg = (
            "nobody can log in: set ARENDE_OIDC_ISSUER, ARENDE_OIDC_CLIENT_ID and ARENDE_OIDC_CLIENT_SECRET, "
            "or try it with local accounts: arende desk --accounts accounts.json --create-accounts"
        )
        raise DeskError(msg)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(protect)])
    app.state.desk = Desk(house, accounts, oidc, Throttle(), environment())
    app.add_middleware(
        SessionMiddleware,
        secret_key=_session_key(house),
        session_cookie=f"__Host-{COOKIE}" if secure else COOKIE,
        max_age=IDLE_SECONDS,
        same_site="lax",
        https_only=secure,
    )
    app.add_middleware(SecurityHeaders, secure=secure)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for found in sorted(module.name for module in iter_modules(desk.pages.__path__)):
        if not found.startswith("_"):
            app.include_router(import_module(f"desk.pages.{found}").router)
    _errors(app)
    return app


def _session_key(house: House) -> str:
    if house.settings.desk_secret is not None:
        return house.settings.desk_secret.get_secret_value()
    path = house.settings.data / "secrets" / "desk.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        create_key_file(path)
    return read_key_file(path).hex()


def _errors(app: FastAPI) -> None:
    def problem(request: Request, status: int, told: tuple[str, str]) -> HTMLResponse:
        title, what = told
        return page(request, "error.html", status=status, title=title, what=what)

    def log_in_first(request: Request, _: Exception) -> Response:
        target = request.url.path if request.method == "GET" else "/"
        if request.headers.get("hx-request"):
            return Response(status_code=401, headers={"HX-Redirect": "/logga-in"})
        return Response(status_code=303, headers={"Location": f"/logga-in?till={target}"})

    def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException | StarletteHTTPException) else 400
        return problem(request, status, TEXTS.get(status, TEXTS[400]))

    handlers: dict[Any, Any] = {
        NotLoggedInError: log_in_first,
        BlindError: lambda request, _: problem(request, 403, ("Ärendet granskas blint", BLIND)),
        NotAllowedError: lambda request, _: problem(request, 403, TEXTS[403]),
        FormError: lambda request, _: problem(request, 403, OLD_FORM),
        StaleCaseError: lambda request, _: problem(request, 409, MOVED),
        StarletteHTTPException: http,
        RequestValidationError: http,
        Exception: lambda request, _: problem(request, 500, TEXTS[500]),
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
