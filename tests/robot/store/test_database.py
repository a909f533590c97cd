"""The database: its schema is the models', and what cannot be used is refused with what to do."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import Session, SQLModel

import audit.log.tables
import audit.vault.tables
import robot.store.tables
from robot.engine.house import House
from robot.settings import Settings
from robot.store.database import Database, DatabaseError
from robot.store.tables import DefinitionRow

TABLES = (audit.log.tables, audit.vault.tables, robot.store.tables)


def test_the_migrations_make_the_models_tables(url: str) -> None:
    """After every revision the schema is exactly the models' metadata, on both databases."""
    database = Database(url)
    database.upgrade()

    with database.engine.connect() as connection:
        options = {"version_table": "arende_schema", "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []
    database.close()


def test_upgrading_twice_changes_nothing(url: str) -> None:
    """A second start finds the schema as it is."""
    database = Database(url)
    database.upgrade()
    database.upgrade()
    database.close()


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    """The message names the revision, and says what to do; nothing is changed."""
    database = Database(url)
    database.upgrade()
    with database.write() as session:
        session.connection().execute(text("UPDATE arende_schema SET version_num = '9999'"))

    with pytest.raises(DatabaseError, match=r"schema revision 9999.*install the newer version"):
        database.upgrade()
    database.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "in-memory SQLite"),
        ("sqlite:///:memory:", "in-memory SQLite"),
        ("sqlite:///file:memdb?mode=memory&uri=true", "in-memory SQLite"),
        ("mysql://localhost/arende", "names 'mysql'; expected sqlite or postgresql"),
        ("here/arende.sqlite", "not a database address"),
    ],
)
def test_a_wrong_address_is_refused(url: str, message: str) -> None:
    """What would lose the cases, another kind of database, and no address at all."""
    with pytest.raises(DatabaseError, match=message):
        Database(url)


def test_a_wrong_address_is_not_repeated() -> None:
    """An address may hold a password, so the error does not quote it."""
    with pytest.raises(DatabaseError) as error:
        Database("postgresql//robot:hemligt@db/arende")
    assert "hemligt" not in str(error.value)


def test_a_database_that_does_not_answer_is_said_so() -> None:
    """The message has the address without its password."""
    database = Database("postgresql+psycopg://robot:hemligt@127.0.0.1:1/arende")

    with pytest.raises(DatabaseError, match="cannot be used") as error:
        database.upgrade()
    assert "hemligt" not in str(error.value)
    database.close()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    """A text file in the database's place is an error with the file's name."""
    path = tmp_path / "arende.sqlite"
    path.write_text("detta är ingen databas " * 100, encoding="utf-8")
    database = Database(f"sqlite:///{path}")

    with pytest.raises(DatabaseError, match=r"arende\.sqlite cannot be used"):
        database.upgrade()
    database.close()


@pytest.mark.parametrize("key", ["master_key", "draw_key"])
def test_a_missing_key_with_a_filled_database_is_refused(tmp_path: Path, key: str) -> None:
    """A new key would not open what the old one closed, so none is made."""
    from tests.robot.engine.ground import application, build

    ground = build(tmp_path)
    ground.submit(application())
    path: Path = getattr(ground.house.settings, key)
    ground.house.close()
    path.unlink()

    with pytest.raises(DatabaseError, match=f"key file is missing: .*{path.name}; restore it"):
        House.build(Settings(data=tmp_path))
    assert not path.exists()


def test_the_first_keys_are_the_owners_alone(tmp_path: Path) -> None:
    """Keys and their new folder can be read by the owner only; a folder that was there keeps its rights."""
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    House.build(Settings(data=tmp_path / "data", draw_key_file=kept / "draw.key")).close()

    secrets = tmp_path / "data" / "secrets"
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert (secrets / "master.key").stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_mode & 0o777 == 0o755


def test_a_failed_transaction_leaves_nothing(url: str) -> None:
    """What was added before the error is not there afterwards."""
    database = Database(url)
    database.upgrade()

    def fail() -> None:
        with database.write() as session:
            session.add(DefinitionRow(version="v", process="p", first_used_at=datetime.now(UTC), archive=b""))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert session.get(DefinitionRow, "v") is None
    database.close()


def test_a_read_sees_one_moment(url: str) -> None:
    """What is written while a session reads is not seen by it: a check of the journal must not find half a case."""
    database = Database(url)
    database.upgrade()

    with database.read() as reading:
        assert reading.get(DefinitionRow, "v") is None
        with database.write() as session:
            session.add(DefinitionRow(version="v", process="p", first_used_at=datetime.now(UTC), archive=b""))
        assert _count(reading) == 0
    with database.read() as reading:
        assert _count(reading) == 1
    database.close()


def _count(session: Session) -> int:
    return int(session.connection().execute(text("SELECT count(*) FROM arende_definition")).scalar_one())


def test_a_time_without_zone_is_refused(tmp_path: Path) -> None:
    """It could mean two moments, so it never reaches the database."""
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    database.upgrade()

    naive = datetime(2025, 9, 1, 8)  # noqa: DTZ001 - the naive time is the point
    with pytest.raises(StatementError, match="without zone"), database.write() as session:
        session.add(DefinitionRow(version="v", process="p", first_used_at=naive, archive=b""))
    database.close()


def test_a_database_error_does_not_quote_what_was_stored(url: str) -> None:
    """An error of the database names the statement, and not the values."""
    database = Database(url)
    database.upgrade()
    row: dict[str, Any] = {"version": "hemligt", "process": "p", "first_used_at": datetime.now(UTC), "archive": b""}
    with database.write() as session:
        session.add(DefinitionRow(**row))

    with pytest.raises(Exception, match="parameters hidden") as error, database.write() as session:
        session.add(DefinitionRow(**row))
    assert "[parameters: {" not in str(error.value)
    database.close()
