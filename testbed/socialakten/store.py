"""What Socialakten stores: persons with their akter, and the records written into them."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from testbed.verksamhetssystem.seed import Person

CALCULATION, DECISION, NOTE = "berakning", "beslut", "anteckning"
PREFIX = {CALCULATION: "SB", DECISION: "SF", NOTE: "SA"}
_TABLES = """
CREATE TABLE akt (number TEXT PRIMARY KEY, personnummer TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL,
 status TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1);
CREATE TABLE record (id INTEGER PRIMARY KEY, akt TEXT NOT NULL REFERENCES akt, kind TEXT NOT NULL,
 month TEXT NOT NULL, content TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL);
"""


class ChangedMeanwhileError(Exception):
    """Somebody saved in the akt after the page was opened."""


class Store:
    """One database file. Money in the content is text as typed; the system's own sums are Swedish amounts."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock = threading.Lock()

    @classmethod
    def seeded(cls, database: Path, persons: Sequence[Person]) -> "Store":
        """A new database with the persons and an akt for each of their cases; no earlier records."""
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.executescript(_TABLES)
            for person in persons:
                shown = {"namn": person.name, "adress": person.address, "personnummer": person.personnummer}
                shown["hushall"] = json.dumps([asdict(one) for one in person.household], default=str)
                for case in person.cases:
                    row = (case.number, person.personnummer, json.dumps(shown), case.type, case.status)
                    connection.execute("INSERT INTO akt VALUES (?, ?, ?, ?, ?, 1)", row)
        return cls(database)

    def akter_of(self, personnummer: str) -> list[dict[str, Any]]:
        """The akter of a person, by number."""
        return self._all("SELECT number, kind, status FROM akt WHERE personnummer = ? ORDER BY number", personnummer)

    def akt(self, number: str) -> dict[str, Any] | None:
        """An akt with its person and records, or None."""
        found = self._all("SELECT * FROM akt WHERE number = ?", number)
        if not found:
            return None
        person = json.loads(found[0].pop("person"))
        person["hushall"] = json.loads(person["hushall"])
        return found[0] | {"person": person, "records": self.records(number)}

    def records(self, akt: str | None = None) -> list[dict[str, Any]]:
        """What is written, oldest first; of every akt when none is named."""
        rows = self._all("SELECT * FROM record WHERE ? IN (akt, '') ORDER BY id", akt or "")
        return [
            row | {"content": json.loads(row["content"]), "number": f"{PREFIX[row['kind']]}-{row['id']:04d}"}
            for row in rows
        ]

    def save(
        self, akt: str, kind: str, month: str, content: Mapping[str, Any], *, version: int, at: datetime, by: str
    ) -> str:
        """Store a record and return its number.

        Raises:
            ChangedMeanwhileError: The akt is no longer at ``version``.

        """
        with self._lock, closing(sqlite3.connect(self._database)) as connection, connection:
            changed = connection.execute(
                "UPDATE akt SET version = version + 1 WHERE number = ? AND version = ?", (akt, version)
            )
            if changed.rowcount != 1:
                raise ChangedMeanwhileError(akt)
            row = (akt, kind, month, json.dumps(content), at.isoformat(), by)
            query = "INSERT INTO record (akt, kind, month, content, at, by) VALUES (?, ?, ?, ?, ?, ?)"
            return f"{PREFIX[kind]}-{connection.execute(query, row).lastrowid:04d}"

    def _all(self, query: str, *values: object) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self._database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]
