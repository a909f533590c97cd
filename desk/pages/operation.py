"""The page for drift: what is in the queue, what is late, and whether the journal is whole."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import case
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from audit.log.check import Report, check_all
from desk import queries
from desk.roles import User, needs
from desk.web import Desk, desk_of, page, redirect
from robot.engine.cases import list_cases
from robot.engine.lateness import why_late
from robot.store.tables import CaseRow, IntakeRow

router = APIRouter()
operates = needs("drift")
CHECK_SECONDS = 60


@dataclass(frozen=True)
class JournalCheck:
    """What a check found; without a report it was stopped after ``done`` of ``total`` entries."""

    at: datetime
    seconds: float
    report: Report | None
    done: int
    total: int


class _TimeIsUpError(Exception):
    pass


@router.get("/drift")
def operation(request: Request, user: Annotated[User, Depends(operates)]) -> Response:
    """The state of the work."""
    desk = desk_of(request)
    with desk.house.database.read() as session:
        return page(
            request,
            "operation.html",
            queues=_queues(session, user),
            unbegun=_unbegun(session),
            counts=queries.count_waiting(session, user, desk.now()),
            late=_late(session, user, desk),
            deliveries=session.exec(select(func.count()).select_from(IntakeRow)).one(),
            refused=queries.refused(session),
            checked=desk.journal_checks[-1] if desk.journal_checks else None,
            limit=CHECK_SECONDS,
            screens=[one for name in desk.house.library.processes() for one in desk.house.screen_check.results(name)],
        )


@router.post("/drift/journal")
def check_journal(request: Request, user: Annotated[User, Depends(operates)]) -> Response:  # noqa: ARG001 - the role is the point
    """Check the whole journal and vault, as far as the time allows."""
    desk = desk_of(request)
    desk.journal_checks[:] = [_check(desk)]
    return redirect("/drift#journal")


def _check(desk: Desk) -> JournalCheck:
    began, reached = time.monotonic(), (0, 0)

    def progress(done: int, total: int) -> None:
        nonlocal reached
        reached = done, total
        if time.monotonic() - began > CHECK_SECONDS:
            raise _TimeIsUpError

    report: Report | None = None
    try:
        with desk.house.database.read() as session:
            report = check_all(session, desk.house.vault, progress)
    except _TimeIsUpError:
        pass
    return JournalCheck(desk.now(), time.monotonic() - began, report, *reached)


def _queues(session: Session, user: User) -> list[tuple[str, int, int, datetime]]:
    """Queue, cases in it, those that are being tried again, and since when the oldest waits."""
    running = (col(CaseRow.status) == "running", *queries.known_to(user))
    again = func.sum(case((col(CaseRow.attempts) > 0, 1), else_=0))
    query = select(CaseRow.queue, func.count(), again, func.min(CaseRow.opened_at)).where(*running)
    found = session.exec(query.group_by(CaseRow.queue).order_by(CaseRow.queue)).all()
    return [(queue, count, tried, oldest) for queue, count, tried, oldest in found]


def _unbegun(session: Session) -> int:
    """Cases before their first step. All begin there, so that the number says nothing about who is protected."""
    query = select(func.count()).where(col(CaseRow.status) == "running", col(CaseRow.position) == 0)
    return session.exec(query).one()


def _late(session: Session, user: User, desk: Desk) -> list[tuple[CaseRow, tuple[str, ...]]]:
    """Late cases and why."""
    now, days = desk.now(), desk.house.settings.delay_notice_days
    rows = list_cases(session, late_at=now, restricted=user.sees_restricted, limit=queries.PAGE)
    return [(row, why_late(row, now, delay_notice_days=days)) for row in rows]
