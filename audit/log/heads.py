"""The last signed head, kept outside the log's own database: what was signed there can never be unsaid here.

Whoever puts the database back to an older copy does not reach this file, and the log then refuses to sign.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.errors import LogError
from audit.log.tree import Frontier

_TABLE = """
CREATE TABLE IF NOT EXISTS head (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, frontier BLOB NOT NULL, note TEXT NOT NULL,
    recovered INTEGER NOT NULL DEFAULT 0
)
"""
_WRITE = """
INSERT INTO head (origin, size, root, frontier, note) VALUES (:origin, :size, :root, :frontier, :note)
ON CONFLICT (origin) DO UPDATE SET size = :size, root = :root, frontier = :frontier, note = :note
"""
_READ = "SELECT origin, size, root, frontier, note, recovered FROM head ORDER BY origin"
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Head:
    """A head that was signed: ``frontier`` is what it takes to go on from it, ``note`` the signed checkpoint.

    ``recovered``: a person has ended this log, because the database no longer holds what was signed.
    """

    origin: str
    size: int
    root: bytes
    frontier: bytes
    note: str
    recovered: bool = False

    def tree(self) -> Frontier:
        """The tree to go on from. Raises `LogError` when this file itself was changed."""
        tree = Frontier.unpack(self.size, self.frontier)
        if tree.root() != self.root:
            raise LogError("heads_altered", f"the file of signed heads contradicts itself at size {self.size}")
        return tree


class Heads:
    """The heads by the log's name, in a SQLite file of their own. One process signs at a time; this makes sure."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest(self, origin: str) -> Head | None:
        """The last head signed under this name."""
        return next((head for head in self.every() if head.origin == origin), None)

    def every(self) -> list[Head]:
        """The last head of each name."""
        with self._opened() as connection:
            rows = connection.execute(_READ).fetchall()
        return [Head(origin, size, root, front, note, bool(gone)) for origin, size, root, front, note, gone in rows]

    def replace(self, old: Head | None, new: Head) -> None:
        """Put the new head in the old one's place, durably. Raises `LogError` when another has done so first."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT size, root FROM head WHERE origin = ?", (new.origin,)).fetchone()
            if row != (None if old is None else (old.size, old.root)):
                connection.execute("ROLLBACK")
                raise LogError("signed_elsewhere", f"{new.origin}: another process has signed a head at the same time")
            values = {name: getattr(new, name) for name in ("origin", "size", "root", "frontier", "note")}
            connection.execute(_WRITE, values)
            connection.execute("COMMIT")

    def end(self, origin: str) -> None:
        """Say that a person has ended the log of this name."""
        with self._opened() as connection:
            connection.execute("UPDATE head SET recovered = 1 WHERE origin = ?", (origin,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=PATIENCE_SECONDS, isolation_level=None)
        try:
            # Without WAL: the file is whole by itself when it is copied, and FULL makes each signature durable.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(_TABLE)
            yield connection
        finally:
            connection.close()
