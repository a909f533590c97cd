"""A case system of another make is worked with a manifest and screen files alone; its own store is the judge."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from audit.clock import ManualClock
from connectors.manifest import CaseSystemManifest, load_as
from robot.definition import check
from robot.definition.document import Document
from robot.gui.bot import Bot, CaseSystem
from robot.gui.browser import BrowserPool
from robot.gui.failure import GuiFailure
from robot.gui.screen import ScreenFile
from testbed.serve import Server
from testbed.socialakten.app import build_app
from testbed.socialakten.store import NOTE, Store
from testbed.verksamhetssystem.faults import Fault, FaultKind, Faults
from testbed.verksamhetssystem.seed import DEMO_USERS
from tests.robot.gui.municipality import NOW, OTHER, REFERENCE, VALUES, persons

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCREENS = Path("testbed/socialakten/screens").absolute()
MANIFEST = load_as(Path("connectors/socialakten").absolute(), CaseSystemManifest)
PATIENCE = 10.0  # seconds that a page may take


@dataclass
class Running:
    """The system: its address, its app, what it stores now, and its faults."""

    url: str
    app: FastAPI
    store: Store
    faults: Faults

    def kinds(self) -> list[str]:
        """What the robot has written, oldest first."""
        return [one["kind"] for one in self.store.records() if one["by"] == "robot"]


def screen(name: str, **changes: Any) -> ScreenFile:
    """A screen file of Socialakten, with some of its keys changed."""
    return ScreenFile.model_validate({**Document.read(SCREENS, f"{name}.yaml").data, **changes})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[BrowserPool]:
    """A pool with its browser."""
    async with BrowserPool() as opened:
        yield opened


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The system, running."""
    faults = Faults()
    store = Store.seeded(tmp_path_factory.mktemp("akten") / "akten.sqlite", persons())
    app = build_app(store, clock=ManualClock(NOW), users=DEMO_USERS, faults=faults)
    with Server(app, name="socialakten") as server:
        yield Running(server.url, app, store, faults)


@pytest.fixture
def akten(running: Running, tmp_path: Path) -> Running:
    """The system as it was seeded, without faults. Sessions live on."""
    running.faults.replace([])
    running.store = Store.seeded(tmp_path / "akten.sqlite", persons())
    running.app.state.system.store = running.store
    return running


@pytest.fixture
def bot(akten: Running, pool: BrowserPool) -> Bot:
    """A bot of the system."""
    timeouts = MANIFEST.timeouts.model_copy(update={"read_seconds": PATIENCE})
    patient = MANIFEST.model_copy(update={"timeouts": timeouts})
    return Bot(
        CaseSystem("socialakten", akten.url, "robot", SecretStr(DEMO_USERS["robot"]), patient), pool, now=lambda: NOW
    )


async def failure_of(bot: Bot, name: str, **changes: Any) -> GuiFailure:
    """How writing a screen ends when it must not succeed."""
    with pytest.raises(GuiFailure) as caught:
        await bot.write(screen(name, **changes), VALUES)
    return caught.value


async def test_the_screens_name_facts_and_rules_of_the_process(tmp_path: Path) -> None:
    """In the process folder, in place of the other system's, `check` objects to none of them."""
    folder = tmp_path / "ekonomiskt_bistand"
    shutil.copytree("processes/ekonomiskt_bistand", folder, ignore=shutil.ignore_patterns("__pycache__", "contract"))
    for path in SCREENS.glob("*.yaml"):
        shutil.copy(path, folder / "screens" / path.name)
    assert [problem for problem in check(folder) if problem.file.startswith("screens/")] == []


async def test_a_case_is_written_and_found_again(akten: Running, bot: Bot) -> None:
    """Calculation and decision are saved once each, found by another path, and stored as the robot meant them."""
    for name in ("berakning", "beslut"):
        assert await bot.look(screen(name), VALUES) is None
        written = await bot.write(screen(name), VALUES)
        found = await bot.look(screen(name), VALUES)
        assert found is not None
        assert found.receipt == written.receipt
    calculation, decision = akten.store.records("EB-1001")
    typed = calculation["content"]
    assert [(row["namn"], row["normgrupp"], row["dagar"]) for row in typed["normrader"]] == [
        ("Astrid Exempel", "Ensamstående", ""),
        ("Bo Exempel", "Barn 7-10 år", "14"),
    ]
    assert (typed["avdrag_sokande"], typed["avdrag_sambo"]) == (True, False)
    assert typed["summor"]["Slutsumma"].replace("\u00a0", " ") == "-11 537,63"
    content = decision["content"]
    assert (content["utfall"], content["beslutsdag"], content["kontrollerat"]) == ("Bifall", "2025-09-22", True)
    assert REFERENCE in content["motivering"]
    assert akten.kinds() == ["berakning", "beslut"]


async def test_slow_answers_are_awaited(akten: Running, bot: Bot) -> None:
    """A view that keeps its heading while its content is on the way is not taken for the answer."""
    akten.faults.replace([Fault(FaultKind.SLOW, "akt", seconds=0.3)])
    written = await bot.write(screen("journalanteckning"), VALUES)
    found = await bot.look(screen("journalanteckning"), VALUES)
    assert found is not None
    assert found.receipt == written.receipt
    assert akten.kinds() == ["anteckning"]


async def test_the_akt_of_somebody_else_is_never_written_in(akten: Running, bot: Bot) -> None:
    """When the system opens another person's akt than the one asked for, nothing is written."""
    astray = [
        {"heading": "Sök akt", "fields": {"Personnummer, 12 siffror": {"text": OTHER}}, "press": "Hämta"},
        {"open_row": {"table": "Akter", "where": {"Aktnummer": {"text": "EB-1002"}}}},
    ]
    failure = await failure_of(bot, "journalanteckning", open=astray)
    assert (failure.kind, failure.code) == ("human", "fel_person")
    assert akten.kinds() == []


async def test_a_lost_answer_never_becomes_two_records(akten: Running, bot: Bot) -> None:
    """Nobody knows how the save went; looking by another path finds the one record."""
    akten.faults.replace([Fault(FaultKind.LOST_ANSWER, "save_note", times=1)])
    failure = await failure_of(bot, "journalanteckning")
    assert failure.after_save
    assert await bot.look(screen("journalanteckning"), VALUES) is not None
    assert akten.kinds() == ["anteckning"]


async def test_an_akt_that_somebody_changed_meanwhile_is_not_written_in(akten: Running, bot: Bot) -> None:
    """The system refuses a save from a page that is no longer the newest, and the robot begins anew later."""

    def somebody_saves() -> float:
        akten.store.save("EB-1001", NOTE, "2025-09", {"rubrik": "a", "text": "b"}, version=1, at=NOW, by="handlaggare")
        return 60.0

    with pytest.raises(GuiFailure) as caught:
        await bot.write(screen("journalanteckning"), VALUES, may_save=somebody_saves)
    assert (caught.value.kind, caught.value.code) == ("retry", "andrat_av_annan")
    assert akten.kinds() == []


async def test_a_refusal_in_the_last_step_is_read_in_its_box(akten: Running, bot: Bot) -> None:
    """What the system objects to in the wizard is its refusal, not an unknown box; nothing was saved."""
    pages = [dict(page) for page in Document.read(SCREENS, "beslut.yaml").data["pages"]]
    pages[-1]["fields"] = {"Beslutsfattare": "beslutsfattare", "Motivering": "beslutstext"}
    failure = await failure_of(bot, "beslut", pages=pages)
    assert (failure.kind, failure.code, failure.after_save) == ("human", "nekad_av_systemet", False)
    assert "Bekräfta att uppgifterna är kontrollerade." in failure.found
    assert akten.kinds() == []


@pytest.mark.parametrize(
    ("kind", "page", "ends"),
    [
        (FaultKind.DIALOG, "lists", ("human", "ovantad_dialog")),
        (FaultKind.ERROR_500, "lists", ("retry", "serverfel")),
    ],
)
async def test_what_goes_wrong_before_the_save_saves_nothing(
    akten: Running, bot: Bot, kind: FaultKind, page: str, ends: tuple[str, str]
) -> None:
    """A message nobody declared goes to a person, a server error is tried again later."""
    akten.faults.replace([Fault(kind, page, times=1)])
    failure = await failure_of(bot, "berakning")
    assert (failure.kind, failure.code, failure.after_save) == (*ends, False)
    assert akten.kinds() == []


async def test_a_session_that_ends_is_renewed(akten: Running, bot: Bot) -> None:
    """Logged out in the middle, the bot logs in again in two steps and starts the screen over."""
    akten.faults.replace([Fault(FaultKind.SESSION_END, "akt", times=1)])
    await bot.write(screen("journalanteckning"), VALUES)
    assert akten.kinds() == ["anteckning"]
