"""What the audit tests stand on: seeded randomness, a clock that stands still, and databases with the tables made."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlmodel import SQLModel

from audit.clock import ManualClock
from audit.log.entry import Actor, new_case_ref
from audit.log.journal import Journal
from audit.log.tables import EntryRow
from audit.vault.keys import MasterKey
from audit.vault.tables import CaseKeyRow, ValueRow
from audit.vault.vault import Vault

START = datetime(2026, 11, 20, 10, 15, 2, 123456, tzinfo=UTC)
MASTER = MasterKey(bytes(range(32)))
ROBOT = Actor(kind="robot", id="ekonomiskt_bistand", build="sha256:aa", rules="sha256:bb")
PERSON = Actor(kind="person", id="handlaggare-1")
TABLES = [SQLModel.metadata.tables[table.__tablename__] for table in (EntryRow, CaseKeyRow, ValueRow)]


def case_ref(number: int) -> str:
    """A case reference that is the same in every run."""
    return new_case_ref(random.Random(number).randbytes)


@dataclass
class House:
    """A journal with its clock and vault, all of one seed."""

    seed: int = 1
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    vault: Vault = field(init=False)
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.vault = Vault(MASTER, random.Random(self.seed).randbytes)
        self.journal = Journal(self.clock, self.vault)


def sqlite_engine(url: str) -> Engine:
    """SQLite as the robot uses it: WAL, and every transaction takes the write lock at its start."""
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
