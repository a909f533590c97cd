"""Whose turn it is: of all the machines that could start the regular work, one does.

Nothing here is a clock's promise. The database server or the kernel lets go of the turn when its holder dies.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from robot.store.database import Database

log = structlog.get_logger(__name__)
# "arende" in letters of a telephone's keys, so that another program's advisory lock is not taken for ours.
TURN_KEY = 273_363_001
SILENT_SECONDS = 30
_KEEPALIVE = (
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)


class Turn(Protocol):
    """The right to start the regular work."""

    def mine(self) -> bool:
        """Take the turn if it is free, and say whether this process has it. Asked right before every piece of work."""

    def close(self) -> None:
        """Give the turn up."""


def turn_of(database: Database, work: str = "turn", *, silent_seconds: int = SILENT_SECONDS) -> Turn:
    """The turn at this kind of work, over everything that works on this database.

    ``silent_seconds``, on PostgreSQL: a holder that asks nothing for so long is frozen or cut off, and loses it.
    """
    if database.url.startswith("sqlite"):
        return _FileTurn(database, work)
    return _SessionTurn(database, work, silent_seconds)


class _SessionTurn:
    """PostgreSQL: an advisory lock that lives exactly as long as the session that took it."""

    def __init__(self, database: Database, work: str, silent_seconds: int) -> None:
        self._engine = database.engine
        self._work = work
        self._silent_seconds = silent_seconds
        self._session: Connection | None = None

    def mine(self) -> bool:
        try:
            if self._session is not None:
                self._session.execute(text("SELECT 1"))
                return True
            return self._take()
        except SQLAlchemyError as error:
            log.warning("turn.lost", error=type(error).__name__)
            self._drop()
            return False

    def close(self) -> None:
        if self._session is not None:
            with suppress(SQLAlchemyError):
                # The server notices only some time later that a session has ended, and keeps its lock until then.
                self._session.execute(text("SELECT pg_advisory_unlock_all()"))
            self._drop()

    def _take(self) -> bool:
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._session = session
        taken = bool(
            session.scalar(
                text("SELECT pg_try_advisory_lock(:key, hashtext(:work))"), {"key": TURN_KEY, "work": self._work}
            )
        )
        if not taken:
            session.close()
            self._session = None
            return False
        for setting in (f"SET idle_session_timeout = '{self._silent_seconds}s'", *_KEEPALIVE):
            session.execute(text(setting))
        return True

    def _drop(self) -> None:
        if self._session is not None:
            # Not given back to the pool: the lock and the time-outs belong to this session alone.
            self._session.invalidate()
            self._session.close()
            self._session = None


class _FileTurn:
    """SQLite serves one machine: a lock on a file beside the database, which the kernel drops with its process."""

    def __init__(self, database: Database, work: str) -> None:
        self._path = Path(f"{make_url(database.url).database}.{work}")
        self._file: int | None = None

    def mine(self) -> bool:
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
