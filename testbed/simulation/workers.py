"""Simulated workers: processes that beat, take jobs, sweep, freeze and die."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from robot.engine.house import House
from robot.engine.lease import Held, Lease, LeaseLostError
from robot.engine.queue import Job
from robot.engine.sweep import Sweep
from robot.store.tables import WorkerRow
from testbed.simulation.stage import Actor
from testbed.simulation.town import LOST, Town

LEASE_SECONDS = 30.0


class _Inline(ThreadPoolExecutor):
    """What the engine gives to another thread runs at once: only the seed decides the order."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Run it."""
        done: Future[Any] = Future()
        try:
            done.set_result(work(*arguments, **named))
        except Exception as error:  # noqa: BLE001 - handed to whoever awaits it
            done.set_exception(error)
        return done


class SimulatedLease:
    """As `Lease`, but beaten by the play instead of a thread."""

    seconds = LEASE_SECONDS

    def __init__(self, town: Town, name: str) -> None:
        self.name = name
        self.executor = name
        self.term = ""
        self._town = town
        self._terms = 0
        self._until = 0.0
        self._take()

    def held(self) -> Held:
        """The lease for a segment that begins now."""
        if self._left() <= 0:
            self.beat()
        return Held(cast("Lease", self), self.term)

    def confirm(self, term: str) -> float:
        """Renew, and say how long ``term`` lasts."""
        if self._town.stage.point("lease", LOST) != LOST:
            self.beat()
        if term != self.term or self._left() <= 0:
            raise LeaseLostError("the lease was taken while the work was in hand")
        return self._left()

    def beat(self) -> None:
        """Renew, or begin a new term when somebody took the old one."""
        asked = self._now()
        with self._town.database.write() as session:
            mine = update(WorkerRow).where(col(WorkerRow.term) == self.term).values(beat=WorkerRow.beat + 1)
            renewed = session.connection().execute(mine).rowcount == 1
        if renewed:
            self._until = asked + LEASE_SECONDS
        else:
            self._take()

    def _take(self) -> None:
        self._terms += 1
        term, asked = f"{self.name} {self._terms}", self._now()
        # Without a place nobody can see that the process has ended: only its silence tells.
        row = WorkerRow(
            name=self.name,
            executor=self.executor,
            term=term,
            beat=0,
            seconds=LEASE_SECONDS,
            place="",
            pid=0,
            began=0,
            started_at=self._town.clock.now(),
        )
        with self._town.database.write() as session:
            session.add(row)
        self.term, self._until = term, asked + LEASE_SECONDS

    def _left(self) -> float:
        return self._until - self._now()

    def _now(self) -> float:
        return self._town.clock.monotonic_ns() / 1e9


class SimulatedWorker:
    """One process: a segment at a time, and its sweep beside it."""

    def __init__(self, town: Town, name: str) -> None:
        self.name = name
        self.alive = True
        self.frozen_until = 0.0
        self.segment: Actor | None = None
        self.sweeping: Actor | None = None
        self.lease = SimulatedLease(town, name)
        self._jobs: list[Job] = []
        self._town = town
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(_Inline(max_workers=1))
        house = SimpleNamespace(clock=town.clock, database=town.database, queue=town.queue)
        timeouts = {one: manifest.timeouts for one, manifest in town.ground.manifests.items()}
        settle = {one: found.settled_after_seconds for one, found in timeouts.items()}
        self.sweep = Sweep(
            cast("House", house),
            town.runner,
            cast("Lease", self.lease),
            in_hand=lambda: set(self._jobs),
            settle_seconds=settle,
        )

    def take(self, job: Job) -> None:
        """Begin the job."""
        self._jobs = [job]
        self._town.queue.take(job, self.lease.executor)
        self.segment = self._town.stage.actor(f"{self.name} {job.id}", lambda: self._work(job))

    def look(self) -> None:
        """Begin a round of the sweep."""
        self.sweeping = self._town.stage.actor(f"{self.name} sweep", self.sweep.once)

    def actors(self) -> list[Actor]:
        """What it has in hand."""
        return [actor for actor in (self.segment, self.sweeping) if actor is not None]

    def gone(self, actor: Actor) -> None:
        """One of them has ended."""
        if actor is self.segment:
            self.segment = None
            self._jobs = []
        else:
            self.sweeping = None

    def die(self) -> None:
        """End at once, in the midst of whatever it is doing. Its row stays."""
        self.alive = False
        for actor in self.actors():
            actor.dies = True
            actor.step()
            self.gone(actor)
        self.close()

    def close(self) -> None:
        """Give the turn at the sweep back, as the system does for a process that ends."""
        self.sweep.stop()
        self._loop.close()

    def _work(self, job: Job) -> None:
        try:
            held = self.lease.held()
            self._loop.run_until_complete(self._town.runner.segment(job.case, job.number, job.queue, held))
        except (SQLAlchemyError, LeaseLostError):
            pass  # the job has failed; the sweep finds that its case has none
        self._town.stage.point("job.end")
        self._town.queue.end(job, self.lease.executor)
