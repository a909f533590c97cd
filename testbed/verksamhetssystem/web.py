"""What all pages share: the running system, templates, login and form checks, and pages for what went wrong."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse

from audit.clock import Clock
from testbed.verksamhetssystem.drifts import Drifts
from testbed.verksamhetssystem.faults import Faults
from testbed.verksamhetssystem.money import show_amount
from testbed.verksamhetssystem.records import SWEDEN, CalculationRecord, CaseRecord, month_text, read_case
from testbed.verksamhetssystem.sessions import Session, Sessions

FOLDER = Path(__file__).parent
COOKIE = "verksamhetssystem"


@dataclass(frozen=True, slots=True)
class System:
    """One running case system; lives in `app.state.system`."""

    database: Path
    clock: Clock
    sessions: Sessions
    faults: Faults
    drifts: Drifts

    def today(self) -> date:
        """The date in Sweden."""
        return self.clock.now().astimezone(SWEDEN).date()


class SessionGoneError(Exception):
    """The request has no session: never logged in, or timed out."""


class RefusedError(Exception):
    """The stored state forbids the change; the text is shown."""


def show_personnummer(personnummer: str) -> str:
    """As ÅÅÅÅMMDD-NNNN."""
    return f"{personnummer[:8]}-{personnummer[8:]}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {"amount": show_amount, "month": month_text, "personnummer": show_personnummer}


def system_of(request: Request) -> System:
    """The running system behind a request."""
    system: System = request.app.state.system
    return system


def signed_in(request: Request) -> Session:
    """The session of the request. Raises SessionGoneError."""
    session = system_of(request).sessions.use(request.cookies.get(COOKIE, ""))
    if session is None:
        raise SessionGoneError
    request.state.session = session
    return session


async def posted(request: Request, session: Annotated[Session, Depends(signed_in)]) -> FormData:
    """The posted form, its CSRF token checked. Raises HTTPException 403."""
    form = await request.form()
    token = request.headers.get("X-CSRF-Token") or str(form.get("csrf", ""))
    if not hmac.compare_digest(token.encode(), session.csrf.encode()):
        raise HTTPException(403)
    return form


SignedIn = Annotated[Session, Depends(signed_in)]
Posted = Annotated[FormData, Depends(posted)]


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of the system. Its form gets a fresh form key unless the context brings the one that was posted."""
    context.setdefault("form_key", secrets.token_urlsafe(16))
    context |= {
        "session": getattr(request.state, "session", None),
        "dialog": getattr(request.state, "dialog", None),
        "script": getattr(request.state, "script", None),
    }
    html = _TEMPLATES.get_template(template).render(context)
    return HTMLResponse(system_of(request).drifts.html(template, html), status)


def form_page(
    request: Request,
    template: str,
    *,
    values: Mapping[str, str],
    rows: Mapping[str, int] | None = None,
    errors: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page with a form: what was typed and what is wrong with it. Answers 422 when something is wrong."""
    if values.get("form_key"):
        context["form_key"] = values["form_key"]
    return page(
        request,
        template,
        status=422 if errors else 200,
        values=values,
        rows=rows or {},
        errors=errors or {},
        **context,
    )


def go_to(path: str) -> RedirectResponse:
    """Send the browser on after a form was posted."""
    return RedirectResponse(path, 303)


def found_case(connection: Any, number: str) -> CaseRecord:
    """The case, or a 404 page."""
    case = read_case(connection, number)
    if case is None:
        raise HTTPException(404)
    return case


def changeable(calculation: CalculationRecord) -> None:
    """Refuse when a calculation is locked."""
    if calculation.is_final:
        raise RefusedError("Beräkningen är slutlig och låst")


_FAILURES = {
    403: ("Formuläret är för gammalt", "Öppna sidan på nytt och fyll i formuläret igen."),
    404: ("Sidan finns inte", "Kontrollera adressen eller sök fram personen på nytt."),
    409: ("Ändringen kan inte göras", "Någon annan har ändrat ärendet sedan du öppnade sidan. Öppna sidan på nytt."),
    405: ("Sidan finns inte", "Kontrollera adressen eller sök fram personen på nytt."),
    422: ("Ändringen kan inte göras", ""),
    500: ("Ett fel inträffade", "Försök igen. Kontakta systemförvaltningen om felet kvarstår."),
}


def failure_page(request: Request, status: int, text: str = "") -> HTMLResponse:
    """The page for something that went wrong."""
    heading, advice = _FAILURES.get(status, _FAILURES[500])
    return page(request, "failure.html", status=status, heading=heading, text=text or advice)
