"""Save a form once, and only as long as nobody else has saved in the case since it was opened.

The same form key posted again leads to what the first post stored.
"""

import sqlite3

from fastapi import HTTPException, Request

from testbed.verksamhetssystem.records import CaseRecord
from testbed.verksamhetssystem.web import system_of


def saved_before(connection: sqlite3.Connection, form_key: str) -> str | None:
    """The path of the receipt that this form key has already led to. A form without a key raises HTTPException 403."""
    if not form_key:
        raise HTTPException(403)
    row = connection.execute("SELECT path FROM saved_forms WHERE key = ?", (form_key,)).fetchone()
    return None if row is None else str(row["path"])


def remember(connection: sqlite3.Connection, form_key: str, path: str) -> str:
    """Note what a form key led to, in the same transaction as the record itself."""
    connection.execute("INSERT INTO saved_forms VALUES (?, ?)", (form_key, path))
    return path


def unchanged(connection: sqlite3.Connection, case: CaseRecord, version: str) -> None:
    """Refuse a form that was opened before the case's latest save, else count this save.

    Raises HTTPException 409. Called when the form is otherwise right, in the transaction that stores it.
    """
    if version and version != str(case.version):
        raise HTTPException(409)
    connection.execute("UPDATE cases SET version = version + 1 WHERE number = ?", (case.number,))


def stamp(request: Request) -> dict[str, object]:
    """When and by whom a record is created."""
    return {"created_at": system_of(request).clock.now().isoformat(), "created_by": request.state.session.user}
