"""A tiny case system of one form, whose page each test may change as a real system changes under a robot."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from connectors.manifest import CaseSystemManifest, load_as
from robot.gui.bot import CaseSystem
from robot.gui.screen import ScreenFile

PERSON, OTHER = "199006022397", "199107172380"
MANIFEST = load_as(Path("connectors/verksamhetssystem").absolute(), CaseSystemManifest)

FORM = """
<section aria-label="Ärendet gäller"><dl><dt>Personnummer</dt><dd>19900602-2397</dd></dl></section>
<form method="post" action="/spara">
<label for="b">Belopp</label><input id="b" name="belopp">
<label for="d">Datum</label><input id="d" name="datum" type="date">
<label>Typ <select name="typ"><option>Välj</option><option>Bifall</option><option>Avslag</option></select></label>
<label><input type="checkbox" name="klar" value="ja"> Klar</label>
<fieldset><legend>Sätt</legend><label><input type="radio" name="satt" value="a"> Konto</label>
<label><input type="radio" name="satt" value="b"> Avi</label></fieldset>
<label>Text <textarea name="text"></textarea></label>
<button>Spara</button></form>
"""

SCREEN: dict[str, Any] = {
    "screen": "prov",
    "title": "Prov",
    "system": "verksamhetssystem",
    "kind": "write",
    "identity": {"banner": "Ärendet gäller", "shows": ["personnummer"]},
    "open": [],
    "pages": [
        {
            "heading": "Formulär",
            "fields": {
                "Belopp": {"value": "belopp", "type": "amount"},
                "Datum": {"value": "datum", "type": "date"},
                "Typ": {"value": "typ", "type": "select"},
                "Klar": {"value": "klar", "type": "checkbox"},
                "Sätt": {"value": "satt", "type": "radio"},
                "Text": "text",
            },
        }
    ],
    "save": {"press": "Spara", "receipt": {"heading": "Sparat", "read": {"nummer": "Nummer"}}},
    "look": [{"heading": "Formulär", "compare": {"Personnummer": "personnummer"}}],
}


def screen(**changes: Any) -> ScreenFile:
    """The screen file of the form, with some of its keys changed."""
    return ScreenFile.model_validate({**SCREEN, **changes})


@dataclass
class OddSystem:
    """``form``: what the page holds. ``saved``: what was posted. ``answer``: instead of the receipt.

    ``asked``: somebody wants the form, who gets it when ``gate`` is open.
    """

    form: str = FORM
    head: str = "Formulär"
    saved: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[Request], Awaitable[Response]] | None = None
    asked: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)

    def again(self) -> None:
        """Back to the page as it is at first."""
        self.form, self.head, self.answer = FORM, "Formulär", None
        self.saved.clear()
        self.asked.clear()
        self.gate.set()

    def app(self) -> Starlette:
        """The system as a web app."""
        return Starlette(routes=[Route("/sok", self._form), Route("/spara", self._save, methods=["POST"])])

    async def _form(self, _: Request) -> Response:
        self.asked.set()
        await asyncio.to_thread(self.gate.wait, 5)
        return page(self.head, self.form)

    async def _save(self, request: Request) -> Response:
        posted = await request.form()
        self.saved.append({name: str(value) for name, value in posted.items()})
        if self.answer is not None:
            return await self.answer(request)
        return page("Sparat", f"<dl><dt>Nummer</dt><dd>N-{len(self.saved)}</dd></dl>")


def page(heading: str, body: str, status: int = 200) -> HTMLResponse:
    """A page of the system, as a logged-in person sees it."""
    return HTMLResponse(
        f'<!doctype html><html lang="sv"><meta charset="utf-8"><title>{heading}</title>'
        f"<p>Inloggad som robot</p><h1>{heading}</h1>{body}</html>",
        status,
    )


def case_system(url: str, *, read_seconds: float = 5.0) -> CaseSystem:
    """The robot's login to a system at this address."""
    timeouts = MANIFEST.timeouts.model_copy(update={"read_seconds": read_seconds})
    manifest = MANIFEST.model_copy(update={"timeouts": timeouts})
    return CaseSystem("verksamhetssystem", url, "robot", SecretStr("robot-prov"), manifest)
