"""The desk on a house with cases, a visitor without browser, and a real browser."""

import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

import desk.pages
from audit.log.journal import Recorded
from desk.accounts import create_demo_accounts
from desk.app import create_app
from robot.engine.house import House
from robot.engine.library import Library
from tests.desk import world

_DEFINITIONS: list[Library] = []


@dataclass(frozen=True)
class Town:
    """A house with its cases by name and the accounts' passwords."""

    house: House
    cases: dict[str, str]
    passwords: dict[str, str]

    def entries(self, case: str) -> list[Recorded]:
        """The case's journal."""
        return self.house.ledger.recorded(self.cases[case])

    def reads(self, case: str) -> list[tuple[str, Any]]:
        """Who read the case, and why."""
        found = [one.entry for one in self.entries(case) if one.entry.type == "access.read"]
        return [(entry.actor.id, entry.body["why"]) for entry in found]

    def row(self, case: str) -> Any:
        """The case's row."""
        from robot.store.tables import CaseRow

        with self.house.database.read() as session:
            return session.get(CaseRow, self.cases[case])


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with cases, made once and copied."""
    folder = tmp_path_factory.mktemp("desk") / "data"
    accounts = folder / "accounts.json"
    passwords = {account: password for account, password, _ in create_demo_accounts(accounts)}
    house = world.build(folder, accounts_file=accounts)
    cases = world.fill(house)
    house.close()
    _DEFINITIONS.append(house.library)
    (folder / "town.json").write_text(json.dumps({"cases": cases, "passwords": passwords}), encoding="utf-8")
    return folder


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Town]:
    """An own copy of the house. The definition is read once for all of them: that takes longest."""
    shutil.copytree(template, folder)
    house = world.build(folder, accounts_file=folder / "accounts.json")
    house.library._loaded |= _DEFINITIONS[0]._loaded
    house.library._current |= _DEFINITIONS[0]._current
    yield Town(house, **json.loads((folder / "town.json").read_text(encoding="utf-8")))
    house.close()


@pytest.fixture(scope="module")
def town(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A copy of the house for the tests of one module, which do not disturb each other."""
    with copied(template, tmp_path_factory.mktemp("town") / "data") as town:
        yield town


@pytest.fixture
def app(town: Town) -> FastAPI:
    """The desk on that house."""
    return create_app(town.house)


def routes() -> list[APIRoute]:
    """Every route of every page module."""
    modules = (import_module(f"desk.pages.{found.name}") for found in iter_modules(desk.pages.__path__))
    return [route for module in modules for route in module.router.routes if isinstance(route, APIRoute)]


class Visitor:
    """Speaks HTTP with the desk as one person with one session."""

    def __init__(self, app: FastAPI, passwords: dict[str, str]) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://desk.example.se")
        self._passwords = passwords

    async def login(self, account: str) -> None:
        """Log in with a demo account."""
        await self.http.get("/logga-in")
        answer = await self.post("/logga-in", konto=account, losenord=self._passwords[account])
        assert answer.status_code == 303, answer.text

    async def token(self) -> str:
        """The session's form token, from a page."""
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.http.get("/logga-in")).text)
        assert found is not None
        return found[1]

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form as a page would."""
        return await self.http.post(path, data={"csrf": await self.token(), **fields})


@pytest.fixture
async def visitor(app: FastAPI, town: Town) -> AsyncIterator[Visitor]:
    """Somebody who has not logged in."""
    visitor = Visitor(app, town.passwords)
    yield visitor
    await visitor.http.aclose()


@pytest.fixture
async def handlaggare(visitor: Visitor) -> Visitor:
    """A handläggare without the right to restricted cases."""
    await visitor.login("handlaggare")
    return visitor
