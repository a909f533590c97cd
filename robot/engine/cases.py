"""Looks at cases for lists and statistics. Reads rows only: no personal data."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from robot.store.tables import CaseRow


def list_cases(
    session: Session,
    *,
    status: str | None = None,
    late_at: datetime | None = None,
    restricted: bool = False,
    limit: int | None = None,
) -> Sequence[CaseRow]:
    """Cases, earliest due first.

    ``late_at``: only open cases whose promised time had passed then. ``restricted``: also those that only the group for
    protected persons may know of.
    """
    query = select(CaseRow).order_by(col(CaseRow.due_at), col(CaseRow.ref))
    if status is not None:
        query = query.where(col(CaseRow.status) == status)
    if late_at is not None:
        open_ = col(CaseRow.status).in_(("running", "person", "applicant"))
        query = query.where(open_, col(CaseRow.due_at) < late_at)
    if not restricted:
        query = query.where(col(CaseRow.restricted).is_(False))
    if limit is not None:
        query = query.limit(limit)
    return session.exec(query).all()
