"""A house whose process samples as a test wants it, and a keeper that may be silent."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from audit.clock import ManualClock
from audit.log.entry import Entry, leaf_hash
from audit.stickprov.keeper import Answer, Pledge, Question, Reveal
from connectors.contract import Failed, FailureKind
from robot.engine.drawing import Drawing
from robot.engine.keepers import KeeperDoor
from robot.engine.logbook import Logbook
from robot.engine.periods import Closed, Periods
from robot.engine.review import Person
from robot.engine.sample_control import SampleControl
from testbed.scenario.months import shifted
from testbed.scenario.numbers import published
from tests.robot.engine.ground import PROCESS, PROCESSES, START, Ground, application, build

BO, CIA, DAN = Person("bo", "Bo Exempel"), Person("cia", "Cia Exempel"), Person("dan", "Dan Exempel")
PERIOD = "2025-09"
RARE = '"1/1000000"'


@dataclass
class Silent:
    """A keeper that does not answer while ``fails`` says why."""

    door: KeeperDoor
    fails: Failed | None = None
    kind: Literal["embedded"] = "embedded"
    asked: list[Question] = field(default_factory=list)

    async def pledge(self, log: str, period: str) -> Pledge | Failed:
        """As the keeper, when it answers."""
        return self.fails or await self.door.pledge(log, period)

    async def ask(self, question: Question) -> Answer | Failed:
        """As the keeper, when it answers."""
        self.asked.append(question)
        return self.fails or await self.door.ask(question)

    async def reveal(self, log: str, period: str) -> Reveal | Failed:
        """As the keeper, when it answers."""
        return self.fails or await self.door.reveal(log, period)

    async def aclose(self) -> None:
        """Close the keeper."""
        await self.door.aclose()


@dataclass
class Sampled:
    """A house, its keeper, and its periods."""

    ground: Ground
    keeper: Silent
    periods: Periods
    cases: int = 0

    @property
    def control(self) -> SampleControl:
        """The rate control."""
        return self.periods.control

    def couple(self, **more: Any) -> str:
        """A handled case of the stratum that is sampled; its reference."""
        return self.ground.handled(self.handed_in(people=2, **more)).ref

    def handed_in(self, **more: Any) -> bytes:
        """Another application: of another person, or when those are used up, of another month.

        Two of one person for one month would be a remark.
        """
        self.cases += 1
        earlier, person = divmod(self.cases, len(published()))
        month = shifted(START.date().replace(day=1), -earlier)
        return application(number=published()[person], manad=f"{month:%Y-%m}", **more)

    def decided_by(self, person: Person, **more: Any) -> str:
        """A case that a person decided; its reference."""
        waiting = self.ground.handled(self.handed_in(income="4500.00", **more))
        self.ground.house.reviews.agree(waiting.ref, person)
        return self.ground.run(waiting.ref).ref

    def ask_early(self, asked: Question, made_up: Entry) -> None:
        """Ask the keeper about a decision that was never journalled."""
        data = made_up.canonical()
        probe = Question(asked.log, asked.period, made_up.case, leaf_hash(data).hex(), data)
        assert isinstance(asyncio.run(self.keeper.ask(probe)), Answer)

    def silence(self, kind: FailureKind = FailureKind.RETRY) -> None:
        """Let the keeper fall silent."""
        now = self.ground.clock.now()
        self.keeper.fails = Failed("dragare", now, "fraga", kind, "tidsgrans", "Dragaren svarade inte i tid.")

    def month_passes(self) -> None:
        """Go to the second of October."""
        self.ground.clock.advance(datetime(2025, 10, 2, 8, tzinfo=UTC) - self.ground.clock.now())

    def signed(self) -> Logbook:
        """A checkpoint over everything; the log it stands in."""
        logbook = self.ground.house.logbook()
        logbook.checkpoint()
        return logbook

    def close(self, **more: Any) -> Closed:
        """Close September."""
        return asyncio.run(self.periods.close(PROCESS, PERIOD, **more))

    def look(self) -> None:
        """What the scheduler does."""
        asyncio.run(self.periods.look())

    def entries(self, ref: str, kind: str = "") -> list[Entry]:
        """Entries of a case or chain, of a type when one is given."""
        with self.ground.house.database.read() as session:
            entries = self.ground.house.ledger.journal.entries(session, ref)
        return [entry for entry in entries if kind in {"", entry.type}]

    def chain(self, kind: str = "") -> list[Entry]:
        """Entries of September's chain."""
        return self.entries(f"stickprov-{PROCESS}-{PERIOD}", kind)


def sampled(folder: Path, *, url: str = "", **settings: str) -> Sampled:
    """A house whose stickprov has these lines in its process.yaml; ``url``: another database than a SQLite file."""
    processes = folder / "processes"
    shutil.copytree(PROCESSES, processes)
    path = processes / PROCESS / "process.yaml"
    before, _, _ = path.read_text(encoding="utf-8").partition("stickprov:")
    wanted = {"rates": f'{{ensam: {RARE}, par: "1"}}', "blind": RARE, "second": RARE, **settings}
    lines = "".join(f"  {name}: {value}\n" for name, value in wanted.items())
    path.write_text(f"{before}stickprov:\n{lines}", encoding="utf-8")
    ground = build(folder / "data", url=url, processes=processes, clock=ManualClock(START))
    keeper = Silent(ground.runner.drawing.keeper)
    drawing = Drawing(ground.house.database, ground.house.ledger.journal, keeper)
    ground.runner = replace(ground.runner, drawing=drawing)
    house = ground.house
    return Sampled(ground, keeper, Periods(house.ledger, house.library, drawing, house.brakes))


Make = Callable[..., Sampled]
HOUR = timedelta(hours=1)
