"""What stops a screen or a whole system pulls the right brake, before anything is saved."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from audit.clock import ManualClock
from audit.log.receipt import Receipt
from connectors.contract import Failed
from connectors.manifest import discover
from robot.definition.model import Stickprov
from robot.engine.case import CaseState
from robot.engine.scope import Scope
from robot.engine.world import World
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.screen import ScreenFile
from robot.steps.base import Advance, Change, Draft, HandOver, Result
from robot.steps.fill import Fill
from robot.steps.read import Read
from testbed.verksamhetssystem.faults import Fault, FaultKind
from tests.robot.gui.municipality import NOW, VALUES, Town, screen
from tests.robot.gui.odd import case_system

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANIFESTS = {name: connector.manifest for name, connector in discover().items()}
STATE = CaseState(
    "c_" + "0" * 32, "ekonomiskt_bistand", "sha256:0", VALUES["manad"], NOW, NOW, NOW + timedelta(days=1), 1
)


@dataclass
class Noted:
    """A hand that keeps what it is told."""

    state: CaseState = STATE
    types: list[str] = field(default_factory=list)
    pulled: list[tuple[Scope, str]] = field(default_factory=list)

    def write(self, drafts: Sequence[Draft]) -> None:
        """Keep the types."""
        self.types += [draft.type for draft in drafts]

    def sure(self) -> float:
        """Nobody else works on the case."""
        return 600.0

    async def draw(self, stratum: str, plan: Stickprov) -> Failed | None:
        """Never drawn here."""
        raise AssertionError(stratum, plan)

    def receipt(self) -> Receipt | None:
        """No log is signed here."""

    def pull(self, scope: Scope, code: str) -> None:
        """Keep what was pulled."""
        self.pulled.append((scope, code))


def renamed(name: str, label: str, other: str) -> ScreenFile:
    """The screen file as it was before the system renamed something."""
    text = screen(name).model_dump_json(by_alias=True, exclude_unset=True)
    assert f'"{label}"' in text
    return ScreenFile.model_validate(json.loads(text.replace(f'"{label}"', f'"{other}"')))


async def done(step: Fill | Read, name: str, file: ScreenFile, bot: Bot) -> tuple[Result, Noted]:
    """Carry the step out with the screen file."""
    hand = Noted()
    case: Any = SimpleNamespace(definition=SimpleNamespace(screens={name: file}), state=STATE)
    world = World(hand, ManualClock(NOW), bots={"verksamhetssystem": bot}, manifests=MANIFESTS)
    values = {wanted.name: VALUES[wanted.name] for wanted in file.names()}
    change = Change(f"verksamhetssystem.{name}", "+", payload={"values": values})
    return await step.apply(case, change, world), hand


async def test_a_renamed_field_stops_its_screen(town: Town, bot: Bot) -> None:
    """The screen's brake is pulled with the cause, nothing is saved, and the case goes to a person."""
    file = renamed("journalanteckning", "Rubrik", "Ärendemening")
    result, hand = await done(Fill(fill="journalanteckning"), "journalanteckning", file, bot)
    assert isinstance(result, HandOver)
    assert hand.pulled == [(Scope("screen", "verksamhetssystem.journalanteckning"), "skarmen_andrad")]
    assert hand.types == ["effect.intended", "effect.failed"]
    assert town.stored("notes") == []


async def test_a_renamed_field_of_a_read_screen_stops_it_too(town: Town, bot: Bot) -> None:
    """The fact is missing for this case, and the next case does not try."""
    file = renamed("forra_berakningen", "Ärendenummer", "Diarienummer")
    result, hand = await done(
        Read.model_validate({"read": "forra_berakningen", "as": "forra_berakningen"}), "forra_berakningen", file, bot
    )
    assert isinstance(result, Advance)
    assert result.drafts[0].body["known"] is False
    assert hand.pulled == [(Scope("screen", "verksamhetssystem.forra_berakningen"), "skarmen_andrad")]


async def test_a_refused_login_stops_the_whole_system(town: Town, pool: BrowserPool) -> None:
    """Nobody gets in, so no screen of the system is tried by the next case."""
    system = replace(case_system(town.url), username="utestangd", password=SecretStr("fel"))
    bot = Bot(system, pool, now=lambda: NOW)
    result, hand = await done(Fill(fill="beslut"), "beslut", screen("beslut"), bot)
    assert isinstance(result, HandOver)
    assert hand.pulled == [(Scope("connector", "verksamhetssystem"), "inloggning_nekad")]


async def test_a_temporary_fault_stops_nothing(town: Town, bot: Bot) -> None:
    """A broken answer before the save is tried again, and pulls no brake."""
    town.faults.replace([Fault(FaultKind.ERROR_500, times=1)])
    _, hand = await done(Fill(fill="journalanteckning"), "journalanteckning", screen("journalanteckning"), bot)
    assert hand.pulled == []
