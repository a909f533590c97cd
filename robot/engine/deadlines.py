"""Time: reminds, escalates, brings cases back from the applicant, and follows the time limits of förvaltningslagen.

A time-out never ends in a decision: it only notes and moves to a person. Only cases that wait are written to; a case
that the robot works on is in its worker's hand, and lists show that it is late.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy import or_
from sqlmodel import Session, col, select

from audit.log.entry import Actor
from robot.engine.case import CaseState
from robot.engine.lateness import REQUEST_DAYS, why_late
from robot.engine.ledger import Ledger, StaleCaseError
from robot.engine.library import Library
from robot.engine.review import MOVED, Person, ReviewError, back_with_person
from robot.engine.working_days import SWEDEN, add_working_days, months_later
from robot.steps.base import Draft
from robot.store.tables import CaseRow

log = structlog.get_logger(__name__)
WAITING = ("person", "applicant")
WATCH = Actor(kind="system", id="deadlines")


class Deadlines:
    """The watch over cases that wait, and what a person notes about their time."""

    def __init__(self, ledger: Ledger, library: Library, *, delay_notice_days: int) -> None:
        """``delay_notice_days``: calendar days after which a case counts as much delayed (FL 11 § gives no number)."""
        self._ledger = ledger
        self._library = library
        self._delay_notice_days = delay_notice_days

    def look(self) -> Counter[str]:
        """Note everything that has fallen due, each once; how many entries of each type were written."""
        now = self._ledger.clock.now()
        with self._ledger.database.read() as session:
            due = [(row.ref, kinds) for row in self._perhaps(session, now) if (kinds := list(self._kinds(row, now)))]
        written: Counter[str] = Counter()
        for ref, kinds in due:
            try:
                self._note(ref, kinds, now)
            except StaleCaseError:
                continue  # somebody works on the case at this very moment; the next look sees what is left
            written.update(kinds)
        if written:
            log.warning("deadlines.noted", **{kind.replace(".", "_"): count for kind, count in written.items()})
        return written

    def told_of_delay(self, ref: str, person: Person, *, reason: str) -> CaseState:
        """Note that the applicant has been told that the decision is late, and why (FL 11 §). Raises `ReviewError`."""
        if not reason.strip():
            msg = "Skriv vilken anledning till förseningen som den sökande har fått."
            raise ReviewError(msg)
        state = self._undecided(ref)
        return self._write(state, [Draft("human.delay.told", {}, {"reason": reason})], person)

    def requested(self, ref: str, person: Person, *, received_on: date) -> CaseState:
        """Note the applicant's written request for a decision (FL 12 §): it is answered within four weeks.

        Once for a case, and not before six months. Raises `ReviewError`.
        """
        state = self._undecided(ref)
        now = self._ledger.clock.now()
        if state.request_due_at is not None:
            msg = "En begäran om avgörande är redan noterad. Den kan göras en gång under handläggningen."
            raise ReviewError(msg)
        earliest = months_later(state.received_at, 6).astimezone(SWEDEN).date()
        if not earliest <= received_on <= now.astimezone(SWEDEN).date():
            msg = f"Begäran kan ha kommit in från och med {earliest} till och med i dag."
            raise ReviewError(msg)
        due = datetime.combine(received_on + timedelta(days=REQUEST_DAYS), time(23, 59), SWEDEN)
        body = {"received_on": received_on.isoformat(), "due_at": due.isoformat()}
        return self._write(state, [Draft("human.decision.requested", body)], person)

    def _perhaps(self, session: Session, now: datetime) -> Sequence[CaseRow]:
        """Rows that may have something due, without those that wait within their time."""
        soon = col(CaseRow.review_due_at) < add_working_days(now, 1)
        old = col(CaseRow.received_at) < now - timedelta(days=self._delay_notice_days)
        undecided = col(CaseRow.decided_at).is_(None)
        query = select(CaseRow).where(col(CaseRow.status).in_(WAITING), or_(soon, old & undecided))
        return session.exec(query.order_by(col(CaseRow.due_at))).all()

    def _kinds(self, row: CaseRow, now: datetime) -> Iterator[str]:
        """The types of entries that are due and not written yet."""
        late = why_late(row, now, delay_notice_days=self._delay_notice_days)
        marks = set(row.marks)
        if "answer" in late:
            yield "deadline.unanswered"
        if row.status == "person" and "escalated" not in marks:
            if "review" in late:
                yield "deadline.escalated"
            elif "reminder" not in marks and _due_next(row, now):
                yield "deadline.reminder"
        for mark in ("delay_notice", "six_months"):
            if mark in late and mark not in marks:
                yield f"deadline.{mark}"

    def _note(self, ref: str, kinds: Sequence[str], now: datetime) -> None:
        state = self._ledger.load(ref)
        if state.status not in WAITING:
            raise StaleCaseError(MOVED)
        drafts = [Draft(kind, self._body(kind, state, now)) for kind in kinds]
        self._ledger.write(state, drafts, actor=WATCH)

    def _body(self, kind: str, state: CaseState, now: datetime) -> dict[str, str]:
        return {"due_at": back_with_person(self._library, state, now)} if kind == "deadline.unanswered" else {}

    def _undecided(self, ref: str) -> CaseState:
        state = self._ledger.load(ref)
        if state.status not in WAITING:
            msg = "Roboten arbetar med ärendet, eller så är det avslutat. Ladda om sidan."
            raise ReviewError(msg)
        if state.decision is not None:
            msg = "Ärendet är redan beslutat."
            raise ReviewError(msg)
        return state

    def _write(self, state: CaseState, drafts: Sequence[Draft], person: Person) -> CaseState:
        try:
            return self._ledger.write(state, drafts, actor=person.actor)
        except StaleCaseError as stale:
            raise ReviewError(MOVED) from stale


def _due_next(row: CaseRow, now: datetime) -> bool:
    """Whether the review is due within one working day: a person who is reminded can still be in time."""
    return row.review_due_at is not None and row.review_due_at < add_working_days(now, 1)
