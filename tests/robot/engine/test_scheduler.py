"""The regular work: the nightly run happens once a night, whoever dies, and what has ended is cleared away."""

import time
from datetime import timedelta

import pytest
from sqlmodel import select

from audit.log.tables import EntryRow
from robot.engine.nightly import DONE, Nightly
from robot.engine.scheduler import Scheduler
from tests.robot.engine.ground import Ground, application

LONG_SECONDS = 30


def runs(ground: Ground) -> int:
    """How many nightly runs the journal tells of."""
    with ground.house.database.read() as session:
        return len(session.exec(select(EntryRow.id).where(EntryRow.type == DONE)).all())


def test_the_night_is_due_once(ground: Ground) -> None:
    """Due when its hour has passed since the newest run or, without one, since the journal began."""
    nightly = Nightly(ground.house)
    ground.clock.advance(timedelta(days=2))
    assert not nightly.due()
    ground.submit(application())
    assert not nightly.due()
    ground.clock.advance(timedelta(hours=15, minutes=59))  # 01:59 in Sweden: the case came at ten
    assert not nightly.due()
    ground.clock.advance(timedelta(minutes=2))
    assert nightly.due()
    nightly.run()
    assert not nightly.due()
    ground.clock.advance(timedelta(days=1))
    assert nightly.due()
    ground.assert_whole()


def test_a_scheduler_makes_up_for_a_night_that_nobody_ran(ground: Ground) -> None:
    """Started after its hour it runs once at once; started again it does not."""
    ground.submit(application())
    ground.clock.advance(timedelta(days=3))
    for _ in range(2):
        scheduler = Scheduler(ground.house)
        scheduler.start()
        until = time.monotonic() + LONG_SECONDS
        while runs(ground) == 0 and time.monotonic() < until:
            time.sleep(0.01)
        scheduler.stop()
        assert runs(ground) == 1


def test_what_the_night_finds_is_told(ground: Ground, logged: list[dict[str, object]]) -> None:
    """A journal that is not whole goes to the log as an error, by kind and number."""
    ref = ground.submit(application())
    with ground.house.database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM vault_value WHERE case_ref = ?", (ref,))
    Nightly(ground.house).run()
    (told,) = [event for event in logged if event["event"] == "journal.broken"]
    assert told["problems"]
    assert runs(ground) == 1


def test_rows_of_ended_jobs_go_and_others_stay(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue's table stops growing: what ended long enough ago is removed, in parts; what waits is not touched."""
    queue, waiting = ground.house.queue, [ground.submit(application(income=f"{number}.00")) for number in range(6)]
    with ground.house.database.write() as session:
        # As the library leaves them: three that ended, one in hand, one that is delayed, and one that waits.
        ends = ("SUCCESS", "ERROR", "CANCELLED", "PENDING", "DELAYED")
        for ref, status in zip(waiting, ends, strict=False):
            done = "1000" if status in ends[:3] else None
            session.connection().exec_driver_sql(
                "UPDATE workflow_status SET status = ?, completed_at = ? WHERE workflow_uuid LIKE ?",
                (status, done, f"{ref}@%"),
            )
    monkeypatch.setattr("robot.engine.queue.REMOVED_AT_ONCE", 2)
    assert queue.forget_ended(10**10) == 0
    assert queue.forget_ended(60) == 3
    assert queue.forget_ended(60) == 0
    with ground.house.database.read() as session:
        left = session.connection().exec_driver_sql("SELECT workflow_uuid FROM workflow_status").scalars().all()
    assert sorted(name.partition("@")[0] for name in left) == sorted(waiting[3:])
