"""Intake over HTTP: the e-service hands in applications with a bearer token."""

import hmac
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from desk.web import desk_of
from robot.engine.intake import Accepted
from robot.engine.library import UnknownProcessError

router = APIRouter()
LARGEST = 1024 * 1024


class _TooLargeError(Exception):
    pass


@router.post("/api/ansokningar/{process}")
async def submit(request: Request, process: str) -> Response:
    """Take one application whole or refuse it whole: 201 new, 200 taken before, 422 with every fault."""
    house = desk_of(request).house
    token = house.settings.intake_token
    if token is None:
        return _say(401, error="intake over HTTP is closed: set ARENDE_INTAKE_TOKEN")
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode()):
        return _say(401, error="expected the header Authorization: Bearer with the intake token")
    try:
        data = await _body(request)
        result = await run_in_threadpool(house.intake.submit, data, process=process, source="http")
    except _TooLargeError:
        return _say(413, error=f"expected at most {LARGEST} bytes")
    except UnknownProcessError as error:
        return _say(404, error=str(error))
    if isinstance(result, Accepted):
        return _say(201 if result.new else 200, case=result.case, new=result.new)
    faults = [{"where": fault.where, "what": fault.what} for fault in result.faults]
    return _say(422, delivery=result.delivery, faults=faults)


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > LARGEST:
            raise _TooLargeError
    return bytes(data)


def _say(status: int, **content: Any) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(content, status_code=status, headers=headers)
