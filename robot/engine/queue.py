"""The queue: DBOS as lease and timer. The only module that imports dbos; it carries no personal data and no truth."""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, Serializer, WorkflowStatus
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session

from robot.store.database import Database, postgres_engine

APPLICATION = "arende"
# Bumped by hand when a running job of the old program cannot be finished by the new one. The library's default also
# hashes itself, so that every upgrade would strand the jobs that are waiting.
APPLICATION_VERSION = "1"
SEGMENT = "segment"
LONGEST_PRIORITY = 2**31 - 1
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
RUNNABLE = ("ENQUEUED", "DELAYED", "PENDING")
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
REMOVED_AT_ONCE = 500

Run = Callable[[str, int, str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One segment in a queue, known by the case, the entry it was put at, and its queue."""

    case: str
    number: int
    queue: str

    @property
    def id(self) -> str:
        """Its name in the queue. With the queue: a case that only changes queue writes no entry, and gets a new job."""
        return f"{self.case}@{self.number}.{self.queue}"

    @classmethod
    def of(cls, name: str) -> "Job":
        """The job with this name."""
        case, _, rest = name.rpartition("@")
        number, _, queue = rest.partition(".")
        return cls(case, int(number), queue)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a queue runs: segments at once over all workers, at once in each, and starts per second over all."""

    at_once: int | None = None
    per_worker: int | None = None
    per_second: float | None = None


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

    def put(self, session: Session, case: str, queue: str, *, number: int, due_at: datetime, delay: float = 0) -> None:
        """Enqueue the next segment of ``case``; earlier due comes first.

        ``number`` is the count of the case's entries: the same segment at the same point of its journal is one job in
        its queue, and a step that is tried again is a new one. The job carries case, number and queue, nothing else.
        ``delay`` in seconds.
        """
        options: dict[str, Any] = {
            "workflow_name": SEGMENT,
            "queue_name": queue,
            "workflow_id": Job(case, number, queue).id,
            "app_version": APPLICATION_VERSION,
            "priority": _priority(due_at),
        }
        if delay > 0:
            options["delay_seconds"] = delay
        self._connected().enqueue_in_transaction(session, options, case, number, queue)  # type: ignore[arg-type]  # a TypedDict built in two steps

    def in_hand(self) -> list[tuple[Job, str]]:
        """Every job that some worker has begun and not ended, with that worker's executor."""
        found = self._listed(status="PENDING")
        return [(Job.of(one.workflow_id), one.executor_id or "") for one in found]

    def runnable(self, jobs: Sequence[Job]) -> set[Job]:
        """Those of ``jobs`` that wait or are in hand; the others have ended or were never there."""
        found = self._listed(workflow_ids=[job.id for job in jobs], status=list(RUNNABLE))
        return {Job.of(one.workflow_id) for one in found}

    def delayed_beyond(self, seconds: float) -> list[Job]:
        """Jobs that are delayed for longer than ``seconds`` from now, on the machine's clock as the library counts."""
        latest = (time.time() + seconds) * 1000
        return [
            Job.of(one.workflow_id)
            for one in self._listed(status="DELAYED")
            if one.delay_until_epoch_ms is not None and one.delay_until_epoch_ms > latest
        ]

    def resume(self, job: Job, *, executor: str | None = None) -> bool:
        """Let the job be taken again, in its own queue. ``executor``: only if that one still has it in hand."""
        if executor is not None:
            found = self._listed(workflow_ids=[job.id], status="PENDING")
            if not found or found[0].executor_id != executor:
                return False
        # In its own queue: without a name the library puts it in one of its own, which keeps no limits.
        self._connected().resume_workflows([job.id], queue_name=job.queue)
        return True

    def forget_ended(self, seconds: float) -> int:
        """Remove the rows of jobs that ended more than ``seconds`` ago, on the machine's clock; how many.

        The journal tells what they did. A job that waits or is in hand is never among them, however old it is.
        """
        before = datetime.fromtimestamp(time.time() - seconds, UTC).isoformat()
        removed = 0
        while found := self._listed(status=list(ENDED), completed_before=before, limit=REMOVED_AT_ONCE):
            self._connected().delete_workflows([one.workflow_id for one in found])
            removed += len(found)
        return removed

    def _listed(self, **which: Any) -> list[WorkflowStatus]:
        if which.get("workflow_ids") == []:
            return []
        return self._connected().list_workflows(name=SEGMENT, load_input=False, load_output=False, **which)

    def forget(self, case: str) -> None:
        """Remove every job of the case, whatever has become of it."""
        jobs = [one.workflow_id for one in self._listed(workflow_id_prefix=f"{case}@")]
        if jobs:
            self._connected().delete_workflows(jobs)

    def close(self) -> None:
        """Let go of the database."""
        if self._client is not None:
            self._client.destroy()
            self._client = None
        self._engine.dispose()

    def _connected(self) -> DBOSClient:
        if self._client is None:
            self._client = DBOSClient(
                system_database_engine=self._engine,
                serializer=JsonSerializer(),
                application_name=APPLICATION,
                retry_connection_errors=False,
            )
        return self._client


class Consumer:
    """Takes segments from queues and runs them, in this process. One per process."""

    def __init__(
        self, database: Database, run: Run, *, executor: str, queues: Mapping[str, Limits], poll_seconds: float
    ) -> None:
        """Serve ``queues`` as ``executor``, a name that no other start of any worker has had."""
        _quiet()
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
            "max_executor_threads": max(16, 2 * sum(one.per_worker or one.at_once or 1 for one in queues.values())),
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
        for name, limits in self._queues.items():
            DBOS.register_queue(
                name,
                global_concurrency=limits.at_once,
                worker_concurrency=limits.per_worker,
                # A window of at least a second: on SQLite before Python 3.12 the library counts whole seconds.
                limiter=None
                if limits.per_second is None
                else {"limit": ceil(limits.per_second), "period": ceil(limits.per_second) / limits.per_second},
                polling_interval_sec=self._poll_seconds,
                on_conflict="always_update",
            )

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
        return postgres_engine(make_url(url))
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
