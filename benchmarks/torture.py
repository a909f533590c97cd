"""Never lost, never twice: a load of cases while workers, browsers and the database are killed and frozen."""

import json
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from audit.keyfile import create_key_file
from audit.log.tables import EntryRow
from benchmarks.torture_postgres import PrivatePostgres, TortureError, cut_off
from benchmarks.torture_processes import Pack, Process
from benchmarks.torture_verdict import Verdict, judge
from robot.engine.house import House
from robot.settings import PREFIX, Settings
from robot.store.tables import CaseRow
from testbed.municipality import Municipality
from testbed.scenario.generate import MOST_CASES, Scenario, generate

MONTH = date(2025, 9, 1)
CASES_PER_CYCLE = 1.5
LOOK_SECONDS = 0.05
LEASE_SECONDS = 3.0
MOMENTS = (2.0, 12.0)
"""Up to how many seconds work goes on after a sign of life: mostly until right into a step, every third time long
enough that what was cut off has settled and goes on."""
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
DATABASE_STRIKES = {**STRIKES, "database": 3}
HURRY = {
    "QUEUE_POLL_SECONDS": "0.1",
    "POLL_SECONDS": "0.5",
    "LEASE_SECONDS": str(LEASE_SECONDS),
    "DRAIN_SECONDS": "5",
    "DRIFT_RECENT": "0",
    # A worker dies every few seconds here, so that deaths say nothing about the case that was in hand.
    "INTERRUPTIONS": "1000",
    **{f"{name}_CONNECT_SECONDS": "1" for name in ("VERKSAMHETSSYSTEM", "SMS", "EPOST", "BREV")},
    **{f"{name}_READ_SECONDS": "5" for name in ("VERKSAMHETSSYSTEM", "SMS", "EPOST", "BREV")},
}
FAULTS = ("lost", "doubled", "without_intent", "wrong_end_states")
Progress = Callable[[int, str], None]


def run(
    cycles: int,
    *,
    seed: int,
    cases: int | None = None,
    workers: int | None = None,
    database_url: str = "",
    postgres: bool = False,
    folder: Path | None = None,
    moments: tuple[float, float] = MOMENTS,
    progress: Progress = lambda _cycle, _strike: None,
) -> dict[str, Any]:
    """Kill or freeze something in each of ``cycles``, then let everything come to its end, and count.

    ``postgres``: start a private server, which is also crashed. With the ``database_url`` of another server its
    sessions are ended instead. ``workers``: one on SQLite, three on PostgreSQL unless given. ``folder``: where data and
    logs are left, else nothing is. ``moments``: see `MOMENTS`.

    Raises:
        TortureError: The database holds cases already, or no PostgreSQL can be started.

    """
    scenario = generate(seed, cases or min(MOST_CASES, round(10 + CASES_PER_CYCLE * cycles)), MONTH)
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="arende-torture-")))
        place.mkdir(parents=True, exist_ok=True)
        server = stack.enter_context(PrivatePostgres(place / "postgres")) if postgres else None
        url = server.url if server else database_url
        town = stack.enter_context(Municipality(scenario, folder=place / "kommun"))
        house = _house(place / "robot", url, scenario, town)
        stack.callback(house.close)
        many = workers or (3 if url.startswith("postgresql") else 1)
        pack = Pack(
            [f"worker-{number}" for number in range(1, many + 1)],
            lambda: _environment(town, house.settings),
            logs=place,
        )
        stack.callback(pack.close)
        crash = server.crash if server else (lambda: cut_off(url)) if url.startswith("postgresql") else None
        torture = _Torture(scenario, house, pack, crash, moments)
        for cycle in range(cycles):
            progress(cycle + 1, torture.cycle(handed_in=len(scenario.cases) * (cycle + 1) // cycles))
        torture.calm()
        verdict = judge(scenario, torture.accepted, town, house)
        return _report(torture, verdict, house)


class _Torture:
    """The load and the strikes. Everything random comes from the scenario's seed."""

    def __init__(
        self,
        scenario: Scenario,
        house: House,
        pack: Pack,
        crash: Callable[[], None] | None,
        moments: tuple[float, float],
    ) -> None:
        self._waiting = iter(scenario.cases)
        self._house = house
        self._pack = pack
        self._crash = crash
        self._moments = moments
        self._random = Random(f"torture {scenario.seed}")
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
        short, long = self._moments
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
        among = STRIKES if self._crash is None else DATABASE_STRIKES
        kind = self._random.choices(list(among), list(among.values()))[0]
        name = self._random.choice(self._pack.names)
        frozen_seconds = LEASE_SECONDS * self._random.uniform(*FREEZE_LEASES)
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


def _house(data: Path, url: str, scenario: Scenario, town: Municipality) -> House:
    secrets = data / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    # Keys from the seed, so that the same seed draws the same stickprov. Only a simulation may do this.
    random = Random(scenario.seed)
    for name in ("master.key", "draw.key"):
        if not (secrets / name).exists():
            create_key_file(secrets / name, random.randbytes)
    house = House.build(Settings(data=data, database_url=url, intake_folder=data / "intake"), clock=town.clock)
    with house.database.read() as session:
        found = session.exec(select(func.count()).select_from(CaseRow)).one()
    if found:
        house.close()
        msg = f"the database holds {found} cases already; a torture needs an empty one of its own"
        raise TortureError(msg)
    return house


def _environment(town: Municipality, settings: Settings) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) or "BROWSER" in name}
    ours = {f"{PREFIX}{name}": value for name, value in HURRY.items()}
    places = {
        f"{PREFIX}DATA": str(settings.data),
        f"{PREFIX}DATABASE_URL": settings.database,
        f"{PREFIX}INTAKE_FOLDER": str(settings.intake),
    }
    return kept | town.environment() | ours | places


def _report(torture: _Torture, verdict: Verdict, house: House) -> dict[str, Any]:
    seconds = torture.seconds or [0.0]
    return {
        "cycles": torture.strikes.total(),
        "cases": len(torture.accepted),
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "without_intent": len(verdict.without_intent),
        "wrong_end_states": len(verdict.wrong),
        "seconds_to_progress": {
            "median": round(statistics.median(seconds), 2),
            "max": round(max(seconds), 2),
        },
        "kills": dict(sorted(torture.strikes.items())),
        "database": house.database.engine.dialect.name,
        "ends": dict(verdict.cases),
        "rightly_to_a_person": verdict.handed_over,
        "ended_by_themselves": torture.restarted,
        "faults": list(_faults(verdict)),
    }


def _faults(verdict: Verdict) -> Iterator[str]:
    for what in ("lost", "doubled", "without_intent", "wrong"):
        yield from (f"{what}: {line}" for line in getattr(verdict, what))
