"""Lists do not read every finished case."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event
from sqlmodel import Session, SQLModel

from desk import queries
from desk.roles import User
from robot.engine.cases import list_cases
from robot.store.database import SCHEMA_TABLE, Database

NOW = datetime(2026, 11, 21, tzinfo=UTC)
USER = User("anna", "Anna Exempel", frozenset({"handlaggare", "controller", "drift"}))
LISTS: dict[str, Callable[[Session], object]] = {
    "work": lambda session: queries.waiting(session, USER, queries.WorkFilter(), now=NOW),
    "late work": lambda session: queries.waiting(session, USER, queries.WorkFilter(late=True), now=NOW),
    "counts": lambda session: queries.count_waiting(session, USER, NOW),
    "reasons": lambda session: queries.waiting_reasons(session, USER, "person"),
    "decisions": lambda session: queries.decided(session, USER, queries.LogFilter()),
    "decisions of a month": lambda session: queries.decided(session, USER, queries.LogFilter(month=date(2026, 3, 1))),
    "a person's cases": lambda session: queries.by_subject(session, USER, "0" * 64),
    "all cases": lambda session: list_cases(session, limit=100),
    "late cases": lambda session: list_cases(session, late_at=NOW, limit=100),
}


@pytest.fixture
def database(sqlite: str) -> Iterator[Database]:
    """An empty database with its schema."""
    made = Database(sqlite)
    made.upgrade()
    yield made
    made.close()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_found_by_an_index(database: Database, name: str) -> None:
    """No list page goes through all cases: each query is a search, or follows an index in its order."""
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with database.read() as session:
        LISTS[name](session)
    statements = [(statement, values) for statement, values in asked if statement.startswith("SELECT")]
    assert statements
    with database.engine.connect() as connection:
        for statement, values in statements:
            plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert not any(re.fullmatch(r"SCAN arende_case", line) for line in plan), plan
            assert name != "all cases" or "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_the_tables_are_what_the_migrations_make(url: str) -> None:
    """A column or index of a table without a migration, or the reverse, is an error on both databases."""
    database = Database(url)
    database.upgrade()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": SCHEMA_TABLE})
        assert compare_metadata(context, SQLModel.metadata) == []
    database.close()
