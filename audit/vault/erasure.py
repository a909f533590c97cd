"""Gallring of one case: a tombstone that names the decision, and the destruction of the case's key and secrets."""

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import func, select

from audit.canonical import JSONInput
from audit.log.entry import Actor, Entry
from audit.log.journal import ERASED, Journal
from audit.vault.tables import CaseKeyRow, ValueRow

EVERYTHING = "all"


def count_values(session: Session, case: str) -> int:
    """How many personal values the vault holds of the case."""
    return session.scalar(select(func.count()).where(ValueRow.case_ref == case)) or 0


def erase(journal: Journal, session: Session, case: str, *, decision: str, by: str, actor: Actor) -> Entry:
    """Write `pd.erased` and delete the case's key and every value with its secret, in the caller's transaction.

    Both or neither: there is never a destruction without its decision, nor the reverse. The commitments that are left
    in the entries were made with 32 random bytes each, which are gone; nobody can try values against them.
    ``decision`` is the reference of the decision on gallring, ``by`` the account that carried it out.
    Raises what `Journal.append` raises.
    """
    count = count_values(session, case)
    body: dict[str, JSONInput] = {"decision": decision, "fields": EVERYTHING, "count": count, "by": by}
    entry = journal.append(session, case, ERASED, actor=actor, body=body)
    session.execute(delete(ValueRow).where(ValueRow.case_ref == case))  # type: ignore[arg-type] # SQLModel's columns
    session.execute(delete(CaseKeyRow).where(CaseKeyRow.case_ref == case))  # type: ignore[arg-type] # as above
    return entry
