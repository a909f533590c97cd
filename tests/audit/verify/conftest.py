"""Honest exports, written once by the robot's own evidence."""

import pytest

from benchmarks.tamper_town import Town, build


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A small honest log with gallring, a change of keys and a stickprov."""
    return build(10, tmp_path_factory.mktemp("town"), cases=7)
