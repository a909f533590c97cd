"""A page with the faults that are switched on for it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from testbed.verksamhetssystem.faults import Fault, FaultKind
from testbed.verksamhetssystem.others import changed_by_somebody, page_of_somebody_else
from testbed.verksamhetssystem.web import COOKIE, failure_page, go_to, system_of

DIALOG = "Systemet stängs för underhåll i kväll klockan 22.00."
KNOWN_DIALOG = "Tips: du kan söka med bara en del av personnumret."
ALERT_SCRIPT = "alert('Anslutningen är instabil.')"
POPUP_SCRIPT = "window.open('{path}')"
HEAD_ARRIVES_SECONDS = 0.05
STATUSES = {FaultKind.ERROR_500: 500, FaultKind.ERROR_404: 404}


class BrokenAnswer(Response):
    """The head of an answer, and then a broken connection.

    The head must arrive first: a browser repeats by itself a request that was broken off before any head, which would
    heal the fault unseen, or hit the next one.
    """

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send the head, and break the connection when it has arrived."""
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"100000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'<!doctype html><html lang="sv"><body>', "more_body": True})
        await asyncio.sleep(HEAD_ARRIVES_SECONDS)
        scope["extensions"]["connection.reset"]()
        await asyncio.sleep(HEAD_ARRIVES_SECONDS)  # until the server knows that the connection is gone


class FaultRoute(APIRoute):
    """A page, and the faults that are switched on for it. The page's name is the route's name."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The page's handler with faults before and after it."""
        handle = super().get_route_handler()

        async def with_faults(request: Request) -> Response:
            hit = system_of(request).faults.for_request(self.name)
            if not hit:
                return await handle(request)
            early = await _before(request, hit)
            response = early if early is not None else await handle(request)
            if FaultKind.DOUBLE_SUBMIT in hit and early is None:
                response = await handle(request)
            if FaultKind.SLOW_ANSWER in hit:
                await asyncio.sleep(hit[FaultKind.SLOW_ANSWER].seconds)
            if FaultKind.LOST_ANSWER in hit:
                return BrokenAnswer()
            return response

        return with_faults


async def _before(request: Request, hit: Mapping[FaultKind, Fault]) -> Response | None:
    if FaultKind.SLOW in hit:
        await asyncio.sleep(hit[FaultKind.SLOW].seconds)
    if FaultKind.SESSION_END in hit:
        system_of(request).sessions.end(request.cookies.get(COOKIE, ""))
    _on_the_page(request, hit)
    if FaultKind.CHANGED in hit:
        changed_by_somebody(request)
    if FaultKind.RESET in hit:
        return BrokenAnswer()
    if FaultKind.DOWNLOAD in hit:
        return Response(b"...", headers={"content-disposition": 'attachment; filename="utdrag.bin"'})
    if FaultKind.WRONG_PERSON in hit and request.method == "GET" and (path := page_of_somebody_else(request)):
        return go_to(path)
    status = next((status for kind, status in STATUSES.items() if kind in hit), None)
    return None if status is None else failure_page(request, status)


def _on_the_page(request: Request, hit: Mapping[FaultKind, Fault]) -> None:
    if FaultKind.DIALOG in hit:
        request.state.dialog = DIALOG
    if FaultKind.KNOWN_DIALOG in hit:
        request.state.dialog = KNOWN_DIALOG
    if FaultKind.ALERT in hit:
        request.state.script = ALERT_SCRIPT
    if FaultKind.POPUP in hit:
        request.state.script = POPUP_SCRIPT.format(path=page_of_somebody_else(request) or "/sok")
