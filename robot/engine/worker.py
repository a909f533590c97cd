"""A worker: takes segments from the queues it serves and runs them on one event loop."""

import asyncio
import os
import secrets
import threading
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

import structlog
from sqlmodel import col, func, select

from audit.clock import Clock
from connectors.manifest import CaseSystemManifest, ChannelManifest, Connector, discover
from robot.engine.connect import Connections
from robot.engine.house import House
from robot.engine.queue import Consumer
from robot.engine.runner import Runner
from robot.settings import Settings
from robot.steps.base import CASES_QUEUE
from robot.store.tables import CaseRow

log = structlog.get_logger(__name__)


class WorkerError(Exception):
    """The worker cannot start; the message says why."""


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
        self.house = house or House.build(settings, clock=clock)
        self._owns_house = house is None
        self._settings = settings
        self.queues = _queues(discover(), settings, serves)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="arende-worker", daemon=True)
        self._connections: Connections | None = None
        self._consumer: Consumer | None = None
        self._runner: Runner | None = None

    def start(self) -> None:
        """Open the connectors and begin to take work."""
        self._thread.start()
        self._connections = Connections(self._settings, self.house.clock)
        services = self._connections.services
        self._runner = Runner(self.house.ledger, self.house.library, services, self.house.drawing())
        executor = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(4)}"
        self._consumer = Consumer(
            self.house.database,
            self._run,
            executor=executor,
            queues=self.queues,
            poll_seconds=self._settings.queue_poll_seconds,
        )
        self._consumer.start()
        log.info("worker.started", executor=executor, queues=sorted(self.queues))

    def stop(self) -> None:
        """Take no more work, finish what is in hand, close everything."""
        if self._consumer is not None:
            self._consumer.stop()
        if self._thread.is_alive():
            if self._connections is not None:
                self._on_loop(self._connections.aclose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        if self._owns_house:
            self.house.close()
        log.info("worker.stopped")

    def idle(self) -> bool:
        """Whether every case is closed or waits for somebody else than the robot."""
        with self.house.database.read() as session:
            running = select(func.count()).where(col(CaseRow.status) == "running")
            return session.exec(running).one() == 0

    def _run(self, case: str, number: int, queue: str) -> None:
        if self._runner is None:
            msg = "the worker was not started"
            raise WorkerError(msg)
        self._on_loop(self._runner.segment(case, number, queue))

    def _on_loop(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _queues(connectors: Mapping[str, Connector], settings: Settings, serves: Sequence[str] | None) -> dict[str, int]:
    every = {CASES_QUEUE: settings.cases_concurrency}
    every |= {
        name: connector.manifest.rate.concurrency
        for name, connector in connectors.items()
        if isinstance(connector.manifest, ChannelManifest | CaseSystemManifest)
    }
    if serves is None:
        return every
    unknown = [name for name in serves if name not in every]
    if unknown:
        msg = f"there is no queue {', '.join(unknown)}; there are: {', '.join(every)}"
        raise WorkerError(msg)
    return {name: every[name] for name in serves}
