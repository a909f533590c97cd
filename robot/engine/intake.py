"""Intake: an application is taken whole or refused whole, and kept either way."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from audit.errors import VaultError
from audit.log.entry import Actor, new_case_ref
from robot.definition import Definition
from robot.engine.application import Fault, read_application
from robot.engine.case import CaseState
from robot.engine.fold import EFFECT_SECRET, fold
from robot.engine.ledger import CONFLICTS, Ledger, projection
from robot.engine.library import Library
from robot.engine.services import BUILD
from robot.engine.traces import delivery_digest
from robot.engine.view import CaseView
from robot.engine.working_days import promised
from robot.steps.base import CASES_QUEUE
from robot.store.database import alone
from robot.store.tables import CaseRow, IntakeRow

log = structlog.get_logger(__name__)
SUBJECT = "sokande_personnummer"
SECRET_BYTES = 32


class IntakeConflictError(Exception):
    """The application was not taken, because others kept writing; hand it in again."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The application is a case. ``new`` is false when the same delivery was taken before."""

    case: str
    new: bool


@dataclass(frozen=True, slots=True)
class _Delivery:
    data: bytes
    digest: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """The application was not taken; it is kept under ``delivery`` with every fault."""

    delivery: str
    faults: tuple[Fault, ...]


class Intake:
    """Takes deliveries from a folder, over HTTP or from the command line, with the same validation."""

    def __init__(
        self,
        ledger: Ledger,
        library: Library,
        *,
        subject_index: Callable[[str], str],
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """``subject_index`` makes the keyed hash of a personnummer that finds a person's other cases."""
        self._ledger = ledger
        self._library = library
        self._subject_index = subject_index
        self._random_bytes = random_bytes

    def submit(
        self, data: bytes, *, process: str, source: str, received_at: datetime | None = None
    ) -> Accepted | Refused:
        """Take one application as JSON bytes.

        ``received_at`` is when it reached the authority (FL 22 §); without it, now. The same bytes again give the same
        case.

        Raises:
            UnknownProcessError: There is no such process.

        """
        definition = self._library.current(process)
        digest = delivery_digest(process, data)
        earlier = self._earlier(digest)
        if earlier is not None:
            return earlier
        delivery = _Delivery(data, digest, source, received_at or self._ledger.clock.now())
        application, faults = read_application(data, definition)
        for _ in range(CONFLICTS):
            try:
                with self._ledger.database.write() as session:
                    if application is None:
                        return self._refuse(session, delivery, faults)
                    return self._open(session, definition, application, delivery)
            except IntegrityError:
                # Another intake was first: with these bytes, or in keeping the definition; then we try again.
                found = self._earlier(digest)
                if found is not None:
                    return found
        msg = f"an application could not be stored in {CONFLICTS} tries; another process stores all the time"
        raise IntakeConflictError(msg)

    def _earlier(self, digest: str) -> Accepted | Refused | None:
        with self._ledger.database.read() as session:
            row = session.exec(select(IntakeRow).where(IntakeRow.content_sha256 == digest)).first()
        if row is None:
            return None
        if row.case_ref is not None:
            return Accepted(row.case_ref, new=False)
        return Refused(row.ref, tuple(Fault(**fault) for fault in row.faults))

    def _refuse(self, session: Session, delivery: _Delivery, faults: tuple[Fault, ...]) -> Refused:
        ref = f"intake-{self._random_bytes(16).hex()}"
        listed = [{"where": fault.where, "what": fault.what} for fault in faults]
        self._ledger.journal.append(
            session,
            ref,
            "intake.refused",
            actor=_ACTOR,
            body={"source": delivery.source, "faults": len(faults)},
            personal={"delivery": delivery.data.decode("utf-8", "backslashreplace"), "faults": listed},
        )
        row = IntakeRow(
            ref=ref,
            content_sha256=delivery.digest,
            source=delivery.source,
            received_at=delivery.at,
            accepted=False,
            faults=listed,
        )
        session.add(row)
        log.warning("intake.refused", delivery=ref, source=delivery.source, faults=len(faults))
        return Refused(ref, faults)

    def _open(self, session: Session, definition: Definition, application: Any, delivery: _Delivery) -> Accepted:
        now = self._ledger.clock.now()
        ref = new_case_ref(self._random_bytes)
        self._library.keep(session, definition, now=now)
        state = self._journalled(session, ref, definition, application, delivery)
        subject = self._subject(definition, state)
        if subject is not None:
            # Two applications of one person at the same moment would otherwise not see each other.
            alone(session, f"{definition.id} {subject}")
        if self._applied_before(session, subject, definition, state.month):
            self._ledger.journal.append(session, ref, "check.done", actor=_ACTOR, **_APPLIED_BEFORE)
            state = fold(self._ledger.journal.read(session, ref))
        session.add(
            CaseRow(
                ref=ref,
                process=definition.id,
                version=definition.version,
                month=state.month,
                revision=0,
                queue=CASES_QUEUE,
                job=state.entries,
                received_at=delivery.at,
                opened_at=now,
                due_at=state.due_at,
                subject=subject,
                **projection(state),
            )
        )
        session.add(
            IntakeRow(
                ref=f"intake-{ref}",
                content_sha256=delivery.digest,
                source=delivery.source,
                received_at=delivery.at,
                accepted=True,
                case_ref=ref,
            )
        )
        session.flush()
        self._ledger.jobs.put(session, ref, CASES_QUEUE, number=state.entries, due_at=state.due_at)
        log.info("intake.accepted", case=ref, source=delivery.source, process=definition.id)
        return Accepted(ref, new=True)

    def _journalled(
        self, session: Session, ref: str, definition: Definition, application: Any, delivery: _Delivery
    ) -> CaseState:
        fact = next(name for name, declared in definition.facts.items() if declared.type is definition.application)
        body = {
            "process": definition.id,
            "version": definition.version,
            "application": fact,
            "month": f"{getattr(application, definition.in_force_on):%Y-%m}",
            "received_at": delivery.at.isoformat(),
            "due_at": promised(delivery.at).isoformat(),
            "source": delivery.source,
        }
        actor = Actor(kind="system", id="intake", build=BUILD, rules=definition.version)
        secret = self._random_bytes(SECRET_BYTES).hex()
        personal = {fact: application.model_dump(mode="json", by_alias=True), EFFECT_SECRET: secret}
        self._ledger.journal.append(session, ref, "case.opened", actor=actor, body=body, personal=personal)
        return fold(self._ledger.journal.read(session, ref))

    def _subject(self, definition: Definition, state: CaseState) -> str | None:
        view = CaseView(definition, state, now=self._ledger.clock.now())
        values, _ = view.values((SUBJECT,)) if SUBJECT in definition.book.names() else ({}, ())
        try:
            return self._subject_index(values[SUBJECT]) if SUBJECT in values else None
        except VaultError:
            return None  # not a number that identifies anybody; the process hands such a case to a person

    def _applied_before(self, session: Session, subject: str | None, definition: Definition, month: date) -> bool:
        if subject is None:
            return False
        same = select(func.count()).where(
            col(CaseRow.subject) == subject, col(CaseRow.process) == definition.id, col(CaseRow.month) == month
        )
        return session.exec(same).one() > 0


_ACTOR = Actor(kind="system", id="intake", build=BUILD)
_WHY = "Det finns redan en ansökan för samma person och månad."
_APPLIED_BEFORE: dict[str, Any] = {
    "body": {"rules": ["redan_ansokt"], "failed": [{"code": "redan_ansokt", "origin": "intake"}]},
    "personal": {"remarks": {"0": _WHY}},
}
