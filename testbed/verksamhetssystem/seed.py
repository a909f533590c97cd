"""Fill a new case system with persons and their history. Money is `Decimal` kronor, months are dates with day 1."""

import hashlib
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from testbed.verksamhetssystem.calculation import CONTENT, SUMMARY, Content, Summary, summarise
from testbed.verksamhetssystem.catalogue import APPLICANT, APPROVED, CASE_TYPE, DECISION_REASONS, DRAFT, FINAL
from testbed.verksamhetssystem.database import create, insert, writing
from testbed.verksamhetssystem.money import to_ore
from testbed.verksamhetssystem.records import JobStimulus, Member, month_text

IMPORTED_BY = "Konvertering"
DEMO_USERS: Mapping[str, str] = {"robot": "robot-prov", "handlaggare": "handlaggare-prov"}


@dataclass(frozen=True, slots=True)
class EarlierPayment:
    """A payment already made: kronor and day."""

    amount: Decimal
    pay_date: date


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """A decision already made. Amount None = the calculation's deficit."""

    decided_on: date
    type: str = APPROVED
    amount: Decimal | None = None
    reason: str = DECISION_REASONS[0]
    decision_maker: str = "Handläggare"
    text: str = "Beslut fattat före införandet."
    payments: tuple[EarlierPayment, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierCalculation:
    """A calculation already in the system; its summary is worked out by the system itself."""

    month: date
    content: Content
    final: bool = True
    decision: EarlierDecision | None = None


@dataclass(frozen=True, slots=True)
class EarlierNote:
    """A journal note already written, at an aware time."""

    heading: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its history. The number must be unique in the system."""

    number: str
    opened: date
    status: str = "Pågående"
    type: str = CASE_TYPE
    job_stimulus: tuple[JobStimulus, ...] = ()
    calculations: tuple[EarlierCalculation, ...] = ()
    notes: tuple[EarlierNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A registered person: 12 characters (personnummer or temporary number), address on one line, payee as shown.

    The household begins with the person, role Sökande; no two members may have the same name, since the screens
    choose persons by name.
    """

    personnummer: str
    name: str
    address: str
    payee: str
    household: tuple[Member, ...]
    cases: tuple[Case, ...] = ()

    def __post_init__(self) -> None:
        names = [member.name for member in self.household]
        if not self.household or self.household[0].role != APPLICANT or names[0] != self.name:
            raise ValueError("a household begins with the person itself, role Sökande: put that member first")
        if len(set(names)) != len(names):
            raise ValueError("two members of a household have the same name: the screens choose persons by name")
        if len(self.personnummer) != 12:
            raise ValueError("a personnummer or temporary number has 12 characters, found another length")


def seed(database: Path, persons: Sequence[Person], *, at: datetime, users: Mapping[str, str] = DEMO_USERS) -> None:
    """Make the database file and store everything, as imported at the aware time ``at``.

    ``users`` maps user names to passwords. Raises FileExistsError when the file exists.
    """
    create(database)
    with writing(database) as connection:
        for name, password in users.items():
            salt = secrets.token_bytes(16)
            connection.execute("INSERT INTO users VALUES (?, ?, ?)", (name, salt, password_digest(password, salt)))
        for person in persons:
            _insert_person(connection, person, at)


def password_digest(password: str, salt: bytes) -> bytes:
    """What is stored instead of a password."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1)


def _insert_person(connection: sqlite3.Connection, person: Person, at: datetime) -> None:
    row = (person.personnummer, person.name, person.address, person.payee)
    person_id = connection.execute(
        "INSERT INTO persons (personnummer, name, address, payee) VALUES (?, ?, ?, ?)", row
    ).lastrowid
    connection.executemany(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?)",
        [
            (person_id, position, member.name, member.born.isoformat(), member.role, member.personnummer)
            for position, member in enumerate(person.household)
        ],
    )
    for case in person.cases:
        connection.execute(
            "INSERT INTO cases VALUES (?, ?, ?, ?, ?, 1)",
            (case.number, person_id, case.type, case.status, case.opened.isoformat()),
        )
        _insert_history(connection, person, case, at)


def _insert_history(connection: sqlite3.Connection, person: Person, case: Case, at: datetime) -> None:
    connection.executemany(
        "INSERT INTO job_stimulus VALUES (?, ?, ?, ?)",
        [(case.number, span.role, span.first.isoformat(), span.last.isoformat()) for span in case.job_stimulus],
    )
    for calculation in case.calculations:
        _insert_calculation(connection, person, case, calculation, at)
    connection.executemany(
        "INSERT INTO notes (case_number, heading, text, created_at, created_by, imported) VALUES (?, ?, ?, ?, ?, 1)",
        [(case.number, note.heading, note.text, note.at.isoformat(), IMPORTED_BY) for note in case.notes],
    )


def _insert_calculation(
    connection: sqlite3.Connection, person: Person, case: Case, calculation: EarlierCalculation, at: datetime
) -> None:
    summary = summarise(calculation.content)
    row = {
        "case_number": case.number,
        "month": month_text(calculation.month),
        "content": CONTENT.dump_json(calculation.content).decode(),
        "status": FINAL if calculation.final else DRAFT,
        "summary": SUMMARY.dump_json(summary).decode(),
        "created_at": at.isoformat(),
        "created_by": IMPORTED_BY,
        "saved_at": at.isoformat() if calculation.final else None,
        "saved_by": IMPORTED_BY if calculation.final else None,
        "imported": 1,
    }
    calculation_id = insert(connection, "calculations", row)
    if calculation.decision is not None:
        _insert_decision(connection, person, row | {"id": calculation_id}, summary, calculation.decision)


def _insert_decision(
    connection: sqlite3.Connection,
    person: Person,
    calculation: Mapping[str, object],
    summary: Summary,
    decision: EarlierDecision,
) -> None:
    common = {key: calculation[key] for key in ("case_number", "month", "created_at", "created_by", "imported")}
    decision_id = insert(
        connection,
        "decisions",
        common
        | {
            "calculation_id": calculation["id"],
            "type": decision.type,
            "decided_on": decision.decided_on.isoformat(),
            "amount": to_ore(summary.deficit if decision.amount is None else decision.amount),
            "reason": decision.reason,
            "decision_maker": decision.decision_maker,
            "text": decision.text,
        },
    )
    for payment in decision.payments:
        paid = {"decision_id": decision_id, "amount": to_ore(payment.amount), "pay_date": payment.pay_date.isoformat()}
        insert(connection, "payments", common | paid | {"payee": person.payee, "status": "Utbetald"})
