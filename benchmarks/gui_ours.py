"""The robot's side of the GUI measurements: the verb `fill` with a real journal, lease and database."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from pydantic import SecretStr

from audit.clock import SystemClock
from audit.log.entry import Actor
from audit.log.receipt import Receipt
from benchmarks.gui_cases import GuiCase, screen
from benchmarks.gui_raw import USER
from connectors.contract import Failed
from connectors.manifest import CaseSystemManifest, discover
from robot.definition.model import Stickprov
from robot.engine.case import CaseState
from robot.engine.house import House
from robot.engine.intake import Accepted
from robot.engine.lease import Lease
from robot.engine.ledger import Ledger
from robot.engine.scope import Scope
from robot.engine.services import BUILD
from robot.engine.world import World
from robot.gui.bot import Bot, CaseSystem
from robot.gui.browser import BrowserPool
from robot.settings import Settings
from robot.steps.base import Advance, Change, Draft, Result
from robot.steps.fill import Fill
from testbed.scenario.generate import generate
from testbed.verksamhetssystem.seed import DEMO_USERS

SYSTEM, SCREEN, NOTE = "verksamhetssystem", "berakning", "journalanteckning"
LEASE_SECONDS = 600.0
MANIFESTS = {name: connector.manifest for name, connector in discover().items()}


class JournalHand:
    """Writes to one case of a real journal, as the runner's hand does."""

    def __init__(self, ledger: Ledger, lease: Lease, ref: str) -> None:
        self._ledger = ledger
        self._held = lease.held()
        self.state: CaseState = replace(ledger.load(ref), restricted=False)  # with values and a picture as evidence
        self.pulled: list[tuple[Scope, str]] = []

    def write(self, drafts: Sequence[Draft]) -> None:
        """Append entries in one commit."""
        actor = Actor(kind="robot", id=self.state.process, build=BUILD, rules=self.state.version)
        self.state = self._ledger.write(self.state, drafts, actor=actor, term=self._held.term)

    def sure(self) -> float:
        """Renew the lease, and see that nobody has moved the case."""
        left = self._held.confirm()
        self._ledger.must_be_newest(self.state)
        return left

    async def draw(self, stratum: str, plan: Stickprov) -> Failed | None:
        """Nothing is drawn here."""
        raise NotImplementedError(stratum, plan)

    def receipt(self) -> Receipt | None:
        """No log is signed here."""

    def pull(self, scope: Scope, code: str) -> None:
        """Keep what was pulled."""
        self.pulled.append((scope, code))


def system_manifest(*, concurrency: int = 1, **timeouts: float) -> CaseSystemManifest:
    """The case system's manifest, for so many sessions, and with these time-outs in seconds."""
    own = MANIFESTS[SYSTEM]
    if not isinstance(own, CaseSystemManifest):
        raise TypeError(own)
    rate, times = (
        own.rate.model_copy(update={"concurrency": concurrency}),
        own.timeouts.model_copy(update=timeouts),
    )
    return own.model_copy(update={"rate": rate, "timeouts": times})


@dataclass(frozen=True)
class Ours:
    """A robot with its own database, and journalled cases to write for."""

    house: House
    lease: Lease
    bot: Bot
    manifest: CaseSystemManifest

    @classmethod
    def build(cls, folder: Path, url: str, pool: BrowserPool, *, manifest: CaseSystemManifest) -> "Ours":
        """A robot that works in the case system at this address."""
        clock = SystemClock()
        house = House.build(Settings(data=folder), clock=clock)
        lease = Lease(house.database, clock, name="bench", serves=[SYSTEM], seconds=LEASE_SECONDS)
        lease.open()
        system = CaseSystem(SYSTEM, url, USER, SecretStr(DEMO_USERS[USER]), manifest)
        return cls(house, lease, Bot(system, pool, now=clock.now), manifest)

    def open_cases(self, count: int) -> list[str]:
        """New cases in the journal."""
        found = []
        for case in generate(1, count, date(2025, 9, 1)).cases:
            taken = self.house.intake.submit(
                json.dumps(case.application).encode(), process="ekonomiskt_bistand", source="bench"
            )
            if isinstance(taken, Accepted):
                found.append(taken.case)
        return found

    @contextmanager
    def timed_looks(self) -> Iterator[list[float]]:
        """The seconds of every look by the other path, while the block runs."""
        spent: list[float] = []
        look = self.bot.look

        async def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return await look(*args, **kwargs)
            finally:
                spent.append(time.perf_counter() - began)

        with patch.object(self.bot, "look", timed):
            yield spent

    def hand(self, ref: str) -> JournalHand:
        """The hand that writes to a case."""
        return JournalHand(self.house.ledger, self.lease, ref)

    async def apply(self, hand: JournalHand, case: GuiCase, name: str) -> Result:
        """The verb `fill`: intend, fill, save, look up."""
        world = World(hand, self.house.clock, bots={SYSTEM: self.bot}, manifests={SYSTEM: self.manifest})
        view: Any = SimpleNamespace(state=hand.state, definition=SimpleNamespace(screens={name: screen(name)}))
        values = case.values() if name == SCREEN else case.note()
        return await Fill(fill=name).apply(view, Change(f"{SYSTEM}.{name}", "+", payload={"values": values}), world)

    async def write(self, case: GuiCase, ref: str) -> None:
        """Write the calculation, with its proof in the journal."""
        hand = self.hand(ref)
        result = await self.apply(hand, case, SCREEN)
        if not isinstance(result, Advance):
            msg = f"the robot did not write {case.case} {case.month:%Y-%m}: {result}"
            raise TypeError(msg)
        hand.write(result.drafts)

    def close(self) -> None:
        """Let go of the database."""
        self.lease.close()
        self.house.close()
