"""Rows. They are projections and deliveries: the journal is the truth, and `CaseRow` can be rebuilt from it."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, DateTime, Dialect, Index, LargeBinary, false
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class Moment(TypeDecorator[datetime]):
    """An aware point in time. SQLite forgets the zone, so everything is stored as UTC and read back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a time without zone: it could mean two moments."""
        if value is not None and value.tzinfo is None:
            msg = "a time without zone reached the database; use datetime.now(UTC)"
            raise ValueError(msg)
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """A column with an aware point in time."""
    return Field(default=None, sa_column=Column(Moment(), nullable=nullable, index=index))


class CaseRow(SQLModel, table=True):
    """One case as list pages see it.

    ``amount_ore`` is öre for the month; ``subject`` is a keyed hash of the applicant's number, to search by. ``queue``
    and ``job`` (the count of entries when it was put there) name the one job that may move the case.
    """

    __tablename__ = "arende_case"
    __table_args__ = (
        Index("ix_case_due", "due_at", "ref"),
        Index("ix_case_status_due", "status", "due_at"),
        Index("ix_case_closed", "status", "closed_at"),
        Index("ix_case_process_status", "process", "status"),
    )

    ref: str = Field(primary_key=True)
    process: str
    version: str
    month: date = Field(index=True)
    status: str
    restricted: bool
    position: int
    revision: int
    queue: str
    job: int = 0
    lane: str | None = Field(default=None, index=True)
    reasons: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    received_at: datetime = moment()
    opened_at: datetime = moment()
    due_at: datetime = moment()
    review_due_at: datetime | None = moment(nullable=True)
    outcome: str | None = None
    amount_ore: int | None = None
    decided_by: str | None = Field(default=None, index=True)
    decided_at: datetime | None = moment(nullable=True, index=True)
    stratum: str | None = None
    probability: str | None = None
    picked: bool | None = None
    subject: str | None = Field(default=None, index=True)
    attempts: int = 0
    closed_at: datetime | None = moment(nullable=True)
    marks: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]"))
    request_due_at: datetime | None = moment(nullable=True)
    held: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    erased_at: datetime | None = moment(nullable=True)


class ErasureRow(SQLModel, table=True):
    """A gallring that is decided and not yet carried through. The row is there until nothing is left to destroy.

    ``decision`` is the reference of the decision on gallring; ``destroyed``: journal and vault are done, and what is
    left are the traces that the database itself keeps.
    """

    __tablename__ = "arende_erasure"

    case_ref: str = Field(primary_key=True)
    decision: str
    ordered_by: str
    ordered_at: datetime = moment()
    destroyed: bool = False


class IntakeRow(SQLModel, table=True):
    """One delivery from outside, taken or refused. ``faults`` name places and kinds of faults, never values."""

    __tablename__ = "arende_intake"

    ref: str = Field(primary_key=True)
    content_sha256: str = Field(unique=True)
    source: str
    received_at: datetime = moment(index=True)
    accepted: bool
    case_ref: str | None = Field(default=None, index=True)
    faults: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class DefinitionRow(SQLModel, table=True):
    """A released definition, whole: a case can always be finished and explained with the version it began with."""

    __tablename__ = "arende_definition"

    version: str = Field(primary_key=True)
    process: str = Field(index=True)
    first_used_at: datetime = moment()
    archive: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class WorkerRow(SQLModel, table=True):
    """One worker that may work. Whoever finds it dead deletes the row, and with it goes the right to write.

    ``name``: nobody else may run under it. ``executor``: as the queue knows this start of it. ``term``: this hold of
    the name, new each time it is taken. ``beat`` grows while it lives; it is no time, because machines' clocks differ.
    ``seconds``: without a new beat for so long it is dead. ``place``, ``pid`` and ``began`` name its process.
    """

    __tablename__ = "arende_worker"

    name: str = Field(primary_key=True)
    executor: str = Field(index=True)
    term: str = Field(unique=True)
    beat: int
    seconds: float
    place: str
    pid: int
    began: int = Field(sa_type=BigInteger)
    serves: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    started_at: datetime = moment()


class SampleTaskRow(SQLModel, table=True):
    """A review of the stickprov, as its lane's queue shows it. What was found stands in the journal only."""

    __tablename__ = "arende_sample_task"
    __table_args__ = (Index("ix_sample_task_queue", "lane", "answered_at", "due_at"),)

    case_ref: str = Field(primary_key=True)
    task: str = Field(primary_key=True)
    process: str
    lane: str
    number: int
    period: str = Field(index=True)
    stratum: str
    mode: str
    blind: bool
    restricted: bool
    due_at: datetime = moment()
    reviewer: str | None = None
    opened_at: datetime | None = moment(nullable=True)
    answered_at: datetime | None = moment(nullable=True)
