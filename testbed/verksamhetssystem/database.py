"""The case system's own SQLite file: schema and transactions."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

LOCK_SECONDS = 10.0

SCHEMA = """
CREATE TABLE users (name TEXT PRIMARY KEY, salt BLOB NOT NULL, digest BLOB NOT NULL);
CREATE TABLE persons (
    id INTEGER PRIMARY KEY, personnummer TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    address TEXT NOT NULL, payee TEXT NOT NULL);
CREATE TABLE members (
    person_id INTEGER NOT NULL REFERENCES persons, position INTEGER NOT NULL, name TEXT NOT NULL, born TEXT NOT NULL,
    role TEXT NOT NULL, personnummer TEXT, PRIMARY KEY (person_id, position), UNIQUE (person_id, name));
CREATE TABLE cases (
    number TEXT PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons, type TEXT NOT NULL, status TEXT NOT NULL,
    opened TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1);
CREATE TABLE job_stimulus (
    case_number TEXT NOT NULL REFERENCES cases, role TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL);
CREATE TABLE calculations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, case_number TEXT NOT NULL REFERENCES cases, month TEXT NOT NULL,
    content TEXT NOT NULL, status TEXT NOT NULL, summary TEXT, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
    saved_at TEXT, saved_by TEXT, imported INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX one_final_per_month ON calculations (case_number, month) WHERE status = 'Slutlig';
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, calculation_id INTEGER NOT NULL UNIQUE REFERENCES calculations,
    case_number TEXT NOT NULL REFERENCES cases, type TEXT NOT NULL, decided_on TEXT NOT NULL, month TEXT NOT NULL,
    amount INTEGER NOT NULL, reason TEXT NOT NULL, decision_maker TEXT NOT NULL, text TEXT NOT NULL,
    created_at TEXT NOT NULL, created_by TEXT NOT NULL, imported INTEGER NOT NULL DEFAULT 0);
CREATE TABLE payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, decision_id INTEGER NOT NULL REFERENCES decisions,
    case_number TEXT NOT NULL REFERENCES cases, amount INTEGER NOT NULL, pay_date TEXT NOT NULL, month TEXT NOT NULL,
    payee TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
    imported INTEGER NOT NULL DEFAULT 0);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, case_number TEXT NOT NULL REFERENCES cases, heading TEXT NOT NULL,
    text TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL, imported INTEGER NOT NULL DEFAULT 0);
CREATE TABLE saved_forms (key TEXT PRIMARY KEY, path TEXT NOT NULL);
"""


def create(path: Path) -> None:
    """Make the file and its tables. Raises FileExistsError when there is one: a seed never mixes with old data."""
    if path.exists():
        raise FileExistsError(f"{path} exists already; give the case system a new file or remove the old one")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read; rows are read by column name."""
    with closing(_connect(path)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction that holds the write lock from its start: committed at the end, rolled back on any error."""
    with closing(_connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, object]) -> int:
    """Insert one row, given by column name, and return its id. Table and columns are ours, never typed by anybody."""
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    done = connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608  # names are ours
    return done.lastrowid or 0


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; call seed() before the case system starts")
    connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
