"""The switches of the simulated systems: over HTTP, counted, and only faults that the system can have."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request, Response

from connectors._mock import Fault, FaultKind, FaultPlan, break_connection
from testbed.serve import Server, ServerError
from tests.connectors.conftest import CONNECTORS, SIMULATED, Running, sample

Run = Callable[[str], Running]
ALL = frozenset(FaultKind)


def call(url: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Call an admin route and return status and JSON."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        reply = connection.getresponse()
        content = reply.read()
        return reply.status, json.loads(content) if content else None
    finally:
        connection.close()


@pytest.mark.parametrize("name", SIMULATED)
def test_faults_are_switched_over_http(running: Run, name: str) -> None:
    """What is switched on over HTTP is what the system then says is on."""
    url = running(name).admin_url
    wanted = [{"kind": "slow", "times": 2, "delay_seconds": 0.5}]
    assert call(url, "PUT", "/_testbed/faults", wanted) == (204, None)
    _, now = call(url, "GET", "/_testbed/faults")
    assert now == [{"call": "*", "person": "*", "kind": "slow", "times": 2, "delay_seconds": 0.5}]


@pytest.mark.parametrize("name", SIMULATED)
@pytest.mark.parametrize("fault", [{"kind": "okant"}, {"kind": "slow", "extra": 1}, {"kind": "slow", "call": "okant"}])
def test_impossible_fault_is_refused(running: Run, name: str, fault: dict[str, Any]) -> None:
    """A fault that the system does not know, or cannot have in that call, is refused and changes nothing."""
    mock = running(name)
    status, problem = call(mock.admin_url, "PUT", "/_testbed/faults", [fault])
    assert status == 422
    assert problem["faults"]
    assert mock.faults.current() == []


@pytest.mark.parametrize("name", [name for name in SIMULATED if CONNECTORS[name].manifest.kind == "channel"])
async def test_received_messages_are_shown(running: Run, name: str) -> None:
    """A channel's mock shows what it got."""
    mock = running(name)
    async with mock.client() as client:
        await client.send(sample(name).MESSAGE, key="k")
    _, received = call(mock.admin_url, "GET", "/_testbed/received")
    assert [sample(name).MESSAGE.to in message.values() for message in received] == [True]


def test_mail_servers_address_is_told(running: Run) -> None:
    """Whoever starts the mail mock can ask where to send mail."""
    mock = running("epost")
    assert call(mock.admin_url, "GET", "/_testbed/address") == (200, {"smtp": mock.url})


def test_fault_is_counted_down() -> None:
    """A fault with a number of times ends after them; one without stays."""
    plan = FaultPlan([Fault(kind=FaultKind.RESET, times=2), Fault(kind=FaultKind.SLOW)])
    taken = [plan.take("agi", "p", ALL) for _ in range(4)]
    assert [fault.kind for fault in taken if fault] == ["reset", "reset", "slow", "slow"]


def test_fault_meets_only_its_call_and_person() -> None:
    """A fault for one call and person leaves every other alone, and one that the call cannot have is passed over."""
    plan = FaultPlan([Fault(call="agi", person="a", kind=FaultKind.RESET)])
    assert plan.take("agi", "b", ALL) is None
    assert plan.take("skydd", "a", ALL) is None
    assert plan.take("agi", "a", frozenset()) is None
    assert plan.take("agi", "a", ALL) is not None


def test_reset_is_a_real_reset() -> None:
    """The peer of a broken connection reads 'connection reset' from its own system, not an early end."""
    app = FastAPI()

    @app.get("/")
    async def broken(request: Request) -> Response:
        return await break_connection(request)

    with Server(app, name="broken") as server:
        connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
        connection.request("GET", "/")
        with pytest.raises(ConnectionResetError):
            connection.getresponse()
        connection.close()


def test_server_that_cannot_start_says_so() -> None:
    """An app that fails at start gives an error with the server's name, not a server that never answers."""

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": ""})

    server = Server(failing, name="trasig")
    with pytest.raises(ServerError, match="'trasig' did not start"):
        server.start()
    server.stop()
