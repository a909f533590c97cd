"""The database: engine, write transactions, read sessions, and the schema brought up to date."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, column, create_engine, event, func, select, table, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

MIGRATIONS = Path(__file__).parent / "migrations"
READ_ONLY = {"arende_read_only": True}
SCHEMA_TABLE = "arende_schema"
IDLE_SECONDS = 20
"""So long a transaction on PostgreSQL may wait for its process. None waits on purpose."""
UNFINISHED = "unfinished"
"""The revision of a database that is being filled by `arende migrate`: nothing may work on it."""


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


class Database:
    """One database, SQLite or PostgreSQL. On SQLite writers take the lock at once, so that none fails half-way."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        snapshot = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reading: dict[str, Any] = {**READ_ONLY, **snapshot}

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed at the end of the block, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads, and sees one moment of the database; it never blocks a writer."""
        with Session(self.engine.execution_options(**self._reading)) as session:
            yield session

    def upgrade(self, *, unfinished: bool = False) -> None:
        """Bring the schema up to this version of the robot.

        ``unfinished``: nothing may work on it until `finish`, because it is only being filled.

        Raises:
            DatabaseError: The database cannot be reached, or was made by a newer version.

        """
        config = _alembic()
        try:
            with self.engine.begin() as connection:
                alone(connection, "arende_schema")
                self._refuse_newer(connection, config)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if unfinished:
                    _mark(connection, UNFINISHED)
        except DBAPIError as error:
            raise self._unusable(error) from None

    def is_new(self) -> bool:
        """Whether there is no file yet; SQLite makes one for whoever looks into it."""
        return self.engine.dialect.name == "sqlite" and not Path(str(self.engine.url.database)).exists()

    def must_be_usable(self) -> None:
        """Raise `DatabaseError` unless it answers and has the schema that this version works with."""
        try:
            wrong = self.outdated()
        except DBAPIError as error:
            raise self._unusable(error) from None
        if wrong:
            msg = f"{wrong}; start a worker of this version on it once, or install the version it belongs to"
            raise DatabaseError(msg)

    def _unusable(self, error: DBAPIError) -> DatabaseError:
        address = self.engine.url.render_as_string(hide_password=True)
        return DatabaseError(
            f"the database {address} cannot be used: {error.orig}; check ARENDE_DATABASE_URL, that it is running and "
            "that its disk has room"
        )

    def finish(self) -> None:
        """Let the filled database be worked on."""
        with self.engine.begin() as connection:
            _mark(connection, str(ScriptDirectory.from_config(_alembic()).get_current_head()))

    def revision(self) -> str | None:
        """The schema revision that the database says it has; None for an empty database."""
        with self.engine.connect().execution_options(**READ_ONLY) as connection:
            return _revision(connection)

    def outdated(self) -> str:
        """What is wrong with the schema, in a sentence; empty when it is the one this version works with."""
        head = ScriptDirectory.from_config(_alembic()).get_current_head()
        current = self.revision()
        return "" if current == head else f"the schema is {current or 'missing'}, and this version works with {head}"

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def _refuse_newer(self, connection: Connection, config: Config) -> None:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        current = _revision(connection)
        if current == UNFINISHED:
            msg = (
                "the database holds a migration that was broken off, and cannot be used; "
                "run `arende migrate` again with --restart"
            )
            raise DatabaseError(msg)
        if current is not None and current not in known:
            msg = (
                f"the database has schema revision {current}, which this version of arende does not know; "
                "install the newer version, or give ARENDE_DATABASE_URL another database"
            )
            raise DatabaseError(msg)


def alone(session: Session | Connection, name: str) -> None:
    """Be the only one who does what ``name`` says until the transaction ends. SQLite has one writer anyway."""
    connection = session.connection() if isinstance(session, Session) else session
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": SCHEMA_TABLE}).get_current_revision()


def _mark(connection: Connection, revision: str) -> None:
    schema = table(SCHEMA_TABLE, column("version_num"))
    connection.execute(update(schema).values(version_num=revision))


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        msg = (
            "ARENDE_DATABASE_URL is not a database address; expected sqlite:///path or postgresql+psycopg://…, "
            f"found {len(url)} characters of another form"
        )
        raise DatabaseError(msg) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend == "postgresql":
        return postgres_engine(parsed)
    msg = f"ARENDE_DATABASE_URL names {backend!r}; expected sqlite or postgresql"
    raise DatabaseError(msg)


def postgres_engine(url: URL) -> Engine:
    """An engine on PostgreSQL whose server ends a transaction that its process has stopped in the middle of."""
    engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # A frozen process would keep its locks as long as it lives: a job that it had begun to take would be nobody's.
        connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
        connection.commit()

    return engine


def _sqlite(url: URL) -> Engine:
    path = url.database
    if not path or path == ":memory:" or path.startswith("file:"):
        msg = "an in-memory SQLite database would lose every case at exit; give ARENDE_DATABASE_URL a file"
        raise DatabaseError(msg)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite"),
        connect_args={"timeout": 30, "check_same_thread": False},
        hide_parameters=True,  # an error must not quote what was to be stored
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would begin them as readers, and two readers that both
        # want to write fail at once, whatever the time-out says.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what gallring deletes must not lie on in free pages
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("arende_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
