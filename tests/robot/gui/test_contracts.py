"""The shipped process carries what its screens showed when they were recorded, and is held to it at every write."""

from collections.abc import Iterator

import pytest

from audit.clock import ManualClock
from robot.definition import discover, load
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.contract import DriftError
from robot.gui.recorded import FOLDER
from robot.gui.screen import ScreenFile
from robot.gui.screen_check import read_screen
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.drifts import Drifts
from testbed.verksamhetssystem.seed import seed
from tests.robot.gui.municipality import NOW, SCREENS, VALUES, persons
from tests.robot.gui.odd import case_system
from tests.robot.gui.record_contracts import record

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Drifts]]:
    """The case system, and the changes of its pages."""
    database, drifts = tmp_path_factory.mktemp("contracts") / "live.db", Drifts()
    seed(database, persons(), at=NOW)
    with Server(build_app(database, clock=ManualClock(NOW), drifts=drifts), name="verksamhetssystem") as server:
        yield server.url, drifts


@pytest.fixture(scope="module")
def shipped() -> dict[str, ScreenFile]:
    """The screens as a case gets them."""
    return dict(load(discover()["ekonomiskt_bistand"]).screens)


async def test_every_screen_has_a_contract_of_every_page_on_its_way(shipped: dict[str, ScreenFile]) -> None:
    """No page is opened or filled that was not recorded, and nothing of the test person was recorded with it."""
    assert set(shipped) == {path.stem for path in SCREENS.glob("*.yaml")}
    for screen in shipped.values():
        assert all(page.recorded is not None for page in (*screen.open, *screen.pages)), screen.id
    words = "".join(path.read_text(encoding="utf-8") for path in (SCREENS / FOLDER).glob("*.yaml"))
    assert not [word for word in ("Astrid", "Exempel", "EB-1001", VALUES["sokande_personnummer"]) if word in words]


async def test_what_only_the_contract_knows_stops_a_write(
    shipped: dict[str, ScreenFile], system: tuple[str, Drifts], pool: BrowserPool
) -> None:
    """A new box that is ticked from the start is no difference from the screen file, but from the contract."""
    url, drifts = system
    drifts.replace(["ny_forifylld"])
    bot = Bot(case_system(url), pool, now=lambda: NOW)
    with pytest.raises(DriftError) as caught:
        await bot.write(shipped["journalanteckning"], VALUES)
    assert [change.what for change in caught.value.changes] == ["prefilled"]
    await bot.write(read_screen((SCREENS / "journalanteckning.yaml").read_text(encoding="utf-8"), None), VALUES)
    drifts.replace([])


def lines(contract: str) -> list[str]:
    """A contract without the widths, which hang on the machine's fonts."""
    return [line for line in contract.splitlines() if "wide:" not in line]


@pytest.mark.slow
@pytest.mark.parametrize("screen", sorted(path.stem for path in SCREENS.glob("*.yaml")))
async def test_the_contracts_are_what_the_simulated_case_system_shows(
    screen: str, system: tuple[str, Drifts], pool: BrowserPool
) -> None:
    """Recorded anew they are the same: `python -m tests.robot.gui.record_contracts` writes them."""
    url, drifts = system
    drifts.replace([])
    found = await record(Bot(case_system(url), pool, now=lambda: NOW), screen)
    assert lines(found.text()) == lines((SCREENS / FOLDER / f"{screen}.yaml").read_text(encoding="utf-8"))
