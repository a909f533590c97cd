"""Intake over HTTP."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.desk import world
from tests.desk.conftest import Visitor

PATH = f"/api/ansokningar/{world.PROCESS}"
HEADERS = {"Authorization": f"Bearer {world.TOKEN}"}


async def _send(visitor: Visitor, content: Any, path: str = PATH, headers: dict[str, str] | None = None) -> Any:
    return await visitor.http.post(path, content=content, headers=HEADERS if headers is None else headers)


async def test_an_application_is_taken_once(visitor: Visitor) -> None:
    """New is 201 with the case; the same bytes again are 200 with the same case."""
    data = json.dumps(world.application("new", "195712302842")).encode()
    first, second = await _send(visitor, data), await _send(visitor, data)
    assert (first.status_code, first.json()["new"]) == (201, True)
    assert (second.status_code, second.json()) == (200, {"case": first.json()["case"], "new": False})


async def test_a_bad_application_is_refused_with_every_fault(visitor: Visitor) -> None:
    """422 names the places of all faults, never what stood there, and where the delivery is kept."""
    wrong = {**world.application("new", "195712302842"), "sambor": "hemlig", "barn": None, "extra": 1}
    answer = await _send(visitor, json.dumps(wrong).encode())
    assert answer.status_code == 422
    assert {fault["where"] for fault in answer.json()["faults"]} == {"sambor", "barn", "extra"}
    assert "hemlig" not in answer.text
    assert answer.json()["delivery"].startswith("intake-")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer fel"}, {"Authorization": world.TOKEN}])
async def test_only_the_token_s_owner_may_hand_in(visitor: Visitor, headers: dict[str, str]) -> None:
    """Without the right bearer token nothing is read."""
    answer = await _send(visitor, b"{}", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_unknown_process_and_too_much_are_refused(visitor: Visitor) -> None:
    """An unknown process is 404 with those there are; more than a mebibyte is 413."""
    answer = await _send(visitor, b"{}", path="/api/ansokningar/finns_inte")
    assert answer.status_code == 404
    assert world.PROCESS in answer.json()["error"]
    assert (await _send(visitor, b" " * (1024 * 1024 + 1))).status_code == 413


async def test_intake_is_closed_without_a_token(app: FastAPI) -> None:
    """A desk without ARENDE_INTAKE_TOKEN takes nothing, and says what to set."""
    house = app.state.desk.house
    closed = house.settings.model_copy(update={"intake_token": None})
    object.__setattr__(house, "settings", closed)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example.se") as http:
        answer = await http.post(PATH, content=b"{}", headers={"Authorization": "Bearer "})
    assert answer.status_code == 401
    assert "ARENDE_INTAKE_TOKEN" in answer.json()["error"]
