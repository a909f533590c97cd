"""A queue of its own: a table that is written in the engine's transactions, delivers at least once and in any order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, insert, select, update
from sqlmodel import Session

from audit.clock import Clock
from robot.engine.queue import Job
from robot.store.database import Database
from testbed.simulation.stage import Stage

METADATA = MetaData()
JOBS = Table(
    "simulated_job",
    METADATA,
    Column("id", String, primary_key=True),
    Column("ready_at", Float),
    Column("status", String),
    Column("executor", String),
    Column("taken", Integer),
)
WAITS, TAKEN, ENDED = "waits", "taken", "ended"


class SimulatedJobs:
    """The engine's `Jobs`, and of the real queue what the sweep asks. ``delay`` counts on the monotonic clock."""

    def __init__(self, database: Database, clock: Clock, stage: Stage) -> None:
        self._database = database
        self._clock = clock
        self._stage = stage

    def now(self) -> float:
        """Seconds on the queue's clock."""
        return self._clock.monotonic_ns() / 1e9

    def put(self, session: Session, case: str, queue: str, *, number: int, due_at: datetime, delay: float = 0) -> None:  # noqa: ARG002 - reordered anyway
        """Enqueue in the caller's transaction; the same job again is the job that is there."""
        self._stage.instant("job.put")
        row = {"id": Job(case, number, queue).id, "ready_at": self.now() + delay, "status": WAITS, "taken": 0}
        session.connection().execute(insert(JOBS).prefix_with("OR IGNORE").values(row))

    def ready(self) -> list[Job]:
        """What may be taken now, by name."""
        waits = select(JOBS.c.id).where(JOBS.c.status == WAITS, JOBS.c.ready_at <= self.now())
        return [Job.of(name) for name in self._names(waits.order_by(JOBS.c.id))]

    def next_at(self) -> float | None:
        """When the next one may be taken."""
        with self._database.read() as session:
            waits = select(JOBS.c.ready_at).where(JOBS.c.status == WAITS).order_by(JOBS.c.ready_at).limit(1)
            found: float | None = session.connection().execute(waits).scalar()
        return found

    def known(self) -> set[str]:
        """The names of every job that was ever put."""
        return set(self._names(select(JOBS.c.id)))

    def take(self, job: Job, executor: str) -> None:
        """Begin it."""
        self._change(job, (WAITS,), status=TAKEN, executor=executor, taken=JOBS.c.taken + 1)

    def end(self, job: Job, executor: str) -> None:
        """It has ended, unless it was given to somebody else."""
        with self._database.write() as session:
            mine = update(JOBS).where(JOBS.c.id == job.id, JOBS.c.status == TAKEN, JOBS.c.executor == executor)
            session.connection().execute(mine.values(status=ENDED))

    def deliver_again(self, job: Job) -> None:
        """A job that has ended is handed out once more."""
        self._change(job, (ENDED,), status=WAITS)

    def ended(self) -> list[Job]:
        """What has ended, by name."""
        return [Job.of(name) for name in self._names(select(JOBS.c.id).where(JOBS.c.status == ENDED))]

    def in_hand(self) -> list[tuple[Job, str]]:
        """As the real queue."""
        with self._database.read() as session:
            taken = select(JOBS.c.id, JOBS.c.executor).where(JOBS.c.status == TAKEN).order_by(JOBS.c.id)
            return [(Job.of(name), executor) for name, executor in session.connection().execute(taken)]

    def runnable(self, jobs: Sequence[Job]) -> set[Job]:
        """As the real queue."""
        runs = select(JOBS.c.id).where(JOBS.c.id.in_([job.id for job in jobs]), JOBS.c.status != ENDED)
        return {Job.of(name) for name in self._names(runs)}

    def delayed_beyond(self, seconds: float) -> list[Job]:
        """As the real queue."""
        far = select(JOBS.c.id).where(JOBS.c.status == WAITS, JOBS.c.ready_at > self.now() + seconds)
        return [Job.of(name) for name in self._names(far)]

    def resume(self, job: Job, *, executor: str | None = None) -> bool:
        """As the real queue: at once, and only from ``executor`` when it is given."""
        with self._database.write() as session:
            mine = update(JOBS).where(JOBS.c.id == job.id)
            if executor is not None:
                mine = mine.where(JOBS.c.status == TAKEN, JOBS.c.executor == executor)
            return session.connection().execute(mine.values(status=WAITS, ready_at=self.now())).rowcount == 1

    def _change(self, job: Job, before: Sequence[str], **values: Any) -> None:
        with self._database.write() as session:
            same = update(JOBS).where(JOBS.c.id == job.id, JOBS.c.status.in_(before))
            session.connection().execute(same.values(**values))

    def _names(self, query: Any) -> list[str]:
        with self._database.read() as session:
            return list(session.connection().execute(query).scalars())
