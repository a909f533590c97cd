"""Gallring: which cases are due, what a case leaves behind, and its destruction in an order that survives a crash.

A gallring is first ordered in a row of its own. Then the files go, then in one transaction the tombstone is written and
key, secrets and rows are destroyed, and last the database gives up what it keeps of deleted rows. Until all of that is
done the order stands, and whoever looks carries it on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, func, or_, select

from audit.errors import JournalConflictError, VaultError
from audit.log.entry import Actor, Entry
from audit.log.journal import ERASED, last_tombstone
from audit.log.tables import EntryRow
from audit.stickprov.frame import member
from audit.stickprov.month import period_of
from audit.stickprov.period import read_period
from audit.vault.erasure import count_values, erase
from robot.engine import retention
from robot.engine.fold import fold
from robot.engine.ledger import CONFLICTS, READING, Ledger, StaleCaseError, projection
from robot.engine.library import Library
from robot.engine.queue import Queue
from robot.engine.retention import PRESERVED, TOO_EARLY, UNKNOWN_PERSON, UNKNOWN_PLACE, erasable_from, preserved
from robot.engine.review import Person
from robot.engine.traces import Traces
from robot.engine.working_days import months_later
from robot.steps.base import Draft
from robot.store.scrub import scrub
from robot.store.tables import CaseRow, ErasureRow, IntakeRow, SampleTaskRow

log = structlog.get_logger(__name__)
ACTOR = Actor(kind="system", id="gallring")
FINISHED = ("closed", "by_hand")
NO_NOTE = (READING, ERASED)
"""Entries that are no note in the person's file: reading it, and its gallring."""
HELD, OPEN, GONE, SAMPLED = "held", "open", "erased", "sampled"
OBSTACLES = {
    GONE: "it is erased already",
    OPEN: "it is not finished, or another case of the same person is not",
    HELD: "a legal hold is on; `arende audit hold off` lifts it",
    SAMPLED: "a review of it is not answered, or the stickprov of the month it was decided in is not evaluated",
    PRESERVED: "it is kept for research (SoF 13 kap. 1 §, or the process says so)",
    UNKNOWN_PLACE: "ARENDE_KOMMUNKOD is not set, so nobody can tell whether the county is exempt (SoF 13 kap. 1 §)",
    UNKNOWN_PERSON: "no personnummer was found, so nobody can tell whether the birth day is exempt (SoF 13 kap. 1 §)",
    TOO_EARLY: "its time is not over yet",
}
DESPITE = frozenset({TOO_EARLY, UNKNOWN_PERSON, SAMPLED})
"""What a decision about one case may set aside. A review that nobody can make any more counts as an error found."""


class GallringError(Exception):
    """The case cannot be erased, or the hold cannot be changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What a case, or a refused delivery, leaves until gallring, and what stands in the way. No personal data.

    ``due``: when its time is over, aware UTC; ``obstacles``: codes of `OBSTACLES`.
    """

    ref: str
    process: str
    due: datetime
    obstacles: tuple[str, ...]
    entries: int
    values: int
    letters: int
    files: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What was erased, what an obstacle has stopped half-way, and what the database cannot do by itself."""

    erased: tuple[str, ...]
    waiting: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Gallring:
    """Looks, erases, carries on, and holds."""

    def __init__(self, ledger: Ledger, library: Library, queue: Queue, traces: Traces, *, kommunkod: str) -> None:
        """``kommunkod``: the municipality's code, four digits; empty when it is not known."""
        self._ledger = ledger
        self._library = library
        self._queue = queue
        self._traces = traces
        self._kommunkod = kommunkod

    def look(self, ref: str) -> Remains:
        """What would go, and what stands in the way.

        Raises:
            GallringError: There is no such case or delivery.

        """
        with self._ledger.database.read() as session:
            return self._look(session, ref)

    def due(self) -> list[Remains]:
        """Everything whose own time is over, with what stands in the way of each; the oldest first."""
        now = self._ledger.clock.now()
        with self._ledger.database.read() as session:
            found = [self._look(session, ref) for ref in self._candidates(session, now)]
        return sorted((one for one in found if TOO_EARLY not in one.obstacles), key=lambda one: (one.due, one.ref))

    def erase(self, ref: str, *, decision: str, by: str, despite: frozenset[str] = frozenset()) -> Finished:
        """Erase one case or delivery on a decision. ``despite``: codes that the decision sets aside.

        Raises:
            GallringError: Something stands in the way, or no decision is named.
            DatabaseError: It is erased, but the database's files may still hold deleted bytes: `resume` later.

        """
        _needed(decision)
        stubborn = set(self.look(ref).obstacles) - (despite & DESPITE)
        if stubborn:
            msg = f"{ref} cannot be erased: {'; '.join(OBSTACLES[code] for code in OBSTACLES if code in stubborn)}"
            raise GallringError(msg)
        self._order([ref], decision, by)
        return self.resume()

    def run(self, *, decision: str, by: str) -> Finished:
        """Erase everything that is due and that nothing stands in the way of. Raises as `erase` does."""
        _needed(decision)
        self._order([one.ref for one in self.due() if not one.obstacles], decision, by)
        return self.resume()

    def nightly(self, decision: str) -> Finished:
        """`run` on the board's standing decision; without one only what a person has ordered is carried through."""
        return self.run(decision=decision, by="scheduler") if decision else self.resume()

    def resume(self) -> Finished:
        """Carry through what is ordered. Raises `DatabaseError` as `erase` does, OSError for a file that stays."""
        with self._ledger.database.read() as session:
            orders = session.exec(select(ErasureRow).order_by(col(ErasureRow.case_ref))).all()
        waiting = tuple(order.case_ref for order in orders if not order.destroyed and not self._carry(order))
        done = tuple(order.case_ref for order in orders if order.case_ref not in waiting)
        if not done:
            return Finished((), waiting)
        left = scrub(self._ledger.database)
        with self._ledger.database.write() as session:
            for ref in done:
                session.delete(session.get_one(ErasureRow, ref))
        log.warning("gallring.done", cases=len(done), waiting=len(waiting))
        return Finished(done, waiting, left)

    def hold(self, ref: str, person: Person, *, reason: str) -> None:
        """Let nothing of the case be erased until the hold is lifted. Raises `GallringError`."""
        self._set_hold(ref, person, reason, held=True)

    def release(self, ref: str, person: Person, *, reason: str) -> None:
        """Lift the hold. Raises `GallringError`."""
        self._set_hold(ref, person, reason, held=False)

    def _set_hold(self, ref: str, person: Person, reason: str, *, held: bool) -> None:
        if not reason.strip():
            msg = "say why with --reason; it is kept in the case's journal"
            raise GallringError(msg)
        state = self._ledger.load(ref)
        if state.erased_at is not None or state.held == held:
            why = OBSTACLES[GONE] if state.erased_at is not None else f"its hold is {'on' if held else 'off'} already"
            msg = f"{ref}: {why}"
            raise GallringError(msg)
        draft = Draft("gallring.held" if held else "gallring.released", {}, {"reason": reason, "name": person.name})
        self._ledger.write(state, [draft], actor=person.actor)

    def _order(self, refs: Sequence[str], decision: str, by: str) -> None:
        now = self._ledger.clock.now()
        with self._ledger.database.write() as session:
            for ref in refs:
                if session.get(ErasureRow, ref) is None:
                    session.add(ErasureRow(case_ref=ref, decision=decision, ordered_by=by, ordered_at=now))

    def _carry(self, order: ErasureRow) -> bool:
        """Destroy what the order names; False when something has come in the way since it was given."""
        ref = order.case_ref
        with self._ledger.database.read() as session:
            if self._in_the_way(session, ref):
                log.warning("gallring.waits", case=ref)
                return False
            entries = self._ledger.journal.entries(session, ref)
            digests = [row.content_sha256 for row in _deliveries(session, ref)]
        self._traces.remove(self._traces.files(digests), self._traces.letters(entries))
        for _ in range(CONFLICTS):
            try:
                with self._ledger.database.write() as session:
                    if self._in_the_way(session, ref):
                        return False
                    self._destroy(session, session.get_one(ErasureRow, ref))
            except JournalConflictError:
                continue
            self._queue.forget(ref)
            return True
        msg = f"case {ref}: {CONFLICTS} journal conflicts in a row; another process writes to it all the time"
        raise StaleCaseError(msg)

    def _in_the_way(self, session: Session, ref: str) -> bool:
        """Whether a hold has come, or the case is in hand again, since gallring was ordered."""
        row = session.get(CaseRow, ref)
        return row is not None and (row.held or row.status not in FINISHED)

    def _destroy(self, session: Session, order: ErasureRow) -> None:
        journal, ref = self._ledger.journal, order.case_ref
        erase(journal, session, ref, decision=order.decision, by=order.ordered_by, actor=ACTOR)
        for delivery in _deliveries(session, ref):
            delivery.content_sha256, delivery.faults = f"gallrad-{delivery.ref}", []
            session.add(delivery)
        if session.get(CaseRow, ref) is not None:
            changes = {**projection(fold(journal.read(session, ref))), "subject": None}
            values = {**changes, "revision": CaseRow.revision + 1}
            session.connection().execute(update(CaseRow).where(col(CaseRow.ref) == ref).values(**values))
        order.destroyed = True
        session.add(order)

    def _look(self, session: Session, ref: str) -> Remains:
        entries = self._ledger.journal.entries(session, ref)
        row = session.get(CaseRow, ref)
        deliveries = _deliveries(session, ref)
        if not entries or (row is None and not deliveries):
            msg = f"there is no case or refused delivery {ref!r}; `arende case list` shows cases"
            raise GallringError(msg)
        process = self._traces.process if row is None else row.process
        definition = self._library.newest(process)
        due = erasable_from(_last_note(session, ref, row), definition.retention_years)
        found = list(self._obstacles(session, ref, row, entries, definition.preserve))
        if due > self._ledger.clock.now():
            found.append(TOO_EARLY)
        return Remains(
            ref,
            process,
            due,
            tuple(found),
            len(entries),
            count_values(session, ref),
            len(self._traces.letters(entries)),
            len(self._traces.files(delivery.content_sha256 for delivery in deliveries)),
        )

    def _obstacles(
        self, session: Session, ref: str, row: CaseRow | None, entries: Sequence[Entry], preserve: retention.Preserve
    ) -> Iterator[str]:
        if last_tombstone(entries) >= 0:
            yield GONE
            return
        if row is not None:
            if row.status not in FINISHED or _others_open(session, row):
                yield OPEN
            if row.held:
                yield HELD
            if _is_awaited(session, ref) or self._is_counted_later(session, row, entries):
                yield SAMPLED
        try:
            told = self._ledger.journal.read(session, ref)[0].values
        except VaultError:
            told = {}  # what cannot be read names no person, and then a person has to decide
        kept = preserved(preserve, self._kommunkod, told)
        if kept is not None:
            yield kept

    def _is_counted_later(self, session: Session, row: CaseRow, entries: Sequence[Entry]) -> bool:
        """Whether the case is in the frame of a period that may still pick it, or whose figures are not journalled."""
        found = member(entries)
        if found is None:
            return False
        period = read_period(self._ledger.journal, session, row.process, period_of(found.entry.at()))
        return period is not None and not period.evaluated

    def _candidates(self, session: Session, now: datetime) -> list[str]:
        """Cases and refused deliveries that were finished longer ago than any process of theirs keeps them."""
        found: list[str] = []
        for process in session.exec(select(CaseRow.process).distinct()).all():
            before = months_later(now, -12 * self._library.newest(process).retention_years)
            finished = (col(CaseRow.status).in_(FINISHED), col(CaseRow.erased_at).is_(None))
            query = select(CaseRow.ref).where(CaseRow.process == process, *finished)
            found += session.exec(query.where(col(CaseRow.closed_at) <= before)).all()
        refused = select(IntakeRow).where(col(IntakeRow.accepted).is_(False))
        if deliveries := session.exec(refused).all():
            before = months_later(now, -12 * self._library.newest(self._traces.process).retention_years)
            old = (one for one in deliveries if one.received_at <= before)
            found += [one.ref for one in old if not one.content_sha256.startswith("gallrad-")]
        return found


def _deliveries(session: Session, ref: str) -> Sequence[IntakeRow]:
    return session.exec(select(IntakeRow).where(or_(IntakeRow.case_ref == ref, IntakeRow.ref == ref))).all()


def _is_awaited(session: Session, ref: str) -> bool:
    """Whether somebody is still to answer a review of the case, in any lane."""
    query = select(SampleTaskRow.task).where(SampleTaskRow.case_ref == ref, col(SampleTaskRow.answered_at).is_(None))
    return session.exec(query.limit(1)).first() is not None


def _same_person(session: Session, row: CaseRow) -> Sequence[CaseRow]:
    """The cases of the applicant's file, this one among them."""
    if row.subject is None:
        return [row]
    return session.exec(select(CaseRow).where(CaseRow.subject == row.subject)).all()


def _others_open(session: Session, row: CaseRow) -> bool:
    return any(other.status not in FINISHED for other in _same_person(session, row))


def _last_note(session: Session, ref: str, row: CaseRow | None) -> datetime:
    """When the last note was made in the file of the person: in any case of theirs."""
    refs = [ref] if row is None else [one.ref for one in _same_person(session, row)]
    notes = select(func.max(EntryRow.ts)).where(col(EntryRow.case_ref).in_(refs), col(EntryRow.type).not_in(NO_NOTE))
    return datetime.fromisoformat(str(session.exec(notes).one())).astimezone(UTC)


def _needed(decision: str) -> None:
    if not decision.strip():
        msg = "gallring must rest on a decision: name it, such as 'Socialnämnden 2025-03-12 § 41'"
        raise GallringError(msg)
