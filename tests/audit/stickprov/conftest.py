"""A month of the stickprov on a database of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.audit.ground import House
from tests.audit.stickprov.ground import Month


@pytest.fixture
def month(sqlite: Engine, house: House) -> Iterator[Month]:
    """November 2026, not opened yet."""
    with Session(sqlite) as session:
        found = Month(session, house)
        yield found
        found.keeper.close()
