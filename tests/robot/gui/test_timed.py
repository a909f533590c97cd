"""Every screen is timed, by what was done and how it ended."""

import pytest
from prometheus_client import generate_latest

from robot.engine.metrics import PROCESS, screen_time
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.failure import GuiFailure
from tests.robot.gui.municipality import NOW
from tests.robot.gui.odd import FORM, OddSystem, case_system, screen
from tests.robot.gui.test_form import VALUES


@pytest.mark.asyncio(loop_scope="module")
async def test_a_screen_is_timed_also_when_it_fails(
    odd: OddSystem, odd_server: tuple[OddSystem, str], pool: BrowserPool
) -> None:
    """The figures tell screen, act and outcome, and nothing about the case."""
    bot = Bot(case_system(odd_server[1]), pool, now=lambda: NOW, timed=screen_time)
    await bot.write(screen(), VALUES)
    odd.form = FORM.replace("Belopp", "Summa")
    with pytest.raises(GuiFailure):
        await bot.write(screen(), VALUES)
    told = generate_latest(PROCESS).decode()
    for outcome in ("done", "stop"):
        labels = f'act="write",outcome="{outcome}",screen="prov"'
        assert f"arende_screen_seconds_count{{{labels}}} 1.0" in told
