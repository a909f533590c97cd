"""What all pages share: the running desk, the session, the check of forms, and how a page is made."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse

from desk.accounts import Accounts
from desk.oidc import Oidc
from desk.roles import User
from desk.throttle import Throttle
from robot.engine.house import House
from robot.engine.lateness import REASONS
from robot.steps._letter import datum, kronor, manad_text
from robot.swedish import showing
from robot.swedish.words import label

FOLDER = Path(__file__).parent
LONGEST_SESSION = timedelta(hours=10)
LARGEST_FORM = 1024 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
STATUS = {
    "running": "Roboten arbetar",
    "person": "Väntar på en handläggare",
    "applicant": "Väntar på den sökande",
    "closed": "Avslutat",
    "by_hand": "Handläggs för hand",
}
PEOPLE = {
    "person_bifall": "Bifall av en person",
    "person_avslag": "Avslag av en person",
    "person_by_hand": "Handlagda för hand",
}
OUTCOME = {"bifall": "Bifall", "avslag": "Avslag"}


class FormError(Exception):
    """A form came without the session's token: from another site, or from a page that is too old."""


@dataclass(frozen=True)
class Desk:
    """One running desk; lives in ``app.state.desk``. ``journal_checks`` holds the last check of the journal."""

    house: House
    accounts: Accounts | None
    oidc: Oidc | None
    throttle: Throttle
    templates: Environment
    journal_checks: list[Any] = field(default_factory=list)

    def now(self) -> datetime:
        """The house's time, aware UTC."""
        return self.house.clock.now()


def desk_of(request: Request) -> Desk:
    """The desk that answers the request."""
    desk: Desk = request.app.state.desk
    return desk


async def protect(request: Request) -> None:
    """Before every page: who is it, and does a form carry the session's token. Raises `FormError`."""
    if request.url.path.startswith("/api/"):
        return  # a machine with a bearer token has no session that another site could use
    request.state.user = session_user(request)
    if request.method in SAFE:
        return
    if int(request.headers.get("content-length") or 0) > LARGEST_FORM:
        raise HTTPException(413)
    form = await request.form(max_files=0, max_fields=5000)
    if not hmac.compare_digest(text(form, "csrf"), csrf_token(request)):
        raise FormError
    request.state.form = form


def posted(request: Request) -> FormData:
    """The form that `protect` has read and checked."""
    form: FormData = request.state.form
    return form


def text(form: FormData, name: str) -> str:
    """A field's text without space around it; empty when the field is not there."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def csrf_token(request: Request) -> str:
    """The session's token for forms, made the first time it is asked for."""
    token: str = request.session.setdefault("csrf", secrets.token_urlsafe(24))
    return token


def log_in(request: Request, user: User, *, local: bool) -> None:
    """Begin a new session for the user."""
    request.session.clear()
    now = desk_of(request).now()
    request.session.update(
        account=user.account, name=user.name, roles=sorted(user.roles), local=local, since=now.isoformat()
    )


def session_user(request: Request) -> User | None:
    """The session's user, unless it has lasted too long or the local account is gone."""
    session, desk = request.session, desk_of(request)
    if "account" not in session:
        return None
    age = desk.now() - datetime.fromisoformat(session["since"])
    roles = frozenset(session["roles"])
    if session["local"]:
        account = None if desk.accounts is None else desk.accounts.get(session["account"])
        roles = frozenset() if account is None else frozenset(account.roles)
    if not roles or not timedelta() <= age <= LONGEST_SESSION:
        return None
    return User(session["account"], session["name"], roles)


def tell(request: Request, message: str) -> None:
    """Show a message on the next page."""
    request.session["told"] = [*request.session.get("told", []), message]


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the house's frame."""
    desk = desk_of(request)
    frame = {
        "user": getattr(request.state, "user", None),
        "csrf": csrf_token(request),
        "told": request.session.pop("told", []),
        "path": request.url.path,
        "kommun": desk.house.settings.kommun,
        "now": desk.now(),
    }
    return HTMLResponse(desk.templates.get_template(template).render(**frame, **values), status_code=status)


def redirect(target: str) -> RedirectResponse:
    """Go to another page by GET."""
    return RedirectResponse(target, status_code=303)


def own_path(target: str, otherwise: str) -> str:
    """A path on this site, never another site's address."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else otherwise


@cache
def environment() -> Environment:
    """The desk's templates with their filters; a name without a value is an error."""
    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(
        kronor=kronor, datum=datum, manad=manad_text, tid=showing.moment, namn=label, visa=showing.scalar
    )
    templates.filters["ore"] = _ore
    templates.filters["grupp"] = _stratum
    templates.globals.update(STATUS=STATUS, OUTCOME=OUTCOME, LATE=REASONS)
    return templates


def _stratum(name: str) -> str:
    return PEOPLE.get(name) or label(name)


def _ore(amount: int) -> str:
    return kronor(Decimal(amount) / 100)
