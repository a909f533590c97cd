"""`arende brake` and `arende case list --late`, as a person starts them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from audit.clock import ManualClock
from robot.cli import brake, case
from robot.engine.brake import BrakeError
from robot.engine.library import UnknownProcessError
from tests.robot.engine.ground import application, build

PROCESS = "ekonomiskt_bistand"
APP = typer.Typer()
brake.register(APP)
case.register(APP)
WHO = ["--person", "Eva Exempel", "--reason", "Fel i barnens norm."]


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setenv("ARENDE_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    return tmp_path


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(APP, list(arguments))


def rows(*arguments: str) -> list[dict[str, Any]]:
    """The command's JSON."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_brake_is_pulled_shown_and_released() -> None:
    """Status says since when, by whom and why; after the release only the history does."""
    on = run("brake", "on", PROCESS, "--stratum", "bifall_med_barn", *WHO)
    assert on.exit_code == 0
    assert on.stdout.endswith(f"pulled: {PROCESS} stratum.bifall_med_barn\n")
    assert "was on already" in run("brake", "on", PROCESS, "--stratum", "bifall_med_barn", *WHO).stdout
    (row,) = rows("brake", "status")
    assert (row["scope"], row["name"], row["reason"], row["on"]) == (
        "stratum.bifall_med_barn",
        "Eva Exempel",
        "Fel i barnens norm.",
        True,
    )
    assert "Eva Exempel" in run("brake", "status").stdout
    assert run("brake", "off", PROCESS, "--stratum", "bifall_med_barn", *WHO).exit_code == 0
    assert rows("brake", "status", PROCESS) == []
    assert [one["on"] for one in rows("brake", "status", "--history")] == [False, True]


def test_screens_and_connectors_have_their_own_brakes() -> None:
    """A brake on a screen and one on a connector stand beside each other."""
    assert run("brake", "on", PROCESS, "--screen", "verksamhetssystem.beslut", *WHO).exit_code == 0
    assert run("brake", "on", PROCESS, "--connector", "skatteverket", *WHO).exit_code == 0
    scopes = {row["scope"] for row in rows("brake", "status")}
    assert scopes == {"screen.verksamhetssystem.beslut", "connector.skatteverket"}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["on", PROCESS, "--stratum", "bifall_med_ban", *WHO], BrakeError, "it has: bifall_med_barn"),
        (["on", "ekonomisk", *WHO], UnknownProcessError, "there are: ekonomiskt_bistand"),
        (["on", PROCESS, "--person", "", "--reason", "Prov."], BrakeError, "named person and a reason"),
        (["off", PROCESS, *WHO], BrakeError, "brakes that are: none"),
    ],
)
def test_what_cannot_be_braked_is_an_error(arguments: list[str], error: type[Exception], message: str) -> None:
    """A misspelt name would hold nothing, so it is refused with what there is."""
    result = run("brake", *arguments)
    assert isinstance(result.exception, error)
    assert message in str(result.exception)
    assert rows("brake", "status") == []


@pytest.mark.parametrize(
    "arguments", [["on", PROCESS], ["on", PROCESS, "--stratum", "a", "--connector", "b", *WHO], ["off", PROCESS]]
)
def test_a_brake_without_person_or_with_two_scopes_is_wrong_use(arguments: list[str]) -> None:
    """Person and reason are asked for, and one scope at a time."""
    assert run("brake", *arguments).exit_code == 2


def test_the_list_of_late_cases_says_why(house: Path) -> None:
    """A case from last year is late for every reason that holds, in JSON and on the screen."""
    ground = build(house, clock=ManualClock(datetime(2025, 9, 1, 8, 0, tzinfo=UTC)))
    ref = ground.handled(application(income="4500.00")).ref
    ground.house.close()
    (row,) = rows("case", "list", "--late")
    assert row["case"] == ref
    assert row["late"] == ["decision", "review", "delay_notice", "six_months"]
    assert row["request_due_at"] is None
    assert "six_months" in run("case", "list", "--late").stdout
