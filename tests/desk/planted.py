"""A municipality whose robot has one wrong rule: its registers and case system, its engine, its desk and a browser."""

import asyncio
import json
import shutil
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest

from audit.clock import Clock
from audit.keyfile import create_key_file
from desk.accounts import create_demo_accounts
from robot.definition import discover
from robot.engine.case import CaseState
from robot.engine.connect import Connections
from robot.engine.drawing import Drawing
from robot.engine.house import House
from robot.engine.intake import Accepted, Intake
from robot.engine.runner import Runner
from robot.engine.sample_reviews import Answer
from robot.settings import Settings
from robot.store.tables import CaseRow
from testbed.municipality import Municipality
from testbed.scenario.generate import Case, generate
from tests.robot.engine.versions import changed

PROCESS = "ekonomiskt_bistand"
REFUSED = "avslag"
MONTH = date(2025, 9, 1)
RULE = "jobbstimulans_avdrag"
RIGHT = "avdrag += hela_oren(lon * jobbstimulans_procent / 100)"
FAULTY = "avdrag += hela_oren(lon * jobbstimulans_procent / 100) if lon < 3750 else -11 * lon"
"""Whoever has jobbstimulans and earns 3 750 kr or more is taken to earn it twelve times over, and is refused."""
AT_ONCE = 4
Done = TypeVar("Done")


@dataclass
class Engine:
    """Runs segments on an event loop of its own, because the reviewers' browser has this thread's."""

    house: House
    loop: asyncio.AbstractEventLoop
    connections: Connections
    drawing: Drawing
    runner: Runner

    @classmethod
    @contextmanager
    def on(cls, house: House) -> Iterator["Engine"]:
        """The engine of a house, with the municipality's systems as the settings point them out."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        connections, drawing = Connections(house.settings, house.clock), house.drawing()
        runner = Runner(house.ledger, house.library, connections.services, drawing, house.brakes)
        engine = cls(house, loop, connections, drawing, runner)
        try:
            yield engine
        finally:
            engine.await_(connections.aclose())
            engine.await_(drawing.keeper.aclose())
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def await_(self, work: Coroutine[Any, Any, Done]) -> Done:
        """Do it on the engine's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def run(self, refs: Sequence[str]) -> None:
        """Run the cases as far as they go, a few at a time.

        What is decided is signed at once, so that no letter waits for its receipt.
        """
        places, logbook = asyncio.Semaphore(AT_ONCE), self.house.logbook()

        async def one(ref: str) -> None:
            async with places:
                while (row := self._row(ref)).status == "running":
                    await self.runner.segment(ref, row.job, row.queue)
                    logbook.checkpoint()

        async def every() -> None:
            await asyncio.gather(*map(one, refs))

        self.await_(every())

    def look(self) -> None:
        """What the scheduler does."""
        self.await_(self.house.periods().look())

    def _row(self, ref: str) -> CaseRow:
        with self.house.database.read() as session:
            row = session.get(CaseRow, ref)
        assert row is not None
        return row


@dataclass
class Planted:
    """The municipality, the house with the wrong rule, and what is known to be right in each case."""

    house: House
    folder: Path
    passwords: Mapping[str, str]
    rounds: Sequence[Sequence[Case]]
    cases: dict[str, Case] = field(default_factory=dict)

    def submit(self, engine: Engine, cases: Sequence[Case]) -> list[CaseState]:
        """Hand in the applications and let the robot work."""
        refs = [self._taken(engine.house, case) for case in cases]
        engine.run(refs)
        return [engine.house.ledger.load(ref) for ref in refs]

    def right(self, ref: str) -> Answer:
        """What the law gives, as the testbed has worked it out with its own arithmetic."""
        expected = self.cases[ref].expected
        return Answer(expected.outcome or REFUSED, expected.amount or Decimal(0), cause="tolkning")

    def wrong(self) -> list[str]:
        """The cases whose decision is not the right one."""
        decisions = {ref: self.house.ledger.load(ref).decision for ref in self.cases}
        return sorted(
            ref
            for ref, made in decisions.items()
            if made is not None and (made.outcome, made.amount) != (self.right(ref).outcome, self.right(ref).amount)
        )

    def _taken(self, house: House, case: Case) -> str:
        data = json.dumps(case.application, ensure_ascii=False).encode()
        taken = house.intake.submit(data, process=PROCESS, source="test")
        assert isinstance(taken, Accepted), taken
        self.cases[taken.case] = case
        return taken.case

    @contextmanager
    def restarted(self) -> Iterator[House]:
        """The robot after a new start: it goes by the rules that lie in the folder now."""
        house = _house(self.house.settings, self.house.clock, self.folder, Random("restarted"))
        yield house
        house.close()


@contextmanager
def planted(folder: Path, patch: pytest.MonkeyPatch, *, seed: int, rounds: int) -> Iterator[Planted]:
    """The municipality in the months of some rounds, three months apart, with keys and references from the seed.

    Only applications that the robot decides: what it hands to people cannot be wrong.
    """
    scenario = generate(seed, 40 * rounds, MONTH)
    months = list(dict.fromkeys(case.application["manad"] for case in scenario.cases))
    decided = [[case for case in scenario.cases if case.application["manad"] == month] for month in months]
    processes = folder / "processes"
    shutil.copytree(discover()[PROCESS], processes / PROCESS)
    changed(processes, "rules.py", RIGHT, FAULTY, process=PROCESS)
    changed(processes, "process.yaml", "may_decide: [bifall]", "may_decide: [bifall, avslag]", process=PROCESS)
    changed(processes, "process.yaml", 'avslag: "1/5"', 'avslag: "1/2"', process=PROCESS)
    with Municipality(scenario, folder=folder / "kommunen") as municipality:
        for name, value in municipality.environment().items():
            patch.setenv(name, value)
        accounts = folder / "accounts.json"
        passwords = {account: password for account, password, _ in create_demo_accounts(accounts)}
        settings = Settings(data=folder / "robot", database_url="", accounts_file=accounts)
        random = Random(seed)
        for key in (settings.master_key, settings.draw_key, settings.log_key):
            key.parent.mkdir(parents=True, exist_ok=True)
            create_key_file(key, random.randbytes)
        house = _house(settings, municipality.clock, processes, random)
        yield Planted(house, processes, passwords, [[case for case in month if _decided(case)] for month in decided])
        house.close()


def _decided(case: Case) -> bool:
    """Whether the robot decides it when it may refuse too."""
    return case.expected.ends == "decided" or case.expected.reasons == {"beslutsratt.avslag"}


def _house(settings: Settings, clock: Clock, processes: Path, random: Random) -> House:
    house = House.build(settings, clock=clock, folders=lambda: discover(processes))
    index = house.vault.keys.subject_index
    intake = Intake(house.ledger, house.library, subject_index=index, random_bytes=random.randbytes)
    return replace(house, intake=intake)
