"""One browser for a module's tests, as a worker has one for all its cases."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from testbed.serve import Server
from tests.robot.gui.odd import OddSystem, case_system

NOW = datetime(2025, 9, 22, 8, 0, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[BrowserPool]:
    """A pool with its browser."""
    async with BrowserPool() as opened:
        yield opened


@pytest.fixture(scope="module")
def odd_server() -> Iterator[tuple[OddSystem, str]]:
    """The tiny system, running."""
    system = OddSystem()
    with Server(system.app(), name="odd") as server:
        yield system, server.url


@pytest.fixture
def odd(odd_server: tuple[OddSystem, str]) -> OddSystem:
    """The tiny system as it is at first."""
    odd_server[0].again()
    return odd_server[0]


@pytest.fixture
def odd_bot(odd_server: tuple[OddSystem, str], pool: BrowserPool) -> Bot:
    """A bot of the tiny system; it gives a page three seconds."""
    return Bot(case_system(odd_server[1], read_seconds=3), pool, now=lambda: NOW)
