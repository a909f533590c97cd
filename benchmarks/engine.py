"""The engine without GUI: cases per second beside bare commits of the same run, and what waiting and growing cost."""

import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlmodel import col, func, select

from audit.log.tables import EntryRow
from benchmarks.growth import clones, list_pages, long_process
from benchmarks.idle_town import STEPS, WAITING, Connections, hand_in, open_house
from robot.engine.house import House
from robot.engine.runner import Runner
from robot.store.database import Database
from robot.store.tables import CaseRow

ENTRY_BYTES = 600
BARE_SECONDS = 2.0
LONGEST_SECONDS = 300.0
SLOW_SECONDS = 1.0
SLOW_AT_ONCE = 8
IDLE_SECONDS = 10.0
Say = Callable[[str], None]


def run(cases: int, *, postgres: str, growth: int, say: Say) -> dict[str, Any]:
    """Everything, on SQLite and, with its server's address, on PostgreSQL.

    ``per_case_over_bare``: how many times longer a case takes than one bare INSERT and commit for each of its entries.
    ``slow``: cases per second when the register takes a second, which shows whether workers add up.
    """
    found: dict[str, Any] = {"cases": cases, "steps_per_case": STEPS}
    with tempfile.TemporaryDirectory(prefix="arende-bench-") as name:
        root = Path(name)
        kinds: dict[str, Callable[[str], Any]] = {"sqlite": lambda part: on_sqlite(root, part)}
        if postgres:
            kinds["postgres"] = lambda part: _postgres(postgres, part)
        for kind, fresh in kinds.items():
            found[kind] = throughput(root / kind, fresh, cases, say)
        say("memory, idle, growth")
        found |= _waiting(root / "waiting") | _idle(root / "idle") | _growing(root / "growing", growth)
    return found


def throughput(
    root: Path, fresh: Callable[[str], Any], cases: int, say: Say, *, counts: Sequence[int] = (1, 2, 3)
) -> dict[str, Any]:
    """Cases per second with each count of workers, on databases that ``fresh`` makes, beside bare commits."""
    with fresh("bare") as url:
        bare = _bare_commits(url)
    answer: dict[str, Any] = {"bare_commits_per_second": round(bare), "workers": {}, "slow": {}}
    for workers in counts:
        say(f"{root.name}: {workers} workers")
        with fresh(f"w{workers}") as url:
            figures = _measured(root / f"w{workers}", url, workers, cases)
        figures["per_case_over_bare"] = round(bare / figures["cases_per_second"] / figures["entries_per_case"], 2)
        answer["workers"][str(workers)] = figures
        with fresh(f"s{workers}") as url:
            slow = _measured(root / f"s{workers}", url, workers, SLOW_AT_ONCE * 4 * workers, seconds=SLOW_SECONDS)
        answer["slow"][str(workers)] = slow["cases_per_second"]
    return answer


def _measured(folder: Path, url: str, workers: int, cases: int, *, seconds: float = 0.0) -> dict[str, Any]:
    """Rate over the middle and last part of the run, so that starting up is not part of it."""
    house = open_house(folder, url)
    for number in range(cases):
        hand_in(house, number)
    at_once = SLOW_AT_ONCE if seconds else 32
    with _workers(folder, url, workers, seconds, at_once) as running:
        _tell(running)
        _until_closed(house, cases)
    with house.database.read() as session:
        ends = sorted(end for end in session.exec(select(CaseRow.closed_at)) if end is not None)
        entries = session.exec(select(func.count()).select_from(EntryRow)).one()
    house.close()
    first = cases // 5
    rate = (cases - 1 - first) / max((ends[-1] - ends[first]).total_seconds(), 1e-6)
    return {
        "cases_per_second": round(rate, 1),
        "steps_per_second": round(rate * STEPS),
        "entries_per_case": round(entries / cases, 1),
    }


@contextmanager
def _workers(folder: Path, url: str, count: int, seconds: float, at_once: int) -> Iterator[list[Any]]:
    command = (sys.executable, "-m", "benchmarks.engine_worker", str(folder), url, str(at_once))
    environment = os.environ | {"BENCH_SECONDS": json.dumps(seconds)}
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - our own program
        for _ in range(count)
    ]
    try:
        for worker in running:
            _hear(worker)
        yield running
    finally:
        for worker in running:
            worker.communicate()


def _hear(worker: Any) -> str:
    line: str = worker.stdout.readline().strip()
    if not line:
        msg = "a worker of the measurement ended before its time; its standard error says why"
        raise RuntimeError(msg)
    return line


def _tell(running: list[Any]) -> None:
    for worker in running:
        worker.stdin.write("\n")
        worker.stdin.flush()


def _until_closed(house: House, cases: int) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    closed = select(func.count()).where(col(CaseRow.status) == "closed")
    while time.monotonic() < until:
        with house.database.read() as session:
            if session.exec(closed).one() == cases:
                return
        time.sleep(0.1)
    msg = f"{cases} cases did not end within {LONGEST_SECONDS:.0f} seconds"
    raise TimeoutError(msg)


def _bare_commits(url: str) -> float:
    """INSERT and COMMIT of one entry's bytes, one connection, with the robot's own settings: how many per second."""
    engine = Database(url).engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare (id INTEGER PRIMARY KEY, data VARCHAR)"))
    done, began, data = 0, time.perf_counter(), "x" * ENTRY_BYTES
    while time.perf_counter() - began < BARE_SECONDS:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO bare VALUES (:id, :data)"), {"id": done, "data": data})
        done += 1
    rate = done / (time.perf_counter() - began)
    engine.dispose()
    return rate


def _runner(house: House) -> Runner:
    return Runner(
        house.ledger, house.library, Connections(house.settings, house.clock).services, house.drawing(), house.brakes
    )


def _handle(house: House, runner: Runner, ref: str) -> None:
    with house.database.read() as session:
        row = session.get_one(CaseRow, ref)
    asyncio.run(runner.segment(ref, row.job, row.queue))


def _waiting(folder: Path, cases: int = 2000) -> dict[str, Any]:
    """Memory that a case which waits for a person keeps in the robot, after a warm-up."""
    house = open_house(folder, "")
    runner = _runner(house)
    for number in range(300):
        _handle(house, runner, hand_in(house, number, amount=WAITING))
    gc.collect()
    before = _memory()
    for number in range(300, 300 + cases):
        _handle(house, runner, hand_in(house, number, amount=WAITING))
    gc.collect()
    grown = _memory() - before
    house.close()
    return {"waiting_case_bytes": round(grown / cases)}


def _memory() -> int:
    """Bytes of this process in memory."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def _idle(folder: Path) -> dict[str, Any]:
    """Share of one core that a worker without work takes."""
    with _workers(folder, "", 1, 0.0, 0) as running:
        _tell(running)
        time.sleep(2)
        _tell(running)
        _hear(running[0])
        time.sleep(IDLE_SECONDS)
        _tell(running)
        used = float(_hear(running[0]))
    return {"idle_cpu_share": round(used / IDLE_SECONDS, 4)}


def _growing(folder: Path, growth: int) -> dict[str, Any]:
    """Milliseconds from intake to end for a case, before and after ``growth`` others; and of early and late steps."""
    house = open_house(folder, "")
    runner = _runner(house)
    _handle(house, runner, hand_in(house, 0))
    first, short = _median_case(house, runner, 1), list_pages(house)
    clones(house, growth)
    later, long = _median_case(house, runner, 100), list_pages(house)
    house.close()
    early, late = long_process(folder / "long")
    return {
        "start_ms": {"first": first, f"after_{growth}": later},
        "step_ms": {"5th": early, "500th": late},
        "list_ms": {name: {"first": short[name], f"after_{growth}": long[name]} for name in short},
    }


def _median_case(house: House, runner: Runner, begin: int, count: int = 30) -> float:
    spent = []
    for number in range(begin, begin + count):
        began = time.perf_counter()
        _handle(house, runner, hand_in(house, number))
        spent.append(time.perf_counter() - began)
    return round(statistics.median(spent) * 1000, 2)


@contextmanager
def on_sqlite(root: Path, part: str) -> Iterator[str]:
    """The address of a database of its own in the folder."""
    yield f"sqlite:///{root / f'{part}.sqlite'}"


@contextmanager
def _postgres(server: str, part: str) -> Iterator[str]:
    name = f"arende_bench_{part}"
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
