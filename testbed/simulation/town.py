"""The engine as it is, on a real database, with points where it writes and a simulation of everything outside."""

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from audit.clock import ManualClock
from audit.log.entry import Actor, Entry
from audit.log.journal import Journal
from audit.log.tables import EntryRow
from audit.stickprov.keeper import IN_MEMORY, Keeper
from audit.vault.keys import MasterKey
from audit.vault.vault import Vault
from connectors.contract import Failed
from connectors.manifest import discover as discover_connectors
from robot.definition import discover
from robot.definition.model import Stickprov
from robot.engine.brake import Brakes
from robot.engine.case import CaseState
from robot.engine.drawing import Drawing
from robot.engine.intake import Intake
from robot.engine.keepers import Embedded
from robot.engine.ledger import Ledger
from robot.engine.library import Library
from robot.engine.review import Reviews
from robot.engine.runner import Runner
from robot.engine.services import Services
from robot.steps.base import Draft
from robot.store.database import Database
from testbed.simulation.jobs import METADATA, SimulatedJobs
from testbed.simulation.outside import Outside, SimulatedBot, SimulatedChannel, SimulatedRegister
from testbed.simulation.stage import Fates, Stage

PROCESS = "simbidrag"
PROCESSES = Path(__file__).parent / "processes"
START = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)
DRAW_KEY = bytes(range(32))
MASTER_KEY = bytes(range(32, 64))
LOST = "database_lost"


class PointedJournal(Journal):
    """The process may die between any two entries of a transaction."""

    def __init__(self, clock: ManualClock, vault: Vault, stage: Stage) -> None:
        super().__init__(clock, vault)
        self._stage = stage

    def append(self, session: Session, case: str, type: str, *, actor: Actor, **named: Any) -> Entry:  # type: ignore[override]  # noqa: A002 - as the journal's
        """As ever, or never again."""
        self._stage.instant(f"append {type}")
        return super().append(session, case, type, actor=actor, **named)


class PointedLedger(Ledger):
    """The database may be lost, and the process may die, before and after each transaction."""

    def __init__(
        self, database: Database, journal: Journal, jobs: SimulatedJobs, clock: ManualClock, stage: Stage
    ) -> None:
        super().__init__(database, journal, jobs, clock)
        self._stage = stage

    def load(self, ref: str) -> CaseState:
        """Read, and let others go on before anything is made of it."""
        state = super().load(ref)
        self._stage.point("load", LOST)
        return state

    def write(self, state: CaseState, drafts: Sequence[Draft], **named: Any) -> CaseState:
        """Write between two points."""
        what = drafts[-1].type if drafts else "queue"
        _may_lose(self._stage.point(f"write {what}", LOST))
        written = super().write(state, drafts, **named)
        _may_lose(self._stage.point(f"written {what}", LOST))
        return written

    def must_be_newest(self, state: CaseState) -> None:
        """Look between two points."""
        self._stage.point("sure")
        super().must_be_newest(state)
        self._stage.point("surely")


@dataclass(frozen=True, slots=True)
class PointedDrawing(Drawing):
    """The process may die before and after the draw."""

    stage: Stage | None = None

    async def draw(self, state: CaseState, stratum: str, plan: Stickprov, *, actor: Actor) -> Failed | None:
        """Draw between two points."""
        if self.stage is not None:
            _may_lose(self.stage.point("draw", LOST))
        failed = await Drawing.draw(self, state, stratum, plan, actor=actor)
        if self.stage is not None:
            _may_lose(self.stage.point("drawn", LOST))
        return failed


def _may_lose(fate: str) -> None:
    if fate == LOST:
        raise OperationalError("COMMIT", {}, Exception("the database is gone"))


class Ground:
    """What all seeds share: the definition, read once, and an empty database to copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._empty = folder / "empty.sqlite"
        database = Database(f"sqlite:///{self._empty}")
        database.upgrade()
        METADATA.create_all(database.engine)
        self.library = Library(database, folder / "definitions", folders=lambda: discover(PROCESSES))
        self.library.current(PROCESS)
        self.manifests = {name: connector.manifest for name, connector in discover_connectors().items()}
        database.close()

    def database(self, name: str) -> Database:
        """An empty database of its own."""
        path = self.folder / f"{name}.sqlite"
        shutil.copyfile(self._empty, path)
        return Database(f"sqlite:///{path}")

    def remove(self, name: str) -> None:
        """Its files are no longer needed."""
        for path in self.folder.glob(f"{name}.sqlite*"):
            path.unlink()


class Town:
    """One seed's world. Every process of the robot works on the same database and the same outside."""

    def __init__(self, ground: Ground, fates: Fates, *, seed: str, jobs: Callable[..., SimulatedJobs]) -> None:
        self.name = seed
        self.ground = ground
        self.random = random.Random(f"{seed} bytes")
        self.stage = Stage(fates)
        self.clock = ManualClock(START)
        self.database = ground.database(seed)
        self.vault = Vault(MasterKey(MASTER_KEY), random_bytes=self.random.randbytes)
        self.journal = PointedJournal(self.clock, self.vault, self.stage)
        self.queue = jobs(self.database, self.clock, self.stage)
        self.ledger = PointedLedger(self.database, self.journal, self.queue, self.clock, self.stage)
        self.outside = Outside(self.stage, self.clock, random.Random(f"{seed} latency"), intended=self._intended)
        self.intake = Intake(
            self.ledger,
            ground.library,
            subject_index=self.vault.keys.subject_index,
            random_bytes=self.random.randbytes,
        )
        self.reviews = Reviews(self.ledger, ground.library)
        self.brakes = Brakes(self.database, self.journal)
        self.keeper = Keeper(DRAW_KEY, IN_MEMORY, self.clock)
        self.runner = self._runner()

    def close(self) -> None:
        """Let go of the database and remove it."""
        self.keeper.close()
        self.database.close()
        self.ground.remove(self.name)

    def _runner(self) -> Runner:
        outside = self.outside
        registers = {"skatteverket": SimulatedRegister(outside, "skatteverket")}
        channels = {
            "sms": SimulatedChannel(outside, "sms", knows_keys=True),
            "epost": SimulatedChannel(outside, "epost", knows_keys=False),
            "brev": SimulatedChannel(outside, "brev", knows_keys=True),
        }
        bots: Any = {"verksamhetssystem": SimulatedBot(outside)}
        services = Services(self.clock, registers, channels, bots, self.ground.manifests)
        drawing = PointedDrawing(self.database, self.journal, Embedded(self.keeper, self.clock), self.stage)
        return Runner(self.ledger, self.ground.library, services, drawing, self.brakes)

    def _intended(self, effect: str, reference: str, key: str | None) -> bool:
        """Ask the database itself, past everything that the engine remembers."""
        case = f"c_{reference.removeprefix('AR-').lower()}"
        query = select(EntryRow.data).where(
            col(EntryRow.case_ref).startswith(case), col(EntryRow.type).startswith("effect.")
        )
        with self.database.read() as session:
            entries = [Entry.parse(data) for data in session.exec(query.order_by(col(EntryRow.case_seq)))]
        open_keys: dict[str, bool] = {}
        for entry in entries:
            if entry.type == "effect.intended" and entry.body["effect"] == effect:
                open_keys[entry.body["key"]] = True
            elif entry.body["key"] in open_keys:
                open_keys[entry.body["key"]] = False
        return any(opened for found, opened in open_keys.items() if key in {None, found})
