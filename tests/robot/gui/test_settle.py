"""A save that nobody saw the end of: looked for until the longest time that a request may be under way has passed."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from benchmarks.gui_cases import GuiCase
from benchmarks.gui_ours import NOTE, Ours, system_manifest
from connectors.manifest import Timeouts
from robot.gui.browser import BrowserPool
from robot.settings import ConnectorEnvironment
from robot.steps.base import Advance, Retry
from testbed.verksamhetssystem.faults import Fault, FaultKind
from tests.robot.gui.municipality import PERSON, Town

IN_FLIGHT_SECONDS, COMMITS_AFTER_SECONDS = 6.0, 4.5


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
async def test_a_save_that_comes_after_the_look_is_never_done_twice(
    town: Town, pool: BrowserPool, tmp_path: Path
) -> None:
    """The server commits after the robot has given up and looked; the second look waits for it, and there is one note.

    The robot waits one second for an answer, so it looks long before the commit.
    """
    manifest = system_manifest(read_seconds=1.0, connect_seconds=0.2, in_flight_seconds=IN_FLIGHT_SECONDS)
    ours = Ours.build(tmp_path / "robot", town.url, pool, manifest=manifest)
    try:
        (ref, *_) = ours.open_cases(3)
        hand, case = ours.hand(ref), GuiCase(PERSON, "EB-1001", date(2025, 9, 1))
        town.faults.replace([Fault(FaultKind.SLOW, "spara_anteckning", times=1, seconds=COMMITS_AFTER_SECONDS)])
        given_up = await ours.apply(hand, case, NOTE)
        assert isinstance(given_up, Retry)
        assert given_up.after_seconds == 0
        looked = await ours.apply(hand, case, NOTE)
        assert isinstance(looked, Retry)
        assert (looked.code, looked.after_seconds) == ("syns_inte_an", IN_FLIGHT_SECONDS)
        await asyncio.sleep(looked.after_seconds)
        assert isinstance(await ours.apply(hand, case, NOTE), Advance)
    finally:
        ours.close()
    assert len(town.stored("notes")) == 1


@pytest.mark.parametrize(
    ("in_flight", "settled"), [(None, 25.0), (3.0, 25.0), (90.0, 90.0)], ids=["unsaid", "shorter", "longer"]
)
def test_a_request_is_settled_when_nobody_can_be_at_work_with_it(in_flight: float | None, settled: float) -> None:
    """Never sooner than we wait ourselves, and as late as the manifest says."""
    timeouts = Timeouts(connect_seconds=5, read_seconds=20, in_flight_seconds=in_flight)
    assert timeouts.settled_after_seconds == settled


def test_the_settings_change_the_time_outs_that_they_name_and_no_other() -> None:
    """A municipality's own server may be slower than the manifest says."""
    own = Timeouts(connect_seconds=5, read_seconds=20)
    changed = ConnectorEnvironment(in_flight_seconds=90).timeouts(own)
    assert (changed.connect_seconds, changed.read_seconds, changed.settled_after_seconds) == (5, 20, 90)
