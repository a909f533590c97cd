"""Socialakten as one web app: a page that scripts draw, and the JSON it talks with."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, FastAPI, Request
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse, JSONResponse, Response

from audit.clock import Clock
from testbed.socialakten import forms
from testbed.socialakten.store import CALCULATION, DECISION, NOTE, ChangedMeanwhileError, Store
from testbed.verksamhetssystem.fault_route import DIALOG, BrokenAnswer
from testbed.verksamhetssystem.faults import FaultKind, Faults

STATIC = Path(__file__).parent / "static"
COOKIE = "sa_session"
Typed = Annotated[dict[str, Any], Body()]


@dataclass(slots=True)
class System:
    """What every request needs. ``sessions``: user by cookie."""

    store: Store
    clock: Clock
    users: Mapping[str, str]
    faults: Faults
    sessions: dict[str, str] = field(default_factory=dict)


class SessionGoneError(Exception):
    """Nobody is logged in, or the session has ended."""


class FaultyRoute(APIRoute):
    """A request, and the faults that are switched on for it. A fault's page is the route's name."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with faults before and after it."""
        handle = super().get_route_handler()

        async def with_faults(request: Request) -> Response:
            system: System = request.app.state.system
            hit = system.faults.for_request(self.name)
            if FaultKind.SLOW in hit:
                await asyncio.sleep(hit[FaultKind.SLOW].seconds)
            if FaultKind.SESSION_END in hit:
                system.sessions.pop(request.cookies.get(COOKIE, ""), None)
            if FaultKind.RESET in hit:
                return BrokenAnswer()
            if FaultKind.ERROR_500 in hit:
                return JSONResponse({"fel": {"": "Ett tekniskt fel uppstod. Försök igen."}}, 500)
            response = await handle(request)
            if FaultKind.SLOW_ANSWER in hit:
                await asyncio.sleep(hit[FaultKind.SLOW_ANSWER].seconds)
            if FaultKind.DIALOG in hit:
                response.headers["x-meddelande"] = DIALOG.encode().decode("latin-1")
            return BrokenAnswer() if FaultKind.LOST_ANSWER in hit else response

        return with_faults


router = APIRouter(prefix="/api", route_class=FaultyRoute)


def build_app(store: Store, *, clock: Clock, users: Mapping[str, str], faults: Faults | None = None) -> FastAPI:
    """Socialakten on a seeded store. ``users`` maps user names to passwords; ``faults`` are switched while it runs."""
    app = FastAPI(title="Socialakten", openapi_url=None)
    app.state.system = System(store, clock, users, faults or Faults())
    app.include_router(router)
    app.add_exception_handler(SessionGoneError, _answer(401, "Du är inte inloggad."))
    app.add_exception_handler(ChangedMeanwhileError, _answer(409, "Akten har ändrats av någon annan. Läs om den."))
    app.add_exception_handler(forms.RefusedError, _refused)

    @app.get("/")
    def shell() -> Response:
        return FileResponse(STATIC / "index.html")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


@router.post("/session")
def log_in(request: Request, typed: Typed) -> Response:
    """Log in; the cookie is the session."""
    system, user = _system(request), str(typed.get("anvandare", ""))
    if not user or system.users.get(user) != typed.get("losenord"):
        return JSONResponse({"fel": {"losenord": "Fel användar-id eller lösenord."}}, 403)
    token = secrets.token_urlsafe(24)
    system.sessions[token] = user
    response = JSONResponse({"anvandare": user})
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict")
    return response


@router.get("/session")
def who(request: Request) -> dict[str, str]:
    """Who is logged in."""
    return {"anvandare": _user(request)}


@router.get("/listor")
def lists(request: Request) -> Mapping[str, tuple[str, ...]]:
    """What can be chosen."""
    _user(request)
    return forms.LISTS


@router.get("/personer/{personnummer}")
def search(request: Request, personnummer: str) -> list[dict[str, Any]]:
    """A person's akter; an empty list when there is none."""
    _user(request)
    return _system(request).store.akter_of(personnummer)


@router.get("/akter/{number}", response_model=None)
def akt(request: Request, number: str) -> dict[str, Any] | JSONResponse:
    """An akt with all its records."""
    _user(request)
    return _system(request).store.akt(number) or JSONResponse({"fel": {"": "Akten finns inte."}}, 404)


@router.post("/rakna")
def calculate(request: Request, typed: Typed) -> dict[str, str]:
    """The sums of what is typed so far."""
    _user(request)
    return forms.sums(typed)


@router.post("/akter/{number}/berakning")
def save_calculation(request: Request, number: str, typed: Typed) -> dict[str, str]:
    """Save a calculation with the system's own sums."""
    return _save(request, number, CALCULATION, forms.calculation_month(typed), typed | {"summor": forms.sums(typed)})


@router.post("/akter/{number}/beslut")
def save_decision(request: Request, number: str, typed: Typed) -> dict[str, str]:
    """Save a decision."""
    return _save(request, number, DECISION, forms.decision_month(typed), typed)


@router.post("/akter/{number}/anteckning")
def save_note(request: Request, number: str, typed: Typed) -> dict[str, str]:
    """Save a note."""
    today = _system(request).clock.now().date()
    return _save(request, number, NOTE, forms.note_month(typed, today), typed)


def _save(request: Request, akt: str, kind: str, month: str, typed: Mapping[str, Any]) -> dict[str, str]:
    system, user = _system(request), _user(request)
    content = {name: value for name, value in typed.items() if name != "version"}
    version = int(typed.get("version", 0))
    number = system.store.save(akt, kind, month, content, version=version, at=system.clock.now(), by=user)
    return {"nummer": number}


def _system(request: Request) -> System:
    system: System = request.app.state.system
    return system


def _user(request: Request) -> str:
    user = _system(request).sessions.get(request.cookies.get(COOKIE, ""))
    if user is None:
        raise SessionGoneError
    return user


def _answer(status: int, text: str) -> Callable[[Request, Exception], Coroutine[Any, Any, Response]]:
    async def answer(_: Request, __: Exception) -> Response:
        return JSONResponse({"fel": {"": text}}, status)

    return answer


async def _refused(_: Request, error: Exception) -> Response:
    faults = error.faults if isinstance(error, forms.RefusedError) else {}
    return JSONResponse({"fel": faults}, 422)
