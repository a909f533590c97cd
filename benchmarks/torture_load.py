"""The load of a torture, and what strikes it. Everything random comes from the scenario's seed."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from audit.log.tables import EntryRow
from benchmarks.torture_processes import Pack, Process
from robot.engine.house import House
from robot.store.tables import CaseRow
from testbed.scenario.generate import Scenario

LOOK_SECONDS = 0.05
INTENT_SECONDS = 2.0
FREEZE_LEASES = (1.2, 2.2)
PROGRESS_SECONDS = 90.0
CALM_SECONDS = 120.0
"""Without a journal entry for so long after the last cycle, whatever is not done counts as lost."""
STRIKES = {
    "worker": 5,
    "machine": 3,
    "everything": 1,
    "browser": 3,
    "worker_frozen": 2,
    "machine_frozen": 2,
    "browser_frozen": 1,
}
"""Each once, and then by these weights. A browser's strike meets the machine when it has no browser just then."""
DATABASE_STRIKES = {**STRIKES, "database": 3}


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes. ``moments``: up to how many seconds work goes on after a sign of life, mostly and every third
    time: right into a step, or long enough that what was cut off has settled. ``answer_seconds``: of outside systems.
    """

    moments: tuple[float, float] = (2.0, 12.0)
    lease_seconds: float = 3.0
    answer_seconds: float = 5.0


class Torture:
    """The load and the strikes. Everything random comes from the scenario's seed."""

    def __init__(
        self,
        scenario: Scenario,
        house: House,
        pack: Pack,
        crash: Callable[[], None] | None,
        pace: Pace,
    ) -> None:
        self._waiting = iter(scenario.cases)
        self._house = house
        self._pack = pack
        self._crash = crash
        self._pace = pace
        self._random = Random(f"torture {scenario.seed}")
        self._among = STRIKES if crash is None else DATABASE_STRIKES
        self._first = self._random.sample(list(self._among), len(self._among))
        self._struck = 0.0
        self._newest = 0
        self.accepted: list[str] = []
        self.strikes: Counter[str] = Counter()
        self.restarted = 0
        self.seconds: list[float] = []
        self._pack.start()

    def cycle(self, *, handed_in: int) -> str:
        """Wait for a sign of life, hand in more, and strike at a random moment. Returns what was struck."""
        self._hand_in(handed_in)
        self._sign_of_life()
        self._await_moment()
        self._newest = self._newest_entry() or self._newest
        kind = self._strike()
        self.strikes[kind] += 1
        self._pack.start()
        return kind

    def calm(self) -> None:
        """Strike no more, and wait until every case has its end or nothing moves any longer."""
        self._sign_of_life()
        newest, since = -1, time.monotonic()
        while time.monotonic() - since < CALM_SECONDS and self._in_hand() != 0:
            self.restarted += self._pack.start()
            now = self._newest_entry()
            if now is not None and now != newest:
                newest, since = now, time.monotonic()
            time.sleep(LOOK_SECONDS)

    def _hand_in(self, so_many: int) -> None:
        folder = self._house.settings.intake
        folder.mkdir(parents=True, exist_ok=True)
        while len(self.accepted) < so_many:
            application = next(self._waiting).application
            unfinished = folder / f"{application['ansokan_id']}.part"
            unfinished.write_text(json.dumps(application, ensure_ascii=False), encoding="utf-8")
            unfinished.rename(unfinished.with_suffix(".json"))
            self.accepted.append(application["ansokan_id"])

    def _sign_of_life(self) -> None:
        """Wait until work goes on, and note how long after the kill, or the end of the freeze, it did.

        That a try was interrupted is told by a sweep, and no work yet: who strikes then only ever strikes at the start.
        """
        until = time.monotonic() + PROGRESS_SECONDS
        while time.monotonic() < until:
            self.restarted += self._pack.start()
            newest = self._newest_entry()
            if newest is not None and newest > self._newest:
                if self._struck:
                    self.seconds.append(time.monotonic() - self._struck)
                return
            if self._in_hand() == 0:
                return
            time.sleep(LOOK_SECONDS)
        self.seconds.append(PROGRESS_SECONDS)

    def _await_moment(self) -> None:
        """Any moment, or one right after an effect was intended: there a crash hurts the most."""
        short, long = self._pace.moments
        longest = long if self._random.random() < 1 / 3 else short
        moment, in_effect = self._random.uniform(0, longest), self._random.random() < 0.5
        time.sleep(moment)
        if in_effect:
            self._await_intent()
            time.sleep(self._random.uniform(0, 0.5))

    def _await_intent(self) -> None:
        newest, until = self._newest_entry("effect.intended"), time.monotonic() + INTENT_SECONDS
        while time.monotonic() < until and self._newest_entry("effect.intended") == newest:
            time.sleep(LOOK_SECONDS / 5)

    def _strike(self) -> str:
        kind = self._random.choices(list(self._among), list(self._among.values()))[0]
        if self._first:
            kind = self._first.pop()
        name = self._random.choice(self._pack.names)
        frozen_seconds = self._pace.lease_seconds * self._random.uniform(*FREEZE_LEASES)
        self._struck = time.monotonic()
        if kind == "database" and self._crash is not None:
            self._crash()
            return kind
        victims = self._victims(kind, name)
        if not victims:
            kind, victims = "machine", self._pack.machine(name)
        if kind.endswith("_frozen"):
            self._pack.freeze(victims)
            time.sleep(frozen_seconds)
            self._pack.thaw(victims)
            self._struck = time.monotonic()
        else:
            self._pack.kill(victims)
        return kind

    def _victims(self, kind: str, name: str) -> list[Process]:
        if kind == "everything":
            return [process for every in self._pack.names for process in self._pack.machine(every)]
        return self._pack.victims(kind.partition("_")[0], name)

    def _newest_entry(self, type_: str | None = None) -> int | None:
        """The newest entry's number; None while the database does not answer."""
        query = select(func.max(EntryRow.id)).where(col(EntryRow.type) != "step.retry")
        try:
            with self._house.database.read() as session:
                found = session.exec(query if type_ is None else query.where(col(EntryRow.type) == type_)).one()
        except SQLAlchemyError:
            return None
        return found or 0

    def _in_hand(self) -> int | None:
        """How many applications have no end yet; None while the database does not answer."""
        in_folder = len(list(self._house.settings.intake.glob("*.json")))
        running = select(func.count()).where(col(CaseRow.status) == "running")
        try:
            with self._house.database.read() as session:
                return in_folder + session.exec(running).one()
        except SQLAlchemyError:
            return None
