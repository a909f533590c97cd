"""Looks in the case rows for lists and the decision log. Restricted cases exist only for those who may know."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, and_, cast, exists, or_
from sqlmodel import Session, col, func, select

from desk.roles import User
from robot.store.tables import CaseRow, IntakeRow, SampleTaskRow

PAGE = 50
OPEN = ("person", "applicant", "running")


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next ones begin; ``after`` is empty when there are no more."""

    rows: Sequence[CaseRow]
    after: str = ""


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What the handläggare's list shows. Empty means all."""

    status: str = "person"
    process: str = ""
    reason: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the decision log shows. Empty means all. ``by``: "robot" or "person"; ``picked``: "ja" or "nej"."""

    process: str = ""
    month: date | None = None
    outcome: str = ""
    by: str = ""
    stratum: str = ""
    picked: str = ""
    version: str = ""


def waiting(session: Session, user: User, wanted: WorkFilter, *, now: datetime, after: str = "") -> Page:
    """Open cases, the one that is due first on top; pages by key, so that closed cases cost nothing."""
    due = col(CaseRow.due_at) if wanted.status == "running" else col(CaseRow.review_due_at)
    query = select(CaseRow).where(col(CaseRow.status) == wanted.status, *known_to(user))
    if wanted.process:
        query = query.where(col(CaseRow.process) == wanted.process)
    if wanted.reason:
        query = query.where(cast(col(CaseRow.reasons), Text).contains(f'"code": "{wanted.reason}"', autoescape=True))
    if wanted.late:
        query = query.where(due < now)
    if after:
        at, ref = _key(after)
        query = query.where(or_(due > at, and_(due == at, col(CaseRow.ref) > ref)))
    rows = session.exec(query.order_by(due, col(CaseRow.ref)).limit(PAGE + 1)).all()
    return _page(rows, lambda row: row.due_at if wanted.status == "running" else row.review_due_at)


def waiting_reasons(session: Session, user: User, status: str) -> list[tuple[str, str, int]]:
    """Code, title and count of every reason that cases wait for, most common first."""
    query = select(CaseRow.reasons).where(col(CaseRow.status) == status, *known_to(user))
    counted = Counter((one["code"], one["title"]) for reasons in session.exec(query) for one in reasons)
    return [(code, title, count) for (code, title), count in counted.most_common()]


def count_waiting(session: Session, user: User, now: datetime) -> dict[str, int]:
    """How many open cases there are by status, and under ``late`` how many reviews are late."""
    query = select(CaseRow.status, func.count()).where(col(CaseRow.status).in_(OPEN), *known_to(user))
    counts = dict(session.exec(query.group_by(CaseRow.status)).all())
    late = select(func.count()).where(
        col(CaseRow.status) == "person", col(CaseRow.review_due_at) < now, *known_to(user)
    )
    return {status: counts.get(status, 0) for status in OPEN} | {"late": session.exec(late).one()}


def by_subject(session: Session, user: User, subject: str) -> Sequence[CaseRow]:
    """A person's cases, the newest month first."""
    query = select(CaseRow).where(col(CaseRow.subject) == subject, *known_to(user))
    return session.exec(query.order_by(col(CaseRow.month).desc(), col(CaseRow.ref)).limit(200)).all()


def by_reference(session: Session, user: User, reference: str) -> Sequence[CaseRow]:
    """The cases whose reference begins so (AR-1F09C2D4E5)."""
    start = "c_" + reference.removeprefix("AR-").lower()
    query = select(CaseRow).where(col(CaseRow.ref) >= start, col(CaseRow.ref) < start + "g", *known_to(user))
    return session.exec(query.limit(20)).all()


def case_row(session: Session, user: User, ref: str) -> CaseRow | None:
    """The case, when there is one that this user may know of."""
    return session.exec(select(CaseRow).where(col(CaseRow.ref) == ref, *known_to(user))).first()


def decided(session: Session, user: User, wanted: LogFilter, *, after: str = "", limit: int | None = PAGE) -> Page:
    """Decisions, the newest first."""
    at_column = col(CaseRow.decided_at)
    query = select(CaseRow).where(at_column.is_not(None), *known_to(user), _seen_by(user), *_log_conditions(wanted))
    if after:
        at, ref = _key(after)
        query = query.where(or_(at_column < at, and_(at_column == at, col(CaseRow.ref) > ref)))
    query = query.order_by(at_column.desc(), col(CaseRow.ref))
    if limit is None:
        return Page(session.exec(query).all())
    rows = session.exec(query.limit(limit + 1)).all()
    return _page(rows, lambda row: row.decided_at)


def choices(session: Session, user: User) -> dict[str, list[Any]]:
    """What the decision log can be filtered by: the values that there are."""
    columns = select(col(CaseRow.process), col(CaseRow.month), col(CaseRow.stratum), col(CaseRow.version))
    rows = session.exec(columns.where(*known_to(user)).distinct()).all()
    found: dict[str, set[Any]] = {
        name: {row[at] for row in rows} - {None} for at, name in enumerate(("process", "month", "stratum", "version"))
    }
    return {name: sorted(values, reverse=name == "month") for name, values in found.items()}


def refused(session: Session, limit: int = PAGE) -> Sequence[IntakeRow]:
    """Deliveries that were not taken, the newest first."""
    query = select(IntakeRow).where(col(IntakeRow.accepted).is_(False))
    return session.exec(query.order_by(col(IntakeRow.received_at).desc()).limit(limit)).all()


def unseen(session: Session, user: User, rows: Sequence[CaseRow]) -> set[str]:
    """The references among these cases whose outcome this user must not see yet: a blind review is theirs, or nobody's.

    Whoever may take the review tomorrow must not have met the outcome in a list today.
    """
    query = select(SampleTaskRow.case_ref).where(
        col(SampleTaskRow.case_ref).in_([row.ref for row in rows]),
        col(SampleTaskRow.blind),
        col(SampleTaskRow.answered_at).is_(None),
        or_(col(SampleTaskRow.reviewer).is_(None), col(SampleTaskRow.reviewer) == user.account),
    )
    return set(session.exec(query))


def known_to(user: User) -> tuple[Any, ...]:
    """The condition that leaves out the cases that the user may not know of."""
    return () if user.sees_restricted else (col(CaseRow.restricted).is_(False),)


def _seen_by(user: User) -> Any:
    """The condition that leaves out the decisions that this user must review without having seen them."""
    nobody_yet = and_(
        col(SampleTaskRow.reviewer).is_(None),
        col(SampleTaskRow.number) == 1,
        col(SampleTaskRow.mode) == "hold",
        col(CaseRow.status).in_(("person", "applicant")),
    )
    hidden = exists().where(
        col(SampleTaskRow.case_ref) == col(CaseRow.ref),
        col(SampleTaskRow.blind),
        col(SampleTaskRow.answered_at).is_(None),
        or_(col(SampleTaskRow.reviewer) == user.account, nobody_yet),
    )
    return ~hidden


def _log_conditions(wanted: LogFilter) -> list[Any]:
    conditions: list[Any] = []
    for column, value in (
        (CaseRow.process, wanted.process),
        (CaseRow.month, wanted.month),
        (CaseRow.outcome, wanted.outcome),
        (CaseRow.stratum, wanted.stratum),
        (CaseRow.version, wanted.version),
    ):
        if value:
            conditions.append(col(column) == value)
    if wanted.by:
        robot = col(CaseRow.decided_by) == "robot"
        conditions.append(robot if wanted.by == "robot" else ~robot)
    if wanted.picked:
        conditions.append(col(CaseRow.picked).is_(wanted.picked == "ja"))
    return conditions


def _page(rows: Sequence[CaseRow], moment: Any) -> Page:
    if len(rows) <= PAGE:
        return Page(rows)
    last = rows[PAGE - 1]
    return Page(rows[:PAGE], f"{moment(last).isoformat()}~{last.ref}")


def _key(after: str) -> tuple[datetime, str]:
    at, _, ref = after.partition("~")
    return datetime.fromisoformat(at), ref
