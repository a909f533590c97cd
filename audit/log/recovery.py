"""Going on when the log can no longer be what was signed: under a new name, with a decision, and never in silence."""

import re
from base64 import b64encode

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session
from sqlmodel import select

from audit.canonical import JSON
from audit.errors import LogError
from audit.log.heads import Head, Heads
from audit.log.tables import LEAVES, NODES, PENDING, EntryRow

RECOVERED, STOPPED = "log.recovered", "log.stopped"


def chain(origin: str) -> str:
    """The chain where the log of this name speaks of itself."""
    return f"logg-{re.sub('[^a-z0-9_]', '_', origin.lower())}"


def ended_by(heads: Heads, origin: str) -> list[Head]:
    """The heads that going on as ``origin`` gives up. Raises `LogError` when that name has been signed before."""
    every = heads.every()
    if any(head.origin == origin for head in every):
        why = (
            f"{origin}: heads of this name have been signed, and a log that says something else may not bear it; "
            "give ARENDE_LOG_ORIGIN a new name first"
        )
        raise LogError("same_origin", why)
    return [head for head in every if not head.recovered]


def recovered(head: Head, *, size: int, decision: str, why: str) -> dict[str, JSON]:
    """The body of the `log.recovered` entry that gives this head up. ``size``: of the log as it is found."""
    return {
        "old_origin": head.origin,
        "old_size": head.size,
        "old_root": b64encode(head.root).decode(),
        "size": size,
        "decision": decision,
        "why": why,
    }


def rebuild(session: Session) -> None:
    """Forget the tree, and let every entry that there is wait for its place again."""
    for table in (LEAVES, NODES, PENDING):
        session.execute(delete(table))
    session.execute(insert(PENDING).from_select(["entry_id"], select(EntryRow.id)))
