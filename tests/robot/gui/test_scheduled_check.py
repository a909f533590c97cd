"""The screens are rehearsed every morning by themselves, and what has changed is known before the day's first case."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from audit.clock import ManualClock
from robot.engine import scheduler
from robot.engine.house import House
from robot.engine.metrics import rendered
from robot.engine.scheduler import Scheduler
from robot.engine.screen_check import ScreenCheckError, read_test_person
from robot.engine.screen_results import ScreenResult
from robot.settings import Settings
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.drifts import Drifts
from testbed.verksamhetssystem.seed import seed
from tests.robot.gui.municipality import NOW, VALUES, persons

PROCESS, SCREEN = "ekonomiskt_bistand", "journalanteckning"
LONG_SECONDS = 60
"""Only the values of one screen: the others end at once, because a value is missing, and are not opened."""
ITS_VALUES = ("sokande_personnummer", "arendenummer", "journalrubrik", "journaltext", "beslutsreferens")


@dataclass(frozen=True)
class Town:
    """A house with a test person, and the changes of the case system's pages."""

    house: House
    clock: ManualClock
    drifts: Drifts

    def result(self) -> ScreenResult | None:
        """The newest result of the screen."""
        return next((one for one in self.house.screen_check.results(PROCESS) if one.screen == SCREEN), None)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A house whose case system runs, and whose test person is the journal note's."""
    clock, drifts = ManualClock(NOW), Drifts()
    seed(tmp_path / "live.db", persons(), at=NOW)
    (tmp_path / "data" / "screen_check").mkdir(parents=True)
    person = json.dumps({name: VALUES[name] for name in ITS_VALUES})
    (tmp_path / "data" / "screen_check" / f"{PROCESS}.json").write_text(person, encoding="utf-8")
    with Server(build_app(tmp_path / "live.db", clock=clock, drifts=drifts), name="verksamhetssystem") as server:
        for name, value in (("URL", server.url), ("USERNAME", "robot"), ("PASSWORD", "robot-prov")):
            monkeypatch.setenv(f"ARENDE_VERKSAMHETSSYSTEM_{name}", value)
        house = House.build(Settings(data=tmp_path / "data"), clock=clock)
        yield Town(house, clock, drifts)
        house.close()


def wait(until: Callable[[], bool]) -> None:
    """Wait for the scheduler's thread."""
    end = time.monotonic() + LONG_SECONDS
    while not until() and time.monotonic() < end:
        time.sleep(0.01)


def test_the_scheduler_rehearses_once_a_day_and_brakes_what_has_changed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before the hour, once after it; a changed screen is braked, proposed, and told in the metrics."""
    house = town.house
    monkeypatch.setattr(scheduler, "SCREENS_SECONDS", 0.05)
    regular = Scheduler(house)
    regular.start()
    wait(lambda: town.result() is not None)
    regular.stop()
    first = town.result()
    assert first is not None
    assert (first.code, first.at, house.brakes.pulled(PROCESS)) == ("", NOW, ())

    house.screen_check.look(house.library)
    assert town.result() == first
    town.drifts.replace(["etikett_omdopt"])
    town.clock.advance(timedelta(hours=19))  # the next morning before six
    house.screen_check.look(house.library)
    assert town.result() == first
    town.clock.advance(timedelta(hours=3))
    house.screen_check.look(house.library)
    second = town.result()
    assert second is not None
    assert (second.code, second.proposed) == ("skarmen_andrad", True)
    (brake,) = house.brakes.pulled(PROCESS)
    assert (brake.scope.kind, brake.scope.name) == ("screen", f"verksamhetssystem.{SCREEN}")
    told = rendered(house.database, town.clock.now()).decode()
    assert f'arende_screen_ok{{process="{PROCESS}",screen="{SCREEN}"}} 0.0' in told


def test_a_screen_may_have_values_of_its_own(tmp_path: Path) -> None:
    """What stands under `screens` goes before the test person's other values, for that screen only."""
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"manad": "2025-09", "namn": "A", "screens": {"beslut": {"manad": "2025-07"}}}))
    person = read_test_person(tmp_path, "p")
    assert person.values("beslut") == {"manad": "2025-07", "namn": "A"}
    assert person.values("berakning") == {"manad": "2025-09", "namn": "A"}
    path.write_text('{"screens": []}')
    with pytest.raises(ScreenCheckError, match="`screens` by screen"):
        read_test_person(tmp_path, "p")
    with pytest.raises(ScreenCheckError, match="has no test person"):
        read_test_person(tmp_path, "q")
