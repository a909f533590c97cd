"""A worker: takes segments from the queues it serves and runs them on one event loop, as long as it has its lease."""

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotInTimeError
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel import col, func, select

from audit.clock import Clock
from audit.log.tables import EntryRow
from connectors.manifest import CaseSystemManifest, ChannelManifest, Connector, discover
from robot.engine.connect import Connections
from robot.engine.drawing import Drawing
from robot.engine.house import House
from robot.engine.keeper import Keeper
from robot.engine.lease import Lease, NameTakenError
from robot.engine.queue import Consumer, Job, Limits
from robot.engine.runner import Runner
from robot.engine.sweep import Sweep
from robot.engine.turn import turn_of
from robot.settings import Settings, connector_environment
from robot.steps.base import CASES_QUEUE
from robot.store.tables import CaseRow

log = structlog.get_logger(__name__)
CLOSING_SECONDS = 10
MOST_BACKWARDS = timedelta(hours=12)
"""Simulations begin at the same time again; a clock that is a whole day behind the journal is wrong."""


class WorkerError(Exception):
    """The worker cannot start; the message says why."""


class SegmentCancelledError(Exception):
    """The segment was broken off, because the worker lost its lease or was told to end."""


class Worker:
    """Serves queues until it is stopped. One per process, because the queue's library is."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        serves: Sequence[str] | None = None,
        house: House | None = None,
    ) -> None:
        """``serves``: names of queues; without it, all of them. ``house``: one that is already open."""
        connectors = discover()
        self.queues = _queues(connectors, settings, serves)
        self.house = house or House.build(settings, clock=clock)
        self._owns_house = house is None
        self._settings = settings
        self._settle_seconds = _settle_seconds(connectors)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="arende-worker", daemon=True)
        self._in_hand: dict[Future[None], tuple[Job, str]] = {}
        self._lease = Lease(
            self.house.database,
            self.house.clock,
            name=settings.worker_name or f"{os.uname().nodename}-{os.getpid()}",
            serves=sorted(self.queues),
            seconds=settings.lease_seconds,
            on_lost=self._break_off,
            # Another worker runs under our name: what we take from now on we could not finish.
            on_refused=lambda: signal.raise_signal(signal.SIGTERM),
        )
        self._keeper = Keeper(self.house.logbook(), turn_of(self.house.database, "log"), self.house.clock)
        self._connections: Connections | None = None
        self._drawing: Drawing | None = None
        self._consumer: Consumer | None = None
        self._sweep: Sweep | None = None
        self._runner: Runner | None = None

    def start(self) -> None:
        """Take the lease, open the connectors and begin to take work.

        Raises:
            WorkerError: Another worker has the name, or the machine's clock is behind the journal.

        """
        _refuse_old_clock(self.house)
        try:
            self._lease.open()
        except NameTakenError as taken:
            raise WorkerError(str(taken)) from None
        self._thread.start()
        by_keys = self.house.screen_check.by_keys(self.house.library.processes())
        self._connections = Connections(self._settings, self.house.clock, by_keys)
        services = self._connections.services
        self._drawing = self.house.drawing()
        self._runner = Runner(
            self.house.ledger,
            self.house.library,
            services,
            self._drawing,
            self.house.brakes,
            self._settings.retry_attempts,
            self._settings.interruptions,
        )
        self._consumer = Consumer(
            self.house.database,
            self._run,
            executor=self._lease.executor,
            queues=self.queues,
            poll_seconds=self._settings.queue_poll_seconds,
        )
        self._consumer.start()
        self._sweep = Sweep(
            self.house, self._runner, self._lease, in_hand=self._jobs, settle_seconds=self._settle_seconds
        )
        self._sweep.start()
        self._keeper.start()
        log.info("worker.started", worker=self._lease.name, executor=self._lease.executor, queues=sorted(self.queues))

    def stop(self) -> bool:
        """Take no more work, give what is in hand time to end, and close everything.

        False when something had to be broken off: its case goes on in another worker, or in the next one.
        """
        log.info("worker.draining", worker=self._lease.name, in_hand=len(self._in_hand))
        if self._sweep is not None:
            self._sweep.stop()
        if self._consumer is not None:
            self._consumer.stop(patience_seconds=self._settings.drain_seconds)
        ended = not self._in_hand
        self._break_off(None)
        self._close_connections()
        self._lease.close(leave=not ended)
        self._keeper.stop()
        if self._owns_house:
            self.house.close()
        log.info("worker.stopped", worker=self._lease.name, broken_off=not ended)
        return ended

    def idle(self) -> bool:
        """Whether every case is closed or waits for somebody else than the robot."""
        with self.house.database.read() as session:
            running = select(func.count()).where(col(CaseRow.status) == "running")
            return session.exec(running).one() == 0

    def _jobs(self) -> set[Job]:
        return {job for job, _ in list(self._in_hand.values())}

    def _run(self, case: str, number: int, queue: str) -> None:
        if self._runner is None:
            msg = "the worker was not started"
            raise WorkerError(msg)
        held = self._lease.held()
        work = self._on_loop(self._runner.segment(case, number, queue, held))
        self._in_hand[work] = (Job(case, number, queue), held.term)
        try:
            work.result()
        except CancelledError:
            log.warning("segment.broken_off", case=case, queue=queue)
            raise SegmentCancelledError(queue) from None
        finally:
            del self._in_hand[work]

    def _break_off(self, term: str | None) -> None:
        """Stop the segments that began under ``term``, or all: whoever takes the case next may be at work already."""
        for work, (_, began) in list(self._in_hand.items()):
            if term is None or began == term:
                work.cancel()

    def _on_loop(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _close_connections(self) -> None:
        if self._thread.is_alive():
            for opened in (self._connections, None if self._drawing is None else self._drawing.keeper):
                if opened is None:
                    continue
                try:
                    self._on_loop(opened.aclose()).result(CLOSING_SECONDS)
                except NotInTimeError:
                    log.warning("worker.connections_left", seconds=CLOSING_SECONDS)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()


def _queues(connectors: Mapping[str, Connector], settings: Settings, serves: Sequence[str] | None) -> dict[str, Limits]:
    every = {CASES_QUEUE: Limits(per_worker=settings.cases_concurrency)}
    for name, connector in connectors.items():
        if isinstance(connector.manifest, ChannelManifest | CaseSystemManifest):
            rate = connector.manifest.rate
            every[name] = Limits(at_once=rate.concurrency, per_second=rate.per_second)
    if serves is None:
        return every
    unknown = [name for name in serves if name not in every]
    if unknown:
        msg = f"there is no queue {', '.join(unknown)}; there are: {', '.join(every)}"
        raise WorkerError(msg)
    return {name: every[name] for name in serves}


def _settle_seconds(connectors: Mapping[str, Connector]) -> dict[str, float]:
    """How long a request to each system may be under way, as the manifest or the settings say."""
    return {
        name: connector_environment(name).timeouts(connector.manifest.timeouts).settled_after_seconds
        for name, connector in connectors.items()
    }


def _refuse_old_clock(house: House) -> None:
    """Deadlines and periods would be wrong, and the journal would say that later things happened earlier."""
    with house.database.read() as session:
        newest = session.exec(select(EntryRow.ts).order_by(col(EntryRow.id).desc()).limit(1)).first()
    now = house.clock.now()
    if newest is not None and datetime.fromisoformat(newest) > now + MOST_BACKWARDS:
        msg = f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the newest journal entry is from {newest}; set the clock"
        raise WorkerError(msg)
