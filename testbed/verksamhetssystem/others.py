"""What other users of the case system do at the same time."""

import re

from fastapi import Request

from testbed.verksamhetssystem.catalogue import DRAFT
from testbed.verksamhetssystem.database import reading, writing
from testbed.verksamhetssystem.web import system_of

_CASE_PATH = re.compile(r"/(arende|berakning)/([^/]+)")


def changed_by_somebody(request: Request) -> None:
    """Somebody else saves something in the case that the request is about; one about no case is left alone."""
    number = _case_number(request)
    if number is not None:
        with writing(system_of(request).database) as connection:
            connection.execute("UPDATE cases SET version = version + 1 WHERE number = ?", (number,))


def page_of_somebody_else(request: Request) -> str | None:
    """The same page of another case, or as near to it as there is; None when the page is about no case."""
    found, own = _CASE_PATH.match(request.url.path), _case_number(request)
    if found is None or own is None:
        return None
    with reading(system_of(request).database) as connection:
        other = connection.execute("SELECT number FROM cases WHERE number <> ? ORDER BY number", (own,)).fetchone()
        draft = connection.execute(
            "SELECT id FROM calculations WHERE case_number <> ? AND status = ? ORDER BY id", (own, DRAFT)
        ).fetchone()
    if found[1] == "berakning" and draft is not None:
        return request.url.path.replace(found[2], f"B-{draft['id']:06d}")
    if other is None:
        return None
    return request.url.path.replace(found[2], other["number"]) if found[1] == "arende" else f"/arende/{other['number']}"


def _case_number(request: Request) -> str | None:
    found = _CASE_PATH.match(request.url.path)
    if found is None or found[1] == "arende":
        return None if found is None else found[2]
    with reading(system_of(request).database) as connection:
        query = "SELECT case_number FROM calculations WHERE printf('B-%06d', id) = ?"
        row = connection.execute(query, (found[2],)).fetchone()
    return None if row is None else str(row["case_number"])
