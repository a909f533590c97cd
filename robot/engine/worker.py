"""A worker: takes segments from the queues it serves and runs them on one event loop."""

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from sqlmodel import col, func, select

from audit.clock import Clock
from connectors.manifest import CaseSystemManifest, ChannelManifest, Connector, RegisterManifest, discover
from robot.engine.house import House
from robot.engine.queue import Consumer
from robot.engine.runner import Runner
from robot.engine.services import Lazy, Services
from robot.gui.bot import Bot, CaseSystem
from robot.gui.browser import BrowserPool
from robot.settings import Settings, connector_environment, connector_settings
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
        self._connectors = discover()
        self.queues = _queues(self._connectors, settings, serves)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="arende-worker", daemon=True)
        self._pool: BrowserPool | None = None
        self._services: Services | None = None
        self._consumer: Consumer | None = None
        self._runner: Runner | None = None

    def start(self) -> None:
        """Open the connectors and begin to take work."""
        self._thread.start()
        self._services = self._connect()
        self._runner = Runner(self.house.ledger, self.house.library, self._services, self.house.drawing())
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
            self._on_loop(self._close())
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

    def _run(self, case: str, position: int, queue: str) -> None:
        if self._runner is None:
            msg = "the worker was not started"
            raise WorkerError(msg)
        self._on_loop(self._runner.segment(case, position, queue))

    def _on_loop(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _connect(self) -> Services:
        now = self.house.clock.now
        self._pool = BrowserPool()
        pool = self._pool

        def client(connector: Connector) -> Any:
            return connector.create(connector_settings(connector.name, self._settings), now=now)

        def bot(connector: Connector) -> Bot:
            return Bot(case_system(connector), pool, now=now)

        def every(kind: type[Any], create: Callable[[Connector], Any]) -> Lazy:
            found = [connector for connector in self._connectors.values() if isinstance(connector.manifest, kind)]
            return Lazy({connector.name: partial(create, connector) for connector in found})

        return Services(
            self.house.clock,
            every(RegisterManifest, client),
            every(ChannelManifest, client),
            every(CaseSystemManifest, bot),
            {name: connector.manifest for name, connector in self._connectors.items()},
        )

    async def _close(self) -> None:
        if self._services is not None:
            for lazy in (self._services.registers, self._services.channels):
                if isinstance(lazy, Lazy):
                    for connector in lazy.created.values():
                        await connector.aclose()
        if self._pool is not None:
            await self._pool.aclose()


def case_system(connector: Connector) -> CaseSystem:
    """A case system with its address and login from the settings.

    Raises:
        WorkerError: A setting is missing.

    """
    name, manifest = connector.name, connector.manifest
    if not isinstance(manifest, CaseSystemManifest):
        msg = f"the connector {name} is not a case system"
        raise WorkerError(msg)
    environment = connector_environment(name)
    missing = [field for field in ("url", "username", "password") if not getattr(environment, field)]
    if missing or environment.password is None:
        names = ", ".join(f"ARENDE_{name.upper()}_{field.upper()}" for field in missing)
        msg = f"the case system {name} has no {names}; set them in the environment or the secrets folder"
        raise WorkerError(msg)
    return CaseSystem(name, environment.url, environment.username, environment.password, manifest)


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
