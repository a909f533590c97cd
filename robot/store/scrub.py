"""Removes what a database keeps of deleted rows: free pages, old row versions and the write-ahead log."""

import sqlite3
from contextlib import closing

from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from robot.store.database import Database, DatabaseError

PATIENCE_SECONDS = 30
PERSONAL_TABLES = ("vault_value", "vault_case_key", "arende_case", "arende_intake")
ELSEWHERE = (
    "PostgreSQL: its WAL archive, replicas and base backups keep what was deleted until they are older than the "
    "gallring; let their time be short. Set wal_recycle = off, or old WAL files are renamed and keep their bytes"
)


def scrub(database: Database) -> tuple[str, ...]:
    """Leave nothing of deleted rows in the database's files; what this database cannot do by itself, in sentences.

    Raises:
        DatabaseError: Somebody else uses the database all the time; deleted bytes may be left. Try again.

    """
    try:
        if database.engine.dialect.name == "sqlite":
            _scrub_sqlite(str(database.engine.url.database))
            return ()
        return _scrub_postgres(database)
    except (sqlite3.OperationalError, OperationalError) as error:
        why = error.orig if isinstance(error, OperationalError) else error
        msg = (
            f"deleted rows may still lie in the database's files ({why}): somebody else uses it all the time; "
            "run `arende audit erase --resume` when less is going on"
        )
        raise DatabaseError(msg) from None


def _scrub_sqlite(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        # Deleting writes zeros, but pages that were split before hold copies of rows outside any row.
        connection.execute("VACUUM")
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            msg = "its write-ahead log is being read"
            raise sqlite3.OperationalError(msg)


def _scrub_postgres(database: Database) -> tuple[str, ...]:
    left = [ELSEWHERE]
    # A checkpoint on each side of the switch: the first lets the old files go, the second what came before it.
    wal = ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{PATIENCE_SECONDS}s'"))
        for table in PERSONAL_TABLES:
            connection.execute(text(f"VACUUM (FULL, ANALYZE) {table}"))
        try:
            for statement in wal:
                connection.execute(text(statement))
        except ProgrammingError:
            left.append(f"PostgreSQL: the robot's role may not switch the WAL; run as superuser: {'; '.join(wal)}")
    return tuple(left)
