"""What other users, windows, files and the browser itself do in the middle of a write; the system's data decides."""

import asyncio
import os
import signal
from dataclasses import replace
from typing import Any

import pytest

from connectors.manifest import KnownDialog
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool, Wear
from robot.gui.failure import GuiFailure
from testbed.verksamhetssystem.faults import Fault, FaultKind
from tests.robot.gui.municipality import NOW, VALUES, Town, screen
from tests.robot.gui.odd import FORM, OddSystem, case_system
from tests.robot.gui.odd import screen as odd_screen
from tests.robot.gui.test_form import VALUES as ODD_VALUES

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTE = "journalanteckning"


async def failure_of(bot: Bot) -> GuiFailure:
    """How writing a note ends when it must not succeed."""
    with pytest.raises(GuiFailure) as caught:
        await bot.write(screen(NOTE), VALUES)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "page", "ends"),
    [
        (FaultKind.CHANGED, "spara_anteckning", ("retry", "andrat_av_annan", True)),
        (FaultKind.DOWNLOAD, "ny_anteckning", ("retry", "ovantad_fil", False)),
        (FaultKind.DOWNLOAD, "spara_anteckning", ("retry", "ovantad_fil", True)),
        (FaultKind.ALERT, "ny_anteckning", ("human", "ovantad_dialog", False)),
        (FaultKind.ERROR_404, "ny_anteckning", ("stop", "sidan_nekad", False)),
        (FaultKind.WRONG_PERSON, "ny_anteckning", ("human", "fel_person", False)),
    ],
)
async def test_each_failure_ends_by_its_name_and_saves_nothing(
    town: Town, bot: Bot, kind: FaultKind, page: str, ends: tuple[str, str, bool]
) -> None:
    """A stale form, a file, a box, a lost page and another person's page are told apart, and nothing is stored."""
    town.faults.replace([Fault(kind, page, times=1)])
    failure = await failure_of(bot)
    assert (failure.kind, failure.code, failure.after_save) == ends
    assert town.stored("notes") == []


async def test_a_second_window_is_closed_and_goes_to_a_person(town: Town, bot: Bot) -> None:
    """A window that the page opens by itself may be another case: the robot does not go on beside it."""
    town.faults.replace([Fault(FaultKind.POPUP, "arende", times=1)])
    failure = await failure_of(bot)
    assert (failure.kind, failure.code) == ("human", "ovantat_fonster")
    assert town.stored("notes") == []


async def test_a_declared_message_is_closed_and_the_work_goes_on(town: Town, bot: Bot) -> None:
    """The manifest names the system's harmless messages and the button that closes them."""
    town.faults.replace([Fault(FaultKind.KNOWN_DIALOG, "ny_anteckning", times=1)])
    await bot.write(screen(NOTE), VALUES)
    assert len(town.stored("notes")) == 1


@pytest.mark.parametrize(("press", "saved"), [("OK", 1), ("Avbryt", 0)])
async def test_a_declared_box_of_the_browser_is_answered_as_declared(
    odd: OddSystem, odd_server: tuple[OddSystem, str], pool: BrowserPool, press: str, saved: int
) -> None:
    """OK says yes, anything else no."""
    odd.form = FORM.replace("<button>", "<button onclick=\"if(!confirm('Spara nu?'))event.preventDefault()\">")
    system = case_system(odd_server[1], read_seconds=2.0)
    manifest = system.manifest.model_copy(update={"dialogs": (KnownDialog(says="Spara nu?", press=press),)})
    bot = Bot(replace(system, manifest=manifest), pool, now=lambda: NOW)
    job: Any = bot.write(odd_screen(), ODD_VALUES)
    await asyncio.gather(job, return_exceptions=True)
    assert len(odd.saved) == saved


async def test_a_crashed_page_is_a_retry_and_the_next_job_works(
    odd: OddSystem, odd_bot: Bot, pool: BrowserPool
) -> None:
    """A renderer that dies ends the job at once, and the next one gets a new context."""
    odd.asked.clear()
    odd.gate.clear()
    job = asyncio.create_task(odd_bot.write(odd_screen(), ODD_VALUES))
    await asyncio.to_thread(odd.asked.wait, 5)
    for pid, kind in (await pool.processes()).items():
        if kind == "renderer":
            os.kill(pid, signal.SIGKILL)
    with pytest.raises(GuiFailure) as caught:
        await job
    odd.gate.set()
    assert (caught.value.kind, caught.value.after_save) == ("retry", False)
    await odd_bot.write(odd_screen(), ODD_VALUES)
    assert len(odd.saved) == 1


async def test_worn_contexts_and_a_grown_browser_are_made_anew() -> None:
    """After so many jobs the context is another one, and above the limit of memory the browser is."""
    async with BrowserPool(wear=Wear(jobs=2, megabytes=1, look_every=3)) as pool:
        contexts, browsers = [], []
        for _ in range(4):
            async with pool.tab("robot", 1) as tab:
                contexts.append(tab.context)
                browsers.append(tab.context.browser)
    assert contexts[0] is contexts[1]
    assert contexts[1] is not contexts[2]
    assert browsers[0] is browsers[2]
    assert browsers[2] is not browsers[3]
