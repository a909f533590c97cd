"""Copies every row from one database to another, byte for byte, and says whether they hold the same."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

import audit.log.tables
import audit.vault.tables
import robot.store.tables
from robot.store.database import SCHEMA_TABLE, UNFINISHED, Database, DatabaseError
from robot.store.tables import WorkerRow

KNOWN = (audit.log.tables, audit.vault.tables, robot.store.tables)
"""Imported so that their tables are known."""
QUEUE_SCHEMA = "dbos"
LEFT_BEHIND = {WorkerRow.__tablename__}
"""Who works on the old database says nothing about the new one."""
ROWS_AT_ONCE = 500
LONGEST_WAIT_SECONDS = 10

Progress = Callable[[str, int, int], None]
"""What is done, how much of it, of how much."""


def moved_tables() -> list[Table]:
    """The tables whose rows move, in an order that may be filled."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in LEFT_BEHIND]


def must_be_source(database: Database) -> None:
    """Raise `DatabaseError` unless there is a database of this version to move."""
    if _is_sqlite(database) and not _path(database).exists():
        msg = f"--from: there is no file {_path(database)}"
        raise DatabaseError(msg)
    wrong = database.outdated()
    if wrong:
        msg = f"--from: {wrong}; start and stop this version on it once, or install the version it belongs to"
        raise DatabaseError(msg)


def clear(database: Database) -> None:
    """Empty a database whose filling was broken off. Raises `DatabaseError` for any other."""
    if _is_sqlite(database) and not _path(database).exists():
        return
    if database.revision() != UNFINISHED:
        msg = "--to: --restart empties only what a broken migration has left, and this database is not that"
        raise DatabaseError(msg)
    if _is_sqlite(database):
        database.close()
        for end in ("", "-wal", "-shm"):
            Path(f"{_path(database)}{end}").unlink(missing_ok=True)
        return
    with database.engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {QUEUE_SCHEMA} CASCADE"))
        SQLModel.metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE {SCHEMA_TABLE}"))


def must_be_empty(database: Database) -> None:
    """Raise `DatabaseError` unless the database holds nothing at all."""
    if _is_sqlite(database) and not _path(database).exists():
        return
    with database.engine.connect() as connection:
        found = inspect(connection)
        tables = found.get_table_names()
        if not _is_sqlite(database) and QUEUE_SCHEMA in found.get_schema_names():
            tables += found.get_table_names(QUEUE_SCHEMA)
    if not tables:
        return
    broken = database.revision() == UNFINISHED
    msg = "--to: a migration was broken off here; run it again with --restart"
    if not broken:
        msg = f"--to: expected an empty database, found {len(tables)} tables, such as {min(tables)}; make a new one"
    raise DatabaseError(msg)


def hold(connection: Connection) -> None:
    """Keep everybody from writing until the transaction ends. Raises `DatabaseError` when somebody does right now."""
    if connection.dialect.name == "sqlite":
        return  # a transaction that writes has the only write lock already
    names = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
    try:
        connection.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_SECONDS}s'"))
        connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
    except OperationalError:
        msg = "--from: somebody writes to the database; stop workers, schedulers and desks first"
        raise DatabaseError(msg) from None


def copy(source: Connection, target: Connection, progress: Progress) -> dict[str, int]:
    """Copy the rows of every table; how many, by table."""
    return {table.name: _copy_table(source, target, table, progress) for table in moved_tables()}


def digests(connection: Connection, progress: Progress) -> dict[str, str]:
    """A hash over all rows of each table, whatever their order: two databases with the same hashes hold the same."""
    return {table.name: _digest(connection, table, progress) for table in moved_tables()}


def _copy_table(source: Connection, target: Connection, table: Table, progress: Progress) -> int:
    total, done, names = count(source, table), 0, table.columns.keys()
    for rows in _rows(source, table):
        target.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        done += len(rows)
        progress(table.name, done, total)
    key = table.autoincrement_column
    if target.dialect.name == "postgresql" and key is not None and done:
        highest = select(func.max(key)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        target.execute(select(func.setval(sequence, highest)))
    return done


def _digest(connection: Connection, table: Table, progress: Progress) -> str:
    total, done, added = count(connection, table), 0, 0
    for rows in _rows(connection, table):
        # Added up, because the two kinds of database do not sort text alike.
        for row in rows:
            added += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest())
        done += len(rows)
        progress(table.name, done, total)
    return f"{added % 2**256:064x}"


def count(connection: Connection, table: Table) -> int:
    """How many rows the table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    streamed = connection.execution_options(stream_results=True)
    return streamed.execute(select(table)).partitions(ROWS_AT_ONCE)


def _is_sqlite(database: Database) -> bool:
    return database.engine.dialect.name == "sqlite"


def _path(database: Database) -> Path:
    return Path(str(database.engine.url.database))
