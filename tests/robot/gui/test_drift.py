"""The case system's pages change as a supplier changes them: rightly ignored, or stopped with the right difference."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from audit.clock import ManualClock
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.recorded import Contract
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.drifts import NAMES, Drifts
from testbed.verksamhetssystem.faults import Faults
from testbed.verksamhetssystem.seed import seed
from tests.robot.gui.drift_matrix import GOES_ON, MATRIX, Outcome, contract_for, run
from tests.robot.gui.municipality import NOW, Town, persons
from tests.robot.gui.odd import case_system

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECONDS = 6.0
QUICK = ("etikett_omdopt", "kortare_falt", "ram_runt")
CONTRACTS: dict[str, Contract] = {}


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Drifts]]:
    """The case system, and the changes of its pages."""
    folder, drifts, faults = tmp_path_factory.mktemp("drift"), Drifts(), Faults()
    town = Town("", folder / "template.db", folder / "live.db", faults)
    seed(town.template, persons(), at=NOW)
    town.start_over()
    app = build_app(town.database, clock=ManualClock(NOW), faults=faults, drifts=drifts)
    with Server(app, name="verksamhetssystem") as server:
        yield replace(town, url=server.url), drifts


async def outcome_of(name: str, changing: tuple[Town, Drifts], pool: BrowserPool) -> Outcome:
    """How one change ends; the contract is recorded once per screen, before anything has changed."""
    town, drifts = changing
    bot, screen = Bot(case_system(town.url, read_seconds=SECONDS), pool, now=lambda: NOW), MATRIX[name][0]
    if screen not in CONTRACTS:
        town.start_over()
        drifts.replace([])
        CONTRACTS[screen] = await contract_for(bot, screen)
    return await run(name, town, drifts, bot, CONTRACTS[screen])


async def test_every_change_has_an_expectation() -> None:
    """The matrix holds every switch of the case system, and at least thirty of them."""
    assert set(MATRIX) == set(NAMES)
    assert len(NAMES) >= 30


@pytest.mark.parametrize("name", QUICK)
async def test_a_change_is_ignored_or_stopped(name: str, changing: tuple[Town, Drifts], pool: BrowserPool) -> None:
    """A frame is ignored; a renamed or too short field stops, and a proposed file is proven by use."""
    outcome = await outcome_of(name, changing, pool)
    assert (outcome.what, outcome.followed) == MATRIX[name][1:], outcome.text
    assert outcome.wrong == ""


@pytest.mark.slow
async def test_the_whole_matrix(changing: tuple[Town, Drifts], pool: BrowserPool) -> None:
    """Every change ends as expected, nothing wrong is ever stored, and whatever is proposed as proven works."""
    outcomes = {name: await outcome_of(name, changing, pool) for name in MATRIX}
    assert {name: one.wrong for name, one in outcomes.items() if one.wrong} == {}
    assert {name: (one.what, one.followed) for name, one in outcomes.items()} == {
        name: expected for name, (_, *rest) in MATRIX.items() if (expected := tuple(rest))
    }
    proven = [one for one in outcomes.values() if one.checked and one.checked.proposed and one.checked.proposed.proven]
    assert all(one.followed for one in proven)
    stops = [one for one in outcomes.values() if one.what != GOES_ON]
    assert sum(one.followed for one in stops) >= 0.8 * len(stops)
    assert sum(one.what == GOES_ON for one in outcomes.values()) >= 15
