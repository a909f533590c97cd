"""A house for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.robot.engine.ground import Ground, build


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """A register that fails is asked again at once."""
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """What the test logs."""
    with capture_logs() as events:
        yield events


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A house on SQLite."""
    made = build(tmp_path)
    yield made
    made.house.close()
