"""What the desk shows and notes of time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.desk.conftest import Town, Visitor, copied


@pytest.fixture
def town(template: Path, tmp_path: Path) -> Iterator[Town]:
    """An own copy for every test, because each of them moves time."""
    with copied(template, tmp_path / "data") as town:
        yield town


def _later(town: Town, days: int) -> None:
    clock: Any = town.house.clock
    clock.advance(timedelta(days=days))
    town.house.deadlines.look()


async def _act(visitor: Visitor, town: Town, action: str, **fields: Any) -> Any:
    path = f"/arende/{town.cases['income']}/{action}"
    return await visitor.post(path, **{"revision": town.row("income").revision, **fields})


async def test_a_case_in_time_has_no_word_of_lateness(handlaggare: Visitor, town: Town) -> None:
    """Neither list nor page speaks of delays before there are any."""
    page = (await handlaggare.http.get(f"/arende/{town.cases['income']}")).text
    for word in ("Ärendet är sent", "/forsening", "/begaran"):
        assert word not in page
    assert "Har passerat sin dag" not in (await handlaggare.http.get("/")).text


async def test_a_delayed_case_asks_for_a_notice_until_it_is_noted(visitor: Visitor, town: Town) -> None:
    """List and page ask for the notice of FL 11 §; noted with its reason, they stop."""
    _later(town, 20)
    await visitor.login("handlaggare")
    listed = (await visitor.http.get("/")).text
    assert "Har passerat sin dag" in listed
    assert "Underrätta om försening" in listed
    page = (await visitor.http.get(f"/arende/{town.cases['income']}")).text
    assert "11 § förvaltningslagen" in page
    assert "Skriv vilken anledning" in (await _act(visitor, town, "forsening", motivering=" ")).text
    assert (await _act(visitor, town, "forsening", motivering="Många ansökningar i december.")).status_code == 303
    page = (await visitor.http.get(f"/arende/{town.cases['income']}")).text
    assert "/forsening" not in page
    assert "Många ansökningar i december." in page


async def test_a_request_for_a_decision_is_noted_with_its_last_day(visitor: Visitor, town: Town) -> None:
    """After six months the applicant's request can be noted, and the page says when it is answered."""
    _later(town, 190)
    await visitor.login("handlaggare")
    assert "ÅÅÅÅ-MM-DD" in (await _act(visitor, town, "begaran", dag="i går")).text
    assert "Begäran kan ha kommit in" in (await _act(visitor, town, "begaran", dag="2025-10-01")).text
    assert (await _act(visitor, town, "begaran", dag="2026-03-20")).status_code == 303
    page = (await visitor.http.get(f"/arende/{town.cases['income']}")).text
    assert "Begäran besvaras senast" in page
    assert "17 april 2026" in page
    assert "/begaran" not in page
    assert "Begäran om avgörande" in (await visitor.http.get("/")).text


async def test_drift_sees_what_is_late_and_why(visitor: Visitor, town: Town) -> None:
    """The page for drift names every reason in words."""
    _later(town, 20)
    await visitor.login("drift")
    page = (await visitor.http.get("/drift")).text
    assert "Granskningen har passerat sin dag" in page
    assert "Beslutet är inte verkställt inom utlovad tid" in page
