"""Never lost, never twice: a load of cases while workers, browsers and the database are killed and frozen."""

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import func, select

from audit.keyfile import create_key_file
from benchmarks.torture_load import Pace, Torture
from benchmarks.torture_postgres import PrivatePostgres, TortureError, cut_off
from benchmarks.torture_processes import Pack
from benchmarks.torture_verdict import Verdict, judge
from robot.engine.house import House
from robot.settings import PREFIX, Settings
from robot.store.tables import CaseRow
from testbed.municipality import Municipality
from testbed.scenario.generate import MOST_CASES, Scenario, generate

MONTH = date(2025, 9, 1)
CASES_PER_CYCLE = 1.5
STEADY = Pace()
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
    pace: Pace = STEADY,
    progress: Progress = lambda _cycle, _strike: None,
) -> dict[str, Any]:
    """Kill or freeze something in each of ``cycles``, then let everything come to its end, and count.

    ``postgres``: start a private server, which is also crashed. With the ``database_url`` of another server its
    sessions are ended instead. ``workers``: one on SQLite, three on PostgreSQL unless given. ``folder``: where data and
    logs are left, else nothing is.

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
            lambda: _environment(town, house.settings, pace),
            logs=place,
        )
        stack.callback(pack.close)
        crash = server.crash if server else (lambda: cut_off(url)) if url.startswith("postgresql") else None
        torture = Torture(scenario, house, pack, crash, pace)
        for cycle in range(cycles):
            progress(cycle + 1, torture.cycle(handed_in=ceil(len(scenario.cases) * (cycle + 1) / cycles)))
        torture.calm()
        verdict = judge(scenario, torture.accepted, town, house)
        return _report(torture, verdict, house)


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


def _environment(town: Municipality, settings: Settings, pace: Pace) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) or "BROWSER" in name}
    places = {
        f"{PREFIX}DATA": str(settings.data),
        f"{PREFIX}DATABASE_URL": settings.database,
        f"{PREFIX}INTAKE_FOLDER": str(settings.intake),
    }
    return {**kept, **town.environment(), **_hurried(pace), **places}


def _hurried(pace: Pace) -> Mapping[str, str]:
    outside = ("VERKSAMHETSSYSTEM", "SMS", "EPOST", "BREV")
    hurry = {
        "QUEUE_POLL_SECONDS": "0.1",
        "POLL_SECONDS": "0.5",
        "LEASE_SECONDS": str(pace.lease_seconds),
        "DRAIN_SECONDS": "5",
        "DRIFT_RECENT": "0",
        # A worker dies every few seconds here, so that deaths say nothing about the case that was in hand.
        "INTERRUPTIONS": "1000",
        **{f"{name}_CONNECT_SECONDS": "1" for name in outside},
        **{f"{name}_READ_SECONDS": str(pace.answer_seconds) for name in outside},
    }
    return {f"{PREFIX}{name}": value for name, value in hurry.items()}


def _report(torture: Torture, verdict: Verdict, house: House) -> dict[str, Any]:
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
