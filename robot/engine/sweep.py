"""Sees to it that every job in hand has a living worker, and every running case a job.

It asks what is, not what happened, so whatever it missed it finds the next time, also when all workers had died.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from math import ceil

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from robot.engine.case import CaseState
from robot.engine.house import House
from robot.engine.lease import Lease
from robot.engine.ledger import StaleCaseError
from robot.engine.liveness import Watch
from robot.engine.metrics import count_sweep
from robot.engine.queue import Job
from robot.engine.runner import LONGEST_DELAY_SECONDS, Runner
from robot.engine.turn import turn_of
from robot.store.tables import CaseRow, WorkerRow

log = structlog.get_logger(__name__)
ASKED_AT_ONCE = 500
RARELY = 3
"""Every so many rounds, all running cases are compared with their jobs."""


class Sweep:
    """Runs in every worker; one at a time acts, and another takes over when it dies.

    ``in_hand`` tells what this worker really works on. ``settle_seconds``: per target system, how long a request may
    still be under way after its worker has ended. Until then nobody looks in the target: what is missing may come.
    """

    def __init__(
        self,
        house: House,
        runner: Runner,
        lease: Lease,
        *,
        in_hand: Callable[[], set[Job]],
        settle_seconds: Mapping[str, float],
    ) -> None:
        self._house = house
        self._runner = runner
        self._lease = lease
        self._in_hand = in_hand
        self._settle_seconds = settle_seconds
        self._every = lease.seconds / 3
        self._watch = Watch(house.clock, gap_seconds=self._every * 2)
        self._turn = turn_of(house.database, "sweep", silent_seconds=ceil(lease.seconds))
        self._settling: dict[tuple[Job, str], float] = {}
        self._unattended: dict[Job, float] = {}
        self._revisions: dict[str, int] = {}
        self._rounds = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="arende-sweep", daemon=True)

    def start(self) -> None:
        """Sweep once at once, and then again and again."""
        self._guarded()
        self._thread.start()

    def stop(self) -> None:
        """Sweep no more, and let another take the turn."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._turn.close()

    def once(self) -> None:
        """One round. Raises what the database raises; the next round begins anew."""
        # The jobs before the workers: a job of a worker that only came between would look like nobody's.
        jobs = self._house.queue.in_hand()
        with self._house.database.read() as session:
            rows = list(session.exec(select(WorkerRow)).all())
        dead = {row.term: row for row in self._watch.dead(rows) if row.term != self._lease.term}
        self._attend([job for job, executor in jobs if executor == self._lease.executor])
        if not self._turn.mine():
            return
        fenced = {row.executor for row in dead.values() if self._fence(row)}
        living = {row.executor for row in rows} - fenced
        orphans = [orphan for orphan in jobs if orphan[1] not in living]
        self._settling = {orphan: at for orphan, at in self._settling.items() if orphan in orphans}
        for job, executor in orphans:
            self._adopt(job, executor)
        if self._rounds % RARELY == 0:
            self._find_jobless()
            self._wake_far_delayed()
        self._rounds += 1

    def _attend(self, ours: Sequence[Job]) -> None:
        """Give back jobs that are ours and that nothing here works on: the claim came through, its answer was lost."""
        now = self._house.clock.monotonic_ns() / 1e9
        in_hand = self._in_hand()
        self._unattended = {job: self._unattended.get(job, now) for job in ours if job not in in_hand}
        for job, since in self._unattended.items():
            if now - since >= self._lease.seconds and self._house.queue.resume(job, executor=self._lease.executor):
                log.warning("sweep.job_unattended", case=job.case, queue=job.queue)
                count_sweep("job_unattended")

    def _fence(self, row: WorkerRow) -> bool:
        """Take the lease of a dead worker. From here on it writes nothing, whatever it still does."""
        unmoved = (col(WorkerRow.term) == row.term, col(WorkerRow.beat) == row.beat)
        with self._house.database.write() as session:
            taken = session.connection().execute(delete(WorkerRow).where(*unmoved)).rowcount == 1
        if taken:
            log.warning("sweep.worker_dead", worker=row.name, executor=row.executor)
            count_sweep("worker_dead")
        return taken

    def _adopt(self, job: Job, executor: str) -> None:
        """Give a dead worker's job back to its queue, when what that worker sent out must have arrived."""
        now = self._house.clock.monotonic_ns() / 1e9
        if (job, executor) not in self._settling:
            self._settling[job, executor] = now + self._settles_in(self._interrupted(job, executor))
        if now < self._settling[job, executor] or not self._turn.mine():
            return
        if self._house.queue.resume(job, executor=executor):
            log.warning("sweep.job_resumed", case=job.case, queue=job.queue)
            count_sweep("job_resumed")

    def _settles_in(self, state: CaseState | None) -> float:
        if state is None:
            return 0
        longest = max(self._settle_seconds.values(), default=0)
        open_effects = [effect for effect in state.effects.values() if effect.status == "intended"]
        return max(
            (self._settle_seconds.get(effect.kind.partition(".")[0], longest) for effect in open_effects), default=0
        )

    def _interrupted(self, job: Job, executor: str | None) -> CaseState | None:
        try:
            held = self._lease.held()
            return self._runner.interrupted(job.case, job.number, job.queue, held, executor=executor)
        except (StaleCaseError, SQLAlchemyError):
            raise
        except Exception:
            # A case that cannot even be read is for the segment to hand over, not for the sweep to leave lying.
            log.exception("sweep.broken", case=job.case)
            return None

    def _find_jobless(self) -> None:
        """A running case that has not moved since the last look must have a job: one that failed ends without."""
        running = select(CaseRow.ref, CaseRow.job, CaseRow.queue, CaseRow.revision).where(CaseRow.status == "running")
        with self._house.database.read() as session:
            found = {Job(ref, number, queue): revision for ref, number, queue, revision in session.exec(running)}
        unmoved = iter([job for job, revision in found.items() if self._revisions.get(job.case) == revision])
        self._revisions = {job.case: revision for job, revision in found.items()}
        while some := list(islice(unmoved, ASKED_AT_ONCE)):
            for job in set(some) - self._house.queue.runnable(some):
                if self._interrupted(job, None) is not None:
                    log.warning("sweep.job_new", case=job.case, queue=job.queue)
                    count_sweep("job_new")

    def _wake_far_delayed(self) -> None:
        """No job is delayed for so long: the machine's clock was set back after it was put."""
        for job in self._house.queue.delayed_beyond(2 * LONGEST_DELAY_SECONDS):
            self._house.queue.resume(job)
            log.warning("sweep.job_woken", case=job.case, queue=job.queue)
            count_sweep("job_woken")

    def _go_on(self) -> None:
        while not self._stop.wait(self._every):
            self._guarded()

    def _guarded(self) -> None:
        try:
            self.once()
        except SQLAlchemyError as error:
            log.warning("sweep.no_database", error=type(error).__name__)
        except StaleCaseError as stale:
            log.info("sweep.moved", why=str(stale))
        except Exception:
            # A sweep that dies in silence would leave cases lying; the next round begins anew.
            log.exception("sweep.failed")
