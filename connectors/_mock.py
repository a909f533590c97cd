"""What the simulated systems share: faults that can be switched on, the broken connection, and the admin routes."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable
from enum import StrEnum
from threading import Lock
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MOCK_TOKEN = "simulerad-kommun"  # noqa: S105  # a simulated system's password is public by intent
ANY = "*"


class FaultKind(StrEnum):
    """The ways in which a simulated system can fail."""

    NO_HIT = "no_hit"
    PROTECTED = "protected"
    SLOW = "slow"
    TIMEOUT = "timeout"
    ERROR_500 = "error_500"
    RESET = "reset"
    UNKNOWN_CODE = "unknown_code"
    WRONG_SCHEMA = "wrong_schema"
    UNREADABLE_AMOUNT = "unreadable_amount"
    LOST_ANSWER = "lost_answer"


TRANSPORT = frozenset({FaultKind.SLOW, FaultKind.TIMEOUT, FaultKind.ERROR_500, FaultKind.RESET})


class Fault(BaseModel):
    """One fault. `call` and `person` may be `*`; `times` None means until switched off; the delay is in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call: str = ANY
    person: str = ANY
    kind: FaultKind
    times: Annotated[int, Field(ge=1)] | None = None
    delay_seconds: Annotated[float, Field(ge=0)] = 1.0


_FAULTS: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])


class FaultPlan:
    """The faults that are switched on. May be changed from another thread while the system runs."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = Lock()
        self._left: list[tuple[Fault, int | None]] = []
        self.replace(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Switch on exactly these faults, counted anew."""
        with self._lock:
            self._left = [(fault, fault.times) for fault in faults]

    def current(self) -> list[Fault]:
        """Return the faults that are still on, with the times that are left."""
        with self._lock:
            return [fault.model_copy(update={"times": times}) for fault, times in self._left]

    def take(self, call: str, person: str, supported: frozenset[FaultKind]) -> Fault | None:
        """Return the first fault that meets this call and person, and count it as used."""
        with self._lock:
            for place, (fault, times) in enumerate(self._left):
                if fault.call not in {ANY, call} or fault.person not in {ANY, person} or fault.kind not in supported:
                    continue
                if times is not None:
                    self._left[place : place + 1] = [(fault, times - 1)] if times > 1 else []
                return fault
        return None


async def disturb(fault: Fault | None, request: Request) -> Response | None:
    """Carry out a fault of the connection. Returns an answer to send instead, or None when the call goes on."""
    match fault.kind if fault else None:
        case FaultKind.SLOW if fault:
            await asyncio.sleep(fault.delay_seconds)
        case FaultKind.ERROR_500:
            return Response("Internt fel", status_code=500)
        case FaultKind.TIMEOUT:
            await _until_disconnected(request)
            return Response(status_code=500)
        case FaultKind.RESET:
            return await break_connection(request)
        case _:
            pass
    return None


def reset(transport: asyncio.WriteTransport) -> None:
    """Break a connection with RST: what was not sent is thrown away and the peer reads 'connection reset'."""
    linger_off = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_off)
    transport.abort()


async def break_connection(request: Request) -> Response:
    """Send a TCP RST in the middle of the call; the returned answer reaches nobody."""
    extensions = request.scope.get("extensions", {})
    if "connection.reset" not in extensions:
        raise RuntimeError("this server cannot reset a connection; run the mock by the testbed's own server")
    extensions["connection.reset"]()
    await _until_disconnected(request)
    return Response(status_code=500)


async def _until_disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def new_app(
    title: str,
    faults: FaultPlan,
    supported: Callable[[str], frozenset[FaultKind]],
    received: Callable[[], list[dict[str, Any]]] | None = None,
) -> FastAPI:
    """Return an app with the admin routes: GET/PUT /_testbed/faults and, for a channel, GET /_testbed/received."""
    app = FastAPI(title=title, openapi_url=None)

    @app.get("/_testbed/faults")
    async def read_faults() -> list[dict[str, Any]]:
        return [fault.model_dump(mode="json") for fault in faults.current()]

    @app.put("/_testbed/faults")
    async def write_faults(request: Request) -> Response:
        try:
            wanted = _FAULTS.validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"faults": error.errors(include_url=False, include_context=False)}, status_code=422)
        strange = [fault for fault in wanted if fault.call != ANY and fault.kind not in supported(fault.call)]
        if strange:
            known = sorted(supported(strange[0].call))
            problem = f"the call '{strange[0].call}' cannot have the fault '{strange[0].kind}'; it can have: {known}"
            return JSONResponse({"faults": problem}, status_code=422)
        faults.replace(wanted)
        return Response(status_code=204)

    if received is not None:

        @app.get("/_testbed/received")
        async def read_received() -> list[dict[str, Any]]:
            return received()

    return app
