"""One browser for a module's tests, as a worker has one for all its cases."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio

from audit.clock import ManualClock
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.faults import Faults
from testbed.verksamhetssystem.seed import seed
from tests.robot.gui.municipality import NOW, Town, persons
from tests.robot.gui.odd import OddSystem, case_system

PATIENT, HASTY = 15.0, 2.0  # seconds that a page may take


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
    """A bot of the tiny system."""
    return Bot(case_system(odd_server[1], read_seconds=PATIENT), pool, now=lambda: NOW)


@pytest.fixture
def hasty_odd_bot(odd_server: tuple[OddSystem, str], pool: BrowserPool) -> Bot:
    """The same with little patience, for what will never come."""
    return Bot(case_system(odd_server[1], read_seconds=HASTY), pool, now=lambda: NOW)


@pytest.fixture(scope="module")
def town_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The simulated case system, running."""
    folder = tmp_path_factory.mktemp("verksamhetssystem")
    faults = Faults()
    town = Town("", folder / "template.db", folder / "live.db", faults)
    seed(town.template, persons(), at=NOW)
    town.start_over()
    app = build_app(town.database, clock=ManualClock(NOW), faults=faults)
    with Server(app, name="verksamhetssystem") as server:
        yield replace(town, url=server.url)


@pytest.fixture
def town(town_server: Town) -> Town:
    """The case system as it was seeded, without faults."""
    town_server.start_over()
    return town_server


@pytest.fixture
def bot(town: Town, pool: BrowserPool) -> Bot:
    """A bot of the simulated case system."""
    return Bot(case_system(town.url, read_seconds=PATIENT), pool, now=lambda: NOW)


@pytest.fixture
def hasty_bot(town: Town, pool: BrowserPool) -> Bot:
    """The same with little patience, for what will never come."""
    return Bot(case_system(town.url, read_seconds=HASTY), pool, now=lambda: NOW)
