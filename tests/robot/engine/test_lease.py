"""A worker's lease: who may work, who is dead, and what a worker that has lost it may not do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from audit.clock import ManualClock
from audit.log.entry import Actor
from robot.engine.lease import Lease, LeaseLostError, NameTakenError
from robot.engine.ledger import StaleCaseError
from robot.engine.liveness import Watch, is_gone, this_process
from robot.steps.base import Draft
from robot.store.database import Database
from robot.store.tables import WorkerRow
from tests.robot.engine.ground import START, Ground, application, build

SECONDS = 15.0
NEVER = 3600.0
ROBOT = Actor(kind="robot", id="provbidrag")


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only the test moves."""
    return ManualClock(START)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty database of each kind."""
    made = Database(url)
    made.upgrade()
    yield made
    made.close()


def lease_of(database: Database, clock: ManualClock, *, name: str = "norr", lost: list[str] | None = None) -> Lease:
    """A lease whose own beating never comes, so that only the test renews it."""
    told = [] if lost is None else lost
    return Lease(database, clock, name=name, serves=["cases"], seconds=NEVER, on_lost=told.append)


def row(term: str, *, beat: int = 0, place: str = "elsewhere", pid: int = 1, began: int = 1) -> WorkerRow:
    """A worker's row, by default of a machine that nothing is known about."""
    return WorkerRow(
        name=term,
        executor=term,
        term=term,
        beat=beat,
        seconds=SECONDS,
        place=place,
        pid=pid,
        began=began,
        started_at=START,
    )


def take(database: Database, lease: Lease) -> None:
    """What a sweep does to a worker that it finds dead."""
    with database.write() as session:
        session.execute(delete(WorkerRow).where(col(WorkerRow.term) == lease.term))


def test_a_taken_lease_is_noticed_and_the_old_term_never_revived(database: Database, clock: ManualClock) -> None:
    """A segment that began under a term which was taken may not act, even when its worker has a new term."""
    lost: list[str] = []
    lease = lease_of(database, clock, lost=lost)
    lease.open()
    held = lease.held()
    assert held.confirm() > 0
    take(database, lease)
    with pytest.raises(LeaseLostError):
        held.confirm()
    assert lost == [held.term]
    assert lease.held().confirm() > 0
    assert lease.held().term != held.term
    with pytest.raises(LeaseLostError):
        held.confirm()
    lease.close()


def test_validity_is_counted_from_before_the_renewal(database: Database, clock: ManualClock) -> None:
    """The seconds that are left shrink with this process's own clock, whatever the time of day says."""
    lease = lease_of(database, clock)
    lease.open()
    clock.advance(timedelta(days=-1))
    assert lease.held().confirm() == NEVER
    lease.close()


def test_a_living_namesake_is_refused(database: Database, clock: ManualClock) -> None:
    """Two workers never have one name: the second is told which process has it."""
    first, second = lease_of(database, clock), lease_of(database, clock)
    first.open()
    with pytest.raises(NameTakenError, match=f"a worker named norr is running already .process {os.getpid()}."):
        second.open()
    first.close()
    second.open()
    second.close()


def test_a_dead_namesake_is_followed(database: Database, clock: ManualClock) -> None:
    """The name of a worker whose process has ended on this machine is free at once."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with database.write() as session:
        session.add(row("norr", place=this_process().place, pid=ended.pid))
    lease = lease_of(database, clock)
    lease.open()
    lease.close()


def test_a_closed_lease_leaves_no_row(database: Database, clock: ManualClock) -> None:
    """A worker that ended well is not mourned; one that broke work off is left for the others to find."""
    lease = lease_of(database, clock)
    lease.open()
    lease.close(leave=True)
    other = lease_of(database, clock, name="soder")
    other.open()
    other.close()
    with database.read() as session:
        assert [found.name for found in session.exec(select(WorkerRow))] == ["norr"]


def test_a_process_that_ended_is_gone() -> None:
    """Gone is who ended here, also as a zombie or when another got its number; not who runs or ran elsewhere."""
    here = this_process()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(row("z", place=here.place, pid=zombie.pid, began=here.began))
    zombie.wait()
    assert is_gone(row("a", place=here.place, pid=zombie.pid))
    assert is_gone(row("b", place=here.place, pid=here.pid, began=here.began - 1))
    assert not is_gone(row("c", place=here.place, pid=here.pid, began=here.began))
    assert not is_gone(row("d", pid=zombie.pid))
    assert not is_gone(row("e", place="", pid=zombie.pid))


def test_who_does_not_beat_is_dead_after_its_lease(clock: ManualClock) -> None:
    """A worker of another machine is dead when its beat stood still for its lease while this process looked."""
    watch = Watch(clock, gap_seconds=NEVER)
    clock.advance(timedelta(seconds=NEVER))
    assert watch.dead([row("a"), row("b")]) == []
    clock.advance(timedelta(seconds=SECONDS - 1))
    assert watch.dead([row("a", beat=1), row("b")]) == []
    clock.advance(timedelta(seconds=1))
    assert [one.term for one in watch.dead([row("a", beat=1), row("b")])] == ["b"]
    assert watch.has_beaten(row("a"))
    assert not watch.has_beaten(row("b"))


def test_a_clock_set_back_changes_nothing(clock: ManualClock) -> None:
    """The time of day plays no part in who is dead."""
    watch = Watch(clock, gap_seconds=NEVER)
    watch.dead([row("a")])
    clock.advance(timedelta(days=-1))
    clock.advance(timedelta(seconds=SECONDS))
    assert [one.term for one in watch.dead([row("a")])] == ["a"]


def test_whoever_looked_away_begins_anew(clock: ManualClock) -> None:
    """A watcher that was itself frozen, or without its database, does not take the others for dead when it wakes."""
    watch = Watch(clock, gap_seconds=SECONDS)
    watch.dead([row("a")])
    clock.advance(timedelta(seconds=SECONDS + 1))
    assert watch.dead([row("a")]) == []


def test_nothing_is_written_under_a_taken_lease(database: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The journal refuses an entry of a worker whose lease was taken, in the same transaction that would write it."""
    ground: Ground = build(tmp_path_factory.mktemp("house"), url=database.url)
    lease = lease_of(ground.house.database, ground.clock)
    lease.open()
    ledger, held = ground.house.ledger, lease.held()
    ref = ground.submit(application())
    ledger.write(
        ledger.load(ref), [Draft("step.retry", {"step": 0, "attempt": 1, "code": "x"})], actor=ROBOT, term=held.term
    )
    take(ground.house.database, lease)
    before = ground.types(ref)
    with pytest.raises(StaleCaseError):
        ledger.write(ledger.load(ref), [Draft("step.retry", {"code": "x"})], actor=ROBOT, term=held.term)
    assert ground.types(ref) == before
    lease.close()
    ground.house.close()
