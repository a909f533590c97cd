"""Intake: an application is taken whole or refused whole, and kept either way."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from audit.errors import VaultError
from audit.log.entry import Actor, new_case_ref
from robot.definition import Definition
from robot.engine.fold import fold
from robot.engine.ledger import Ledger, projection
from robot.engine.library import Library
from robot.engine.services import BUILD
from robot.engine.view import CaseView
from robot.rules import Reason
from robot.store.tables import CaseRow, IntakeRow

log = structlog.get_logger(__name__)
PROMISE = timedelta(hours=24)
SUBJECT = "sokande_personnummer"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an application: where in it, and what was expected. Never the value that was found."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The application is a case. ``new`` is false when the same delivery was taken before."""

    case: str
    new: bool


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

        ``received_at`` is when it reached the authority (FL 22 §); without it, now. The same bytes again give the same case.

        Raises:
            UnknownProcessError: There is no such process.

        """
        definition = self._library.current(process)
        digest = hashlib.sha256(process.encode() + b"\0" + data).hexdigest()
        earlier = self._earlier(digest)
        if earlier is not None:
            return earlier
        application, faults = read_application(data, definition)
        at = received_at or self._ledger.clock.now()
        try:
            with self._ledger.database.write() as session:
                if application is None:
                    return self._refuse(session, data, digest, source, at, faults)
                return self._open(session, definition, application, digest, source, at)
        except IntegrityError:
            # Two deliveries of the same bytes at once: the other one was first.
            found = self._earlier(digest)
            if found is None:
                raise
            return found

    def _earlier(self, digest: str) -> Accepted | Refused | None:
        with self._ledger.database.read() as session:
            row = session.exec(select(IntakeRow).where(IntakeRow.content_sha256 == digest)).first()
        if row is None:
            return None
        if row.case_ref is not None:
            return Accepted(row.case_ref, new=False)
        return Refused(row.ref, tuple(Fault(**fault) for fault in row.faults))

    def _refuse(
        self, session: Session, data: bytes, digest: str, source: str, at: datetime, faults: tuple[Fault, ...]
    ) -> Refused:
        ref = f"intake-{self._random_bytes(16).hex()}"
        listed = [{"where": fault.where, "what": fault.what} for fault in faults]
        self._ledger.journal.append(
            session,
            ref,
            "intake.refused",
            actor=_ACTOR,
            body={"source": source, "sha256": digest, "faults": len(faults)},
            personal={"delivery": data.decode("utf-8", "backslashreplace"), "faults": listed},
        )
        row = IntakeRow(ref=ref, content_sha256=digest, source=source, received_at=at, accepted=False, faults=listed)
        session.add(row)
        log.warning("intake.refused", delivery=ref, source=source, faults=len(faults))
        return Refused(ref, faults)

    def _open(
        self, session: Session, definition: Definition, application: Any, digest: str, source: str, at: datetime
    ) -> Accepted:
        now = self._ledger.clock.now()
        ref = new_case_ref(self._random_bytes)
        self._library.keep(session, definition, now=now)
        month = getattr(application, definition.in_force_on)
        fact = next(name for name, declared in definition.facts.items() if declared.type is definition.application)
        body = {
            "process": definition.id,
            "version": definition.version,
            "application": fact,
            "month": f"{month:%Y-%m}",
            "received_at": at.isoformat(),
            "due_at": (at + PROMISE).isoformat(),
            "source": source,
        }
        actor = Actor(kind="system", id="intake", build=BUILD, rules=definition.version)
        personal = {fact: application.model_dump(mode="json", by_alias=True)}
        self._ledger.journal.append(session, ref, "case.opened", actor=actor, body=body, personal=personal)
        state = fold(self._ledger.journal.read(session, ref))
        subject = self._subject(definition, state)
        if self._applied_before(session, subject, definition, month):
            self._ledger.journal.append(session, ref, "check.done", actor=actor, **_APPLIED_BEFORE)
            state = fold(self._ledger.journal.read(session, ref))
        session.add(
            CaseRow(
                ref=ref,
                process=definition.id,
                version=definition.version,
                month=month,
                revision=0,
                queue="cases",
                received_at=at,
                opened_at=now,
                due_at=state.due_at,
                subject=subject,
                **projection(state),
            )
        )
        session.add(
            IntakeRow(
                ref=f"intake-{ref}", content_sha256=digest, source=source, received_at=at, accepted=True, case_ref=ref
            )
        )
        session.flush()
        self._ledger.jobs.put(session, ref, 0, "cases", number=state.entries, due_at=state.due_at)
        log.info("intake.accepted", case=ref, source=source, process=definition.id)
        return Accepted(ref, new=True)

    def _subject(self, definition: Definition, state: Any) -> str | None:
        view = CaseView(definition, state, now=self._ledger.clock.now())
        values, _ = view.values((SUBJECT,)) if SUBJECT in definition.book.names() else ({}, ())
        try:
            return self._subject_index(values[SUBJECT]) if SUBJECT in values else None
        except VaultError:
            return None  # not a number that identifies anybody; the process hands such a case to a person

    def _applied_before(self, session: Session, subject: str | None, definition: Definition, month: Any) -> bool:
        if subject is None:
            return False
        same = select(func.count()).where(
            col(CaseRow.subject) == subject, col(CaseRow.process) == definition.id, col(CaseRow.month) == month
        )
        return session.exec(same).one() > 0


def read_application(data: bytes, definition: Definition) -> tuple[Any, tuple[Fault, ...]]:
    """The application as its record, or every fault in it."""
    try:
        content = json.loads(data.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        return None, (
            Fault("the file", f"expected UTF-8 text, found byte {data[error.start]:#04x} at offset {error.start}"),
        )
    except json.JSONDecodeError as error:
        return None, (Fault(f"line {error.lineno}, column {error.colno}", f"expected JSON: {error.msg}"),)
    except ValueError as error:
        return None, (Fault("the file", str(error)),)
    try:
        # As JSON again, so that dates and amounts are read by the strict JSON rules, which refuse floats as money.
        return definition.application.model_validate_json(json.dumps(content)), ()
    except ValidationError as error:
        return None, tuple(_fault(found) for found in error.errors(include_input=False, include_url=False))


def _fault(found: Any) -> Fault:
    where = ".".join(str(part) for part in found["loc"]) or "the application"
    return Fault(where, found["msg"])


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        msg = f"expected each key once, found twice: {', '.join(doubled)}"
        raise ValueError(msg)
    return dict(pairs)


def _no_constant(name: str) -> Any:
    msg = f"expected numbers, found {name}, which is not JSON"
    raise ValueError(msg)


_ACTOR = Actor(kind="system", id="intake", build=BUILD)
_WHY = "Det finns redan en ansökan för samma person och månad."
_APPLIED: Reason = Reason("redan_ansokt", _WHY, "intake")
_APPLIED_BEFORE: dict[str, Any] = {
    "body": {"rules": [_APPLIED.code], "failed": [{"code": _APPLIED.code, "origin": _APPLIED.origin}]},
    "personal": {"remarks": {"0": _WHY}},
}


class Folder:
    """The folder where the e-service leaves applications, one JSON file each."""

    def __init__(self, folder: Path, intake: Intake, *, process: str) -> None:
        self._folder = folder
        self._intake = intake
        self._process = process

    def poll(self) -> int:
        """Take every finished file (``*.json``) and move it to ``mottagna`` or ``avvisade``. Returns how many were new cases.

        A refused file gets a list of its faults beside it. A crash between taking and moving is harmless: the same bytes
        are the same case.
        """
        taken = 0
        for name in ("mottagna", "avvisade"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.glob("*.json")):
            data = path.read_bytes()
            result = self._intake.submit(data, process=self._process, source="folder")
            if isinstance(result, Accepted):
                taken += result.new
                path.rename(self._folder / "mottagna" / path.name)
            else:
                listed = [{"where": fault.where, "what": fault.what} for fault in result.faults]
                report = self._folder / "avvisade" / f"{path.stem}.faults.json"
                report.write_text(
                    json.dumps({"delivery": result.delivery, "faults": listed}, ensure_ascii=False, indent=2)
                )
                path.rename(self._folder / "avvisade" / path.name)
        return taken
