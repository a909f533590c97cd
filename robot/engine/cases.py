"""Looks at cases for lists and statistics. Reads rows only: no personal data."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from robot.engine.lateness import OPEN
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

    ``late_at``: only open cases of which something was late then: the decision, the review or an answer.
    ``restricted``: also those that only the group for protected persons may know of.
    """
    query = select(CaseRow).order_by(col(CaseRow.due_at), col(CaseRow.ref))
    if status is not None:
        query = query.where(col(CaseRow.status) == status)
    if late_at is not None:
        # What else can be late lies after the promised time, so that three columns are enough to find a case.
        columns = (CaseRow.due_at, CaseRow.review_due_at, CaseRow.request_due_at)
        late = or_(*(col(column) < late_at for column in columns))
        query = query.where(col(CaseRow.status).in_(OPEN), late)
    if not restricted:
        query = query.where(col(CaseRow.restricted).is_(False))
    if limit is not None:
        query = query.limit(limit)
    return session.exec(query).all()
