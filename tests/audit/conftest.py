"""Real databases for the audit tests: a SQLite file, and a PostgreSQL that lives as long as the test session."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlmodel import Session, SQLModel

from audit.log.tables import LOG_TABLES
from tests.audit.ground import TABLES, House, sqlite_engine


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Engine]:
    """PostgreSQL with empty tables."""
    engine = create_engine(postgres_server)
    SQLModel.metadata.create_all(engine, tables=[*TABLES, *LOG_TABLES])
    yield engine
    SQLModel.metadata.drop_all(engine, tables=[*TABLES, *LOG_TABLES])
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite file with empty tables."""
    engine = sqlite_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    SQLModel.metadata.create_all(engine, tables=[*TABLES, *LOG_TABLES])
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each database in turn: what the audit promises holds on both."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on an empty database."""
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def house() -> House:
    """A journal, a vault and a clock."""
    return House()
