"""Writes a case's entries, its row and its next job in one transaction. The only writer of cases."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import structlog
from sqlalchemy import Update, bindparam, exists, false, or_, update
from sqlmodel import Session, col, select

from audit.clock import Clock
from audit.errors import JournalClosedError, JournalConflictError
from audit.log.entry import Actor
from audit.log.journal import Journal, New, Recorded
from audit.log.receipt import Receipt, receipt_of
from audit.log.tables import ENTRIES
from robot.engine.case import CaseState, SampleTask
from robot.engine.fold import after, fold
from robot.engine.metrics import count_effects
from robot.engine.money import ore
from robot.steps.base import Draft
from robot.store.database import Database
from robot.store.tables import CaseRow, SampleTaskRow, WorkerRow

log = structlog.get_logger(__name__)
CONFLICTS = 5
READING = "access.read"
QUIET = (READING, "review.", "sample.")
"""How the types of entries begin that do not move a case: others write them while a worker has it in hand."""

_CASES = CaseRow.metadata.tables[CaseRow.__tablename__]
_NEWER = (
    select(ENTRIES.c.type)
    .where(ENTRIES.c.case_ref == bindparam("case"), ENTRIES.c.case_seq >= bindparam("entries"))
    .order_by(ENTRIES.c.case_seq)
)

_TURN = select(_CASES.c.status, _CASES.c.job, _CASES.c.queue).where(_CASES.c.ref == bindparam("case"))


class StaleCaseError(Exception):
    """Somebody else has moved the case since it was read: nothing was written."""


class Jobs(Protocol):
    """Hands out work. ``put`` is part of the caller's transaction: never a job without its entries, or the reverse."""

    def put(self, session: Session, case: str, queue: str, *, number: int, due_at: datetime, delay: float = 0) -> None:
        """Enqueue the segment that begins at entry ``number`` of the case's journal."""


class Ledger:
    """The journal, the case rows and the queue, kept together."""

    def __init__(self, database: Database, journal: Journal, jobs: Jobs, clock: Clock) -> None:
        self.database = database
        self.journal = journal
        self.jobs = jobs
        self.clock = clock

    def load(self, ref: str) -> CaseState:
        """Fold the case from its journal.

        Raises:
            FoldError: There is no such case.

        """
        with self.database.read() as session:
            return fold(self.journal.read(session, ref))

    def current(self, ref: str, number: int, queue: str) -> CaseState | None:
        """The case, when the job that was put in ``queue`` at entry ``number`` is still the one that may move it."""
        with self.database.read() as session:
            row = session.execute(_TURN, {"case": ref}).first()
            if row is None or tuple(row) != ("running", number, queue):
                return None
            return fold(self.journal.read(session, ref))

    def recorded(self, ref: str) -> list[Recorded]:
        """Every entry of the case with its values."""
        with self.database.read() as session:
            return self.journal.read(session, ref)

    def receipt(self, ref: str) -> Receipt | None:
        """The receipt of the case's newest decision; None while no signed head covers it."""
        with self.database.read() as session:
            return receipt_of(session, ref, "decision.made")

    def write(
        self,
        state: CaseState,
        drafts: Sequence[Draft],
        *,
        actor: Actor,
        queue: str | None = None,
        delay: float = 0,
        term: str | None = None,
    ) -> CaseState:
        """Append ``drafts`` to the case, and with ``queue`` the job that goes on with it.

        ``term``: of the lease that the writing worker holds; a person who writes has none.

        Raises:
            StaleCaseError: The case was moved by somebody else since ``state`` was folded, or the lease was taken.

        """
        for attempt in range(CONFLICTS):
            try:
                with self.database.write() as session:
                    after_all = self._appended(session, state, drafts, actor)
                    self._move(session, state, after_all, queue, term)
                    if queue is not None:
                        self._put(session, after_all, queue, delay)
            except JournalConflictError:
                # A reader's access.read can land between; the next try takes the next number.
                log.info("journal.conflict", case=state.ref, attempt=attempt)
            else:
                count_effects(after_all, drafts)
                return after_all
        msg = f"case {state.ref}: {CONFLICTS} journal conflicts in a row; another process writes to it all the time"
        raise StaleCaseError(msg)

    def note(self, ref: str, draft: Draft, *, actor: Actor) -> None:
        """Append one entry that does not move the case, such as access.read."""
        for _ in range(CONFLICTS):
            try:
                with self.database.write() as session:
                    self.journal.append(
                        session, ref, draft.type, actor=actor, body=dict(draft.body), personal=dict(draft.personal)
                    )
                    return
            except JournalConflictError:
                continue
        msg = f"case {ref}: {CONFLICTS} journal conflicts in a row; another process writes to it all the time"
        raise StaleCaseError(msg)

    def _appended(self, session: Session, state: CaseState, drafts: Sequence[Draft], actor: Actor) -> CaseState:
        news = [New(draft.type, dict(draft.body), dict(draft.personal), draft.intent) for draft in drafts]
        try:
            entries = self.journal.append_all(session, state.ref, news, actor=actor)
        except JournalClosedError:
            _must_be_newest(session, state)  # whoever closed it has moved it
            raise
        if not entries or entries[0].case_seq != state.entries:
            _must_be_newest(session, state, own=len(entries))
        for entry, draft in zip(entries, drafts, strict=True):
            state = after(state, Recorded(entry, dict(draft.personal)))
        return state

    def must_be_newest(self, state: CaseState) -> None:
        """Make sure, right before an effect, that nobody has moved the case.

        Raises:
            StaleCaseError: Somebody has.

        """
        with self.database.read() as session:
            _must_be_newest(session, state)

    def _move(self, session: Session, before: CaseState, state: CaseState, queue: str | None, term: str | None) -> None:
        for name, task in state.tasks.items():
            if before.tasks.get(name) != task:
                session.merge(task_row(state, task))
        if state.canary:
            return  # nobody's case: it has no row that lists and figures could count
        changes = projection(state)
        if queue is not None:
            changes |= {"queue": queue, "job": state.entries}
        if unpicked := changes["picked"] is False:
            del changes["picked"]
        place = {"was": before.ref, "was_position": before.position, "was_status": before.status}
        fence = {} if term is None else {"fence": term}
        statement = _movement(unpicked=unpicked, fenced=term is not None)
        changed = session.connection().execute(statement, {**changes, **place, **fence})
        if changed.rowcount != 1:
            what = f"is no longer at position {before.position}, or the worker's lease was taken"
            msg = f"case {state.ref} {what}; another worker has moved it or will"
            raise StaleCaseError(msg)

    def _put(self, session: Session, state: CaseState, queue: str, delay: float) -> None:
        self.jobs.put(session, state.ref, queue, number=state.entries, due_at=state.due_at, delay=delay)


@cache
def _movement(*, unpicked: bool, fenced: bool) -> Update:
    """The update of a case's row, if it is still where it was; what is set are the other parameters."""
    statement = (
        update(_CASES)
        .where(
            _CASES.c.ref == bindparam("was"),
            _CASES.c.position == bindparam("was_position"),
            _CASES.c.status == bindparam("was_status"),
        )
        .values(revision=_CASES.c.revision + 1)
    )
    if unpicked:
        # A pick that was made afterwards is not unmade by a worker that has not seen it.
        statement = statement.values(picked=or_(_CASES.c.picked.is_(True), false()))
    return statement.where(exists().where(col(WorkerRow.term) == bindparam("fence"))) if fenced else statement


def _must_be_newest(session: Session, state: CaseState, *, own: int = 0) -> None:
    """Two workers with the same segment would otherwise both intend the same effect, and both act.

    Readings may stand between, but nothing that moves the case. ``own``: of the newest entries, so many are ours.
    """
    newer = session.scalars(_NEWER, {"case": state.ref, "entries": state.entries}).all()
    found = next((kind for kind in newer[: len(newer) - own] if moves(kind)), None)
    if found is not None:
        msg = f"case {state.ref} got {found} after entry {state.entries}; another worker has moved it"
        raise StaleCaseError(msg)


def moves(kind: str) -> bool:
    """Whether an entry of this type moves its case."""
    return not kind.startswith(QUIET)


def projection(state: CaseState) -> dict[str, Any]:
    """The columns of the case's row that follow from its state."""
    review, decision, ticket = state.review, state.decision, state.ticket
    waiting = review if state.status in {"person", "applicant"} else None
    outcome = decision or state.proposal
    return {
        "status": state.status,
        "restricted": state.restricted,
        "position": state.position,
        "attempts": state.attempts,
        "lane": waiting.lane if waiting else None,
        "reasons": [{"code": reason.code, "title": reason.title} for reason in waiting.reasons] if waiting else [],
        "review_due_at": waiting.due_at if waiting else None,
        "outcome": outcome.outcome if outcome else None,
        "amount_ore": ore(outcome.amount) if outcome else None,
        "decided_by": decision.by if decision else None,
        "decided_at": decision.at if decision else None,
        "closed_at": state.closed_at,
        "marks": list(state.marks),
        "request_due_at": state.request_due_at,
        "held": state.held,
        "erased_at": state.erased_at,
        "stratum": ticket and ticket.stratum,
        "probability": ticket and ticket.probability,
        "picked": ticket and ticket.picked,
    }


def task_row(state: CaseState, task: SampleTask) -> SampleTaskRow:
    """The row that finds a review of the stickprov."""
    return SampleTaskRow(
        case_ref=state.ref,
        task=task.task,
        process=state.process,
        lane=task.lane,
        number=task.number,
        period=task.period,
        stratum=task.stratum,
        mode=task.mode,
        blind=task.blind,
        restricted=state.restricted,
        due_at=task.due_at,
        reviewer=task.reviewer or None,
        opened_at=task.opened_at,
        answered_at=None if task.found is None else task.found.at,
    )
