"""Reads of the database as typed records, and the numbers that people see."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from testbed.verksamhetssystem.calculation import CONTENT, SUMMARY, Content, Summary, last_day
from testbed.verksamhetssystem.catalogue import CO_APPLICANT, FINAL
from testbed.verksamhetssystem.money import from_ore

SWEDEN = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household. Role: Sökande, Medsökande or Barn."""

    name: str
    born: date
    role: str
    personnummer: str | None = None


@dataclass(frozen=True, slots=True)
class JobStimulus:
    """The days during which a person's work income is partly disregarded. Role: Sökande or Medsökande."""

    role: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person with household and payee."""

    id: int
    personnummer: str
    name: str
    address: str
    payee: str
    household: tuple[Member, ...]

    @property
    def has_co_applicant(self) -> bool:
        """Whether the household has a second applicant."""
        return any(member.role == CO_APPLICANT for member in self.household)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case with its person."""

    number: str
    type: str
    status: str
    opened: date
    person: PersonRecord
    job_stimulus: tuple[JobStimulus, ...]
    version: int


@dataclass(frozen=True, slots=True)
class CalculationRecord:
    """A calculation, draft or final. `summary` is None until it is calculated, and again after each change."""

    id: int
    case_number: str
    month: date
    content: Content
    status: str
    summary: Summary | None
    created_at: datetime
    created_by: str

    @property
    def number(self) -> str:
        """As shown: B-000012."""
        return f"B-{self.id:06d}"

    @property
    def receipt(self) -> str:
        """As shown: K-000012; empty for a draft."""
        return f"K-{self.id:06d}" if self.is_final else ""

    @property
    def is_final(self) -> bool:
        """Whether it is locked."""
        return self.status == FINAL

    @property
    def last(self) -> date:
        """The last day of its month."""
        return last_day(self.month)


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision."""

    id: int
    case_number: str
    calculation: str
    type: str
    decided_on: date
    month: date
    amount: Decimal
    reason: str
    decision_maker: str
    text: str
    paid: Decimal

    @property
    def number(self) -> str:
        """As shown: BE-000012."""
        return f"BE-{self.id:06d}"

    @property
    def last(self) -> date:
        """The last day of its month."""
        return last_day(self.month)


def month_text(month: date) -> str:
    """As ÅÅÅÅ-MM."""
    return f"{month:%Y-%m}"


def month_of(text: str) -> date:
    """The first day of an ÅÅÅÅ-MM that the database holds."""
    return date.fromisoformat(f"{text}-01")


def id_of(number: str, prefix: str) -> int:
    """The row behind a shown number such as B-000012; 0, which no row has, when it is not one."""
    found = re.fullmatch(rf"{prefix}-(\d{{6,9}})", number, re.ASCII)
    return int(found[1]) if found else 0


def find_person(connection: sqlite3.Connection, personnummer: str) -> int | None:
    """The id of the person with these 12 characters."""
    row = connection.execute("SELECT id FROM persons WHERE personnummer = ?", (personnummer,)).fetchone()
    return None if row is None else int(row["id"])


def read_person(connection: sqlite3.Connection, person_id: int) -> PersonRecord | None:
    """A person, or None."""
    row = connection.execute("SELECT * FROM persons WHERE id = ?", (person_id,)).fetchone()
    if row is None:
        return None
    members = connection.execute("SELECT * FROM members WHERE person_id = ? ORDER BY position", (person_id,))
    household = tuple(Member(m["name"], date.fromisoformat(m["born"]), m["role"], m["personnummer"]) for m in members)
    return PersonRecord(row["id"], row["personnummer"], row["name"], row["address"], row["payee"], household)


def read_case(connection: sqlite3.Connection, number: str) -> CaseRecord | None:
    """A case, or None."""
    row = connection.execute("SELECT * FROM cases WHERE number = ?", (number,)).fetchone()
    person = None if row is None else read_person(connection, row["person_id"])
    if row is None or person is None:
        return None
    spans = connection.execute("SELECT * FROM job_stimulus WHERE case_number = ? ORDER BY role DESC, first", (number,))
    stimulus = tuple(
        JobStimulus(span["role"], date.fromisoformat(span["first"]), date.fromisoformat(span["last"])) for span in spans
    )
    opened, version = date.fromisoformat(row["opened"]), row["version"]
    return CaseRecord(number, row["type"], row["status"], opened, person, stimulus, version)


def read_calculation(connection: sqlite3.Connection, number: str) -> CalculationRecord | None:
    """A calculation by its shown number, or None."""
    row = connection.execute("SELECT * FROM calculations WHERE id = ?", (id_of(number, "B"),)).fetchone()
    return None if row is None else calculation_of(row)


def read_calculations(connection: sqlite3.Connection, case_number: str) -> list[CalculationRecord]:
    """A case's calculations, newest month first."""
    rows = connection.execute(
        "SELECT * FROM calculations WHERE case_number = ? ORDER BY month DESC, id DESC", (case_number,)
    )
    return [calculation_of(row) for row in rows]


def calculation_of(row: sqlite3.Row) -> CalculationRecord:
    """A row of the table calculations as a record."""
    return CalculationRecord(
        row["id"],
        row["case_number"],
        month_of(row["month"]),
        CONTENT.validate_json(row["content"]),
        row["status"],
        None if row["summary"] is None else SUMMARY.validate_json(row["summary"]),
        datetime.fromisoformat(row["created_at"]),
        row["created_by"],
    )


_DECISIONS = """SELECT decisions.*, (SELECT coalesce(sum(amount), 0) FROM payments WHERE decision_id = decisions.id)
AS paid FROM decisions"""


def read_decision(connection: sqlite3.Connection, number: str) -> DecisionRecord | None:
    """A decision by its shown number, or None."""
    row = connection.execute(f"{_DECISIONS} WHERE id = ?", (id_of(number, "BE"),)).fetchone()
    return None if row is None else _decision_of(row)


def read_decisions(connection: sqlite3.Connection, case_number: str) -> list[DecisionRecord]:
    """A case's decisions, newest first."""
    rows = connection.execute(f"{_DECISIONS} WHERE case_number = ? ORDER BY id DESC", (case_number,))
    return [_decision_of(row) for row in rows]


def _decision_of(row: sqlite3.Row) -> DecisionRecord:
    return DecisionRecord(
        row["id"],
        row["case_number"],
        f"B-{row['calculation_id']:06d}",
        row["type"],
        date.fromisoformat(row["decided_on"]),
        month_of(row["month"]),
        from_ore(row["amount"]),
        row["reason"],
        row["decision_maker"],
        row["text"],
        from_ore(row["paid"]),
    )
