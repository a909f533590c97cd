"""A simulated SMS gateway: keeps what it got, once per idempotency key. For the testbed and tests only."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from connectors._mock import (
    MOCK_TOKEN,
    TRANSPORT,
    Fault,
    FaultKind,
    FaultPlan,
    break_connection,
    disturb,
    new_app,
)
from connectors.sms.models import MOBILE_NUMBER, SENDER_MAX

ANSWERS = TRANSPORT | {FaultKind.UNKNOWN_CODE, FaultKind.WRONG_SCHEMA}
FAULTS = {"send": ANSWERS | {FaultKind.LOST_ANSWER}, "status": ANSWERS}


def supported_faults(call: str) -> frozenset[FaultKind]:
    """Return the faults that make sense for `send` and `status`; none for another call."""
    return FAULTS.get(call, frozenset())


def system_time() -> datetime:
    """Return the real time; the testbed passes its own clock instead."""
    return datetime.now(UTC)


def build_app(
    data: dict[str, Any], faults: FaultPlan, *, token: str = MOCK_TOKEN, now: Callable[[], datetime] = system_time
) -> FastAPI:
    """Return the ASGI app. `data` is the gateway's memory, idempotency key -> message; start with {}."""
    app = new_app("SMS-tjänsten", faults, supported_faults, lambda: list(data.values()))

    @app.post("/send/sms")
    async def send(request: Request) -> Response:
        if refused := _refused(request, token):
            return refused
        wanted = json.loads(await request.body())
        if problem := _problem(wanted):
            return JSONResponse({"problem": problem}, status_code=400)
        fault = faults.take("send", wanted["mobileNumber"], FAULTS["send"])
        if instead := await disturb(fault, request):
            return instead
        key = request.headers["Idempotency-Key"]
        stored = data.setdefault(key, {**wanted, "id": f"SMS-{len(data) + 1}", "key": key, "at": now().isoformat()})
        if any(stored[field] != value for field, value in wanted.items()):
            return JSONResponse({"problem": "the key was used for another message"}, status_code=409)
        if fault and fault.kind is FaultKind.LOST_ANSWER:
            return await break_connection(request)
        return _receipt(stored, fault)

    @app.get("/send/sms/{key:path}")
    async def status(key: str, request: Request) -> Response:
        if refused := _refused(request, token):
            return refused
        stored = data.get(key)
        fault = faults.take("status", stored["mobileNumber"] if stored else "", FAULTS["status"])
        if instead := await disturb(fault, request):
            return instead
        if stored is None:
            return JSONResponse({"status": "NOT_FOUND"}, status_code=404)
        return _receipt(stored, fault)

    return app


def _refused(request: Request, token: str) -> Response | None:
    return None if request.headers.get("Authorization") == f"Bearer {token}" else Response(status_code=401)


def _problem(wanted: dict[str, Any]) -> str | None:
    if not MOBILE_NUMBER.fullmatch(wanted["mobileNumber"]):
        return "mobileNumber is not a Swedish mobile number"
    if not 1 <= len(wanted["sender"]["name"]) <= SENDER_MAX:
        return f"sender.name must have 1 to {SENDER_MAX} characters"
    return None if wanted["priority"] in {"HIGH", "NORMAL"} else "priority must be HIGH or NORMAL"


def _receipt(stored: dict[str, Any], fault: Fault | None) -> Response:
    kind = fault.kind if fault else None
    if kind is FaultKind.WRONG_SCHEMA:
        return JSONResponse({"messageId": stored["id"]})
    status = "QUEUED_FOR_LATER" if kind is FaultKind.UNKNOWN_CODE else "ACCEPTED"
    return JSONResponse({"id": stored["id"], "status": status, "at": stored["at"]})
