"""The database: engine, write transactions, read sessions, and the schema brought up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

MIGRATIONS = Path(__file__).parent / "migrations"
READ_ONLY = {"arende_read_only": True}


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


class Database:
    """One database, SQLite or PostgreSQL. On SQLite writers take the lock at once, so that none fails half-way."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed at the end of the block, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; it never blocks a writer."""
        with Session(self.engine.execution_options(**READ_ONLY)) as session:
            yield session

    def upgrade(self) -> None:
        """Bring the schema up to this version of the robot.

        Raises:
            DatabaseError: The database was made by a newer version.

        """
        config = _alembic()
        with self.engine.begin() as connection:
            self._refuse_newer(connection, config)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def _refuse_newer(self, connection: Connection, config: Config) -> None:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        current = MigrationContext.configure(connection, opts={"version_table": "arende_schema"}).get_current_revision()
        if current is not None and current not in known:
            msg = (
                f"the database has schema revision {current}, which this version of arende does not know; "
                "install the newer version, or give ARENDE_DATABASE_URL another database"
            )
            raise DatabaseError(msg)


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        msg = (
            f"ARENDE_DATABASE_URL is not a database address; expected sqlite:///path or postgresql+psycopg://…: {error}"
        )
        raise DatabaseError(msg) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(url, parsed.database)
    if backend == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    msg = f"ARENDE_DATABASE_URL names {backend!r}; expected sqlite or postgresql"
    raise DatabaseError(msg)


def _sqlite(url: str, path: str | None) -> Engine:
    if not path:
        msg = "an in-memory SQLite database would lose every case at exit; give ARENDE_DATABASE_URL a file"
        raise DatabaseError(msg)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would begin them as readers, and two readers that both
        # want to write fail at once, whatever the time-out says.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("arende_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
