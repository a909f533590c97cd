"""A running case system and somebody who is logged in to it."""

from collections.abc import Iterator

import pytest

from tests.testbed.verksamhetssystem.ground import Ground, running
from tests.testbed.verksamhetssystem.visitor import Visitor


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The servers of a module's tests."""
    with running(tmp_path_factory.mktemp("case-system")) as system:
        yield system


@pytest.fixture
def ground(servers: Ground) -> Ground:
    """A case system on fresh data."""
    servers.again()
    return servers


@pytest.fixture
def visitor(ground: Ground) -> Visitor:
    """Somebody logged in as robot."""
    someone = Visitor(ground.url)
    someone.log_in("robot", "robot-prov")
    return someone
