"""Real servers for the mocks, one per connector and test module, and clients against them."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from pydantic import SecretStr

from connectors._mock import MOCK_TOKEN, Fault, FaultPlan
from connectors.contract import ConnectorSettings
from connectors.manifest import Connector, discover
from testbed.serve import Server

NOW = datetime(2025, 9, 20, 7, 30, tzinfo=UTC)
CONNECTORS = discover()
SIMULATED = [name for name, connector in CONNECTORS.items() if (connector.folder / "mock.py").is_file()]


def sample(name: str) -> Any:
    """Return the test data of a connector: `tests/connectors/<name>/sample.py`."""
    return import_module(f"tests.connectors.{name}.sample")


@dataclass
class Running:
    """A connector whose mock is running."""

    connector: Connector
    url: str
    admin_url: str
    faults: FaultPlan
    data: dict[str, Any]
    original: dict[str, Any] = field(default_factory=dict)

    def settings(self, token: str, read_seconds: float) -> ConnectorSettings:
        """Return settings for a client of the running mock."""
        return ConnectorSettings(
            base_url=self.url,
            token=SecretStr(token),
            connect_seconds=10.0,
            read_seconds=read_seconds,
            **sample(self.connector.name).SETTINGS,
        )

    @asynccontextmanager
    async def client(self, *, token: str = MOCK_TOKEN, read_seconds: float = 10.0) -> AsyncIterator[Any]:
        """Open a client; a short read time-out (seconds) only where a time-out is the point."""
        client = self.connector.create(self.settings(token, read_seconds), now=lambda: NOW)
        try:
            yield client
        finally:
            await client.aclose()


@pytest.fixture(scope="module")
def _servers() -> Iterator[dict[str, Running]]:
    """Start every mock once for the module."""
    running: dict[str, Running] = {}
    servers = []
    for name, connector in CONNECTORS.items():
        if name not in SIMULATED:
            continue
        original = getattr(sample(name), "DATA", {})
        data, faults = deepcopy(original), FaultPlan()
        app = connector.mock().build_app(data, faults, token=MOCK_TOKEN)
        server = Server(app, name=name)
        servers.append(server)
        url = server.start()
        running[name] = Running(connector, getattr(app.state, "smtp_url", url), url, faults, data, original)
    yield running
    for server in servers:
        server.stop()


@pytest.fixture
def running(_servers: dict[str, Running]) -> Iterator[Callable[[str], Running]]:
    """Return a running mock by name, without faults and with its first data."""

    def clean(name: str) -> Running:
        mock = _servers[name]
        mock.faults.replace([])
        mock.data.clear()
        mock.data.update(deepcopy(mock.original))
        return mock

    yield clean
    for mock in _servers.values():
        mock.faults.replace([])


def fault(kind: Any, *, call: str = "*", person: str = "*", times: int | None = None) -> Fault:
    """Return a fault with a delay that is short but real."""
    return Fault(call=call, person=person, kind=kind, times=times, delay_seconds=0.02)
