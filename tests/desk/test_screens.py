"""The page Drift tells whether the case system's screens are as their files say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from robot.gui.contract import Change
from robot.gui.failure import GuiFailure
from robot.gui.screen_check import Checked, Proposed
from tests.desk.conftest import Town, Visitor, copied

PROCESS = "ekonomiskt_bistand"


@pytest.fixture
def town(template: Path, tmp_path: Path) -> Iterator[Town]:
    """An own copy, because a check pulls the brake."""
    with copied(template, tmp_path / "data") as town:
        yield town


async def test_the_results_of_the_screen_check_are_shown(visitor: Visitor, town: Town) -> None:
    """Nothing yet; then which screens are as their files say, what has changed, and that a proposal waits."""
    await visitor.login("drift")
    assert "Ingen skärm är provad." in (await visitor.http.get("/drift")).text
    screens = town.house.library.current(PROCESS).screens
    town.house.screen_check.note(PROCESS, screens["beslut"], Checked("beslut", None, (), (), None, None))
    change = Change("missing", "Rubrik", "Rubrik saknas", "Rubrik: expected once, found 0 times")
    stopped = GuiFailure("stop", "skarmen_andrad", "Sidan är inte som skärmfilen beskriver.")
    proposed = Proposed("", (), True, None)
    checked = Checked("journalanteckning", stopped, (change,), (), None, proposed)
    town.house.screen_check.note(PROCESS, screens["journalanteckning"], checked)
    page = (await visitor.http.get("/drift")).text
    rows = {row.partition("</th>")[0]: row for row in page.split('<th scope="row">')}
    assert "Som skärmfilen beskriver" in rows["beslut"]
    changed = rows["journalanteckning"]
    for words in ("skarmen_andrad", change.english, f"arende gui accept {PROCESS} journalanteckning"):
        assert words in changed
