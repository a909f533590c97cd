"""The brake in the desk, for drift and controllers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from robot.engine.brake import Puller
from robot.engine.scope import Scope
from tests.desk.conftest import Town, Visitor, copied

PROCESS = "ekonomiskt_bistand"
MACHINE = Puller("robot", "Roboten", person=False)


@pytest.fixture
def town(template: Path, tmp_path: Path) -> Iterator[Town]:
    """An own copy for every test, because each of them works the brake."""
    with copied(template, tmp_path / "data") as town:
        yield town


@pytest.mark.parametrize(
    ("account", "status"), [("drift", 200), ("controller", 200), ("handlaggare", 403), ("utvecklare", 403)]
)
async def test_drift_and_controllers_work_the_brake(visitor: Visitor, town: Town, account: str, status: int) -> None:
    """Two roles see the page and may pull; the others may neither."""
    await visitor.login(account)
    assert (await visitor.http.get("/broms")).status_code == status
    answer = await visitor.post("/broms/dra", vad=f"{PROCESS}/process/", skal="Prov.")
    assert answer.status_code == (303 if status == 200 else 403)
    assert len(town.house.brakes.pulled(PROCESS)) == (1 if status == 200 else 0)


async def test_pulling_and_releasing_are_journalled_with_name_and_reason(visitor: Visitor, town: Town) -> None:
    """Who pulled, who let go and why stand on the page and in the journal."""
    await visitor.login("drift")
    what = f"{PROCESS}/stratum/bifall_med_barn"
    assert (await visitor.post("/broms/dra", vad=what, skal="Fel i barnens norm.")).status_code == 303
    page = (await visitor.http.get("/broms")).text
    assert "Bromsen är dragen för gruppen bifall med barn." in page
    assert "Fel i barnens norm." in page
    assert (await visitor.post("/broms/slapp", vad=what, skal="Normen är rättad.")).status_code == 303
    assert town.house.brakes.pulled(PROCESS) == ()
    newest = town.house.brakes.history(PROCESS)[0]
    assert (newest.on, newest.by, newest.name, newest.reason) == (False, "drift", "Demo Drift", "Normen är rättad.")
    assert "Ingen broms är dragen." in (await visitor.http.get("/broms")).text


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/broms/dra", {"vad": "", "skal": "Prov."}, "Välj vad som ska bromsas"),
        ("/broms/dra", {"vad": f"{PROCESS}/stratum/finns_inte", "skal": "Prov."}, "Välj vad som ska bromsas"),
        ("/broms/dra", {"vad": "../process/", "skal": "Prov."}, "Välj vad som ska bromsas"),
        ("/broms/dra", {"vad": f"{PROCESS}/process/", "skal": " "}, "Skriv varför"),
        ("/broms/slapp", {"vad": f"{PROCESS}/process/", "skal": "Prov."}, "redan släppt"),
        ("/broms/slapp", {"vad": f"{PROCESS}/connector/sms", "skal": ""}, "Skriv varför"),
        ("/broms/slapp", {"vad": "", "skal": "Prov."}, "redan släppt"),
    ],
)
async def test_what_cannot_be_done_says_why(
    visitor: Visitor, town: Town, path: str, fields: dict[str, str], told: str
) -> None:
    """A wrong form changes nothing, says what is wrong, and keeps what was chosen."""
    town.house.brakes.pull(PROCESS, Scope("connector", "sms"), MACHINE, code="fel_behorighet")
    await visitor.login("controller")
    answer = await visitor.post(path, **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'role="alert"' in answer.text
    assert len(town.house.brakes.history(PROCESS)) == 1


async def test_what_drift_has_measured_is_shown(visitor: Visitor, town: Town) -> None:
    """A brake that was pulled automatically shows its cause in words and its figures."""
    figures = {"andel nu": "48 av 50", "andel tidigare": "120 av 200"}
    watch = Puller("drift", "Driftvakten", person=False)
    town.house.brakes.pull(PROCESS, Scope(), watch, code="drift.andel", figures=figures)
    town.house.brakes.pull(PROCESS, Scope("screen", "verksamhetssystem.beslut"), MACHINE, code="skarmen_andrad")
    await visitor.login("controller")
    page = (await visitor.http.get("/broms")).text
    words = (
        "Andelen som roboten beviljar har ändrats",
        "48 av 50",
        "Driftvakten",
        "Skärmen beslut i verksamhetssystem",
    )
    for told in words:
        assert told in page
