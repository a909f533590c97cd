"""The queue: DBOS as lease and timer. The only module that imports dbos; it carries no personal data and no truth."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, Serializer, WorkflowStatus
from sqlalchemy import Engine, create_engine, event
from sqlmodel import Session

from robot.store.database import Database

APPLICATION = "arende"
# Bumped by hand when a running job of the old program cannot be finished by the new one. The library's default also
# hashes itself, so that every upgrade would strand the jobs that are waiting.
APPLICATION_VERSION = "1"
SEGMENT = "segment"
LONGEST_PRIORITY = 2**31 - 1
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

Run = Callable[[str, int, str], None]


class JsonSerializer(Serializer):
    """Job arguments as JSON: nothing is ever unpickled from the database."""

    def serialize(self, data: Any) -> str:
        """To text; of an error only its kind, because its words may hold what no queue may know."""
        return json.dumps(data, default=_told)

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805 - the library's own signature
        """From text."""
        return json.loads(serialized_data)

    def name(self) -> str:
        """How the library tells this form from others."""
        return "arende_json"


class Queue:
    """Puts segments in queues, in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._engine = _own_engine(database.url)
        self._client: DBOSClient | None = None
        self._url = database.url

    def prepare(self) -> None:
        """Create or bring up to date the queue's own tables."""
        _quiet()
        DBOS.migrate(_dbos_url(self._url))

    def put(
        self, session: Session, case: str, position: int, queue: str, *, number: int, due_at: datetime, delay: float = 0
    ) -> None:
        """Enqueue the segment of ``case`` that begins at ``position``; earlier due comes first.

        ``number`` is the count of the case's entries: the same segment at the same point of its journal is one job in
        its queue, and a step that is tried again is a new one. The job carries case, number and queue, nothing else.
        ``delay`` in seconds.
        """
        options: dict[str, Any] = {
            "workflow_name": SEGMENT,
            "queue_name": queue,
            # With its queue: a case that only changes queue writes no entry, and must still get a new job.
            "workflow_id": f"{case}@{position}.{number}.{queue}",
            "app_version": APPLICATION_VERSION,
            "priority": _priority(due_at),
        }
        if delay > 0:
            options["delay_seconds"] = delay
        self._connected().enqueue_in_transaction(session, options, case, number, queue)  # type: ignore[arg-type]  # a TypedDict built in two steps

    def close(self) -> None:
        """Let go of the database."""
        if self._client is not None:
            self._client.destroy()
            self._client = None
        self._engine.dispose()

    def _connected(self) -> DBOSClient:
        if self._client is None:
            self._client = DBOSClient(
                system_database_engine=self._engine, serializer=JsonSerializer(), application_name=APPLICATION
            )
        return self._client


class Consumer:
    """Takes segments from queues and runs them, in this process. One per process."""

    def __init__(
        self, database: Database, run: Run, *, executor: str, queues: Mapping[str, int], poll_seconds: float
    ) -> None:
        """``queues``: name → how many segments of it may run at once, over all workers."""
        _quiet()
        self._alone = database.url.startswith("sqlite")
        self._executor = executor
        self._engine = _own_engine(database.url)
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": _dbos_url(database.url),
            "system_database_engine": self._engine,
            "application_version": APPLICATION_VERSION,
            "executor_id": executor,
            "serializer": JsonSerializer(),
            "run_migrations": False,
            "log_level": "ERROR",
            "use_listen_notify": False,
            "max_executor_threads": max(16, 2 * sum(queues.values())),
        }
        DBOS(config=config)

        @DBOS.workflow(name=SEGMENT)
        def segment(case: str, number: int, queue: str) -> None:
            run(case, number, queue)

        DBOS.listen_queues(list(queues))
        self._queues = queues
        self._poll_seconds = poll_seconds

    def start(self) -> None:
        """Begin to take work."""
        DBOS.launch()
        for name, concurrency in self._queues.items():
            DBOS.register_queue(
                name,
                global_concurrency=concurrency,
                polling_interval_sec=self._poll_seconds,
                on_conflict="always_update",
            )
        self._resume_lost()

    def _resume_lost(self) -> None:
        # A job fails only when it lost its database; one that its case has left behind does nothing when it runs again.
        # SQLite serves one process: whatever another executor has in hand was left by a process that died.
        lost = ["ERROR", "PENDING"] if self._alone else ["ERROR"]
        jobs = DBOS.list_workflows(
            status=lost, queue_name=list(self._queues), name=SEGMENT, load_input=False, load_output=False
        )
        for queue in self._queues:
            ids = [job.workflow_id for job in jobs if job.queue_name == queue and not self._is_in_hand(job)]
            if ids:
                DBOS.resume_workflows(ids, queue_name=queue)

    def _is_in_hand(self, job: WorkflowStatus) -> bool:
        return job.status == "PENDING" and job.executor_id == self._executor

    def stop(self, *, patience_seconds: int = 30) -> None:
        """Take no more work, and let what runs come to its end."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience_seconds)
        self._engine.dispose()


def _priority(due_at: datetime) -> int:
    minutes = int((due_at - _EPOCH).total_seconds() // 60)
    return min(max(minutes, 1), LONGEST_PRIORITY)


def _dbos_url(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _own_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True, hide_parameters=True
        )
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")

    return engine


def _quiet() -> None:
    logging.getLogger("dbos").setLevel(logging.ERROR)


def _told(value: object) -> str:
    if isinstance(value, BaseException):
        return type(value).__name__
    msg = f"a job may only carry text and numbers, not {type(value).__name__}"
    raise TypeError(msg)
