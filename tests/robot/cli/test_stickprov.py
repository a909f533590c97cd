"""`arende stickprov compute` and `arende stickprov plan`."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from robot.cli.stickprov import compute, plan

APP = typer.Typer()
compute.register(APP)
plan.register(APP)
GOAL = """process: ekonomiskt_bistand
confidence: 0.95
review_minutes: 20
total: {tolerable_rate: 2/100, kronor_a_month: 20000}
strata:
  bifall: {tolerable_rate: 5/100, decisions_a_month: 100, largest_kronor: 15000}
  avslag: {tolerable_rate: 10/100, decisions_a_month: 30, largest_kronor: 0}
"""


@pytest.fixture(autouse=True)
def no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where the robot has not run."""
    monkeypatch.setenv("ARENDE_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")


def computed(folder: Path, family: str, inputs: Any) -> Result:
    """Run the command on a file of inputs."""
    file = folder / "inputs.json"
    file.write_text(json.dumps(inputs), encoding="utf-8")
    return CliRunner().invoke(APP, ["compute", family, "--inputs", str(file), "--json"])


def test_one_object_gives_one_answer(tmp_path: Path) -> None:
    """An object of inputs is answered by an object; a JSON number 0.05 is a twentieth."""
    result = computed(tmp_path, "attribute_plan_fixed_k", _fixed(0.05))

    assert (result.exit_code, json.loads(result.stdout)) == (0, {"n": 59})


def test_a_list_gives_a_list(tmp_path: Path) -> None:
    """A list of inputs is answered by a list in the same order."""
    result = computed(tmp_path, "attribute_plan_fixed_k", [_fixed("1/100"), _fixed("5/100")])

    assert (result.exit_code, json.loads(result.stdout)) == (0, [{"n": 299}, {"n": 59}])


def test_an_unknown_family_is_wrong_usage(tmp_path: Path) -> None:
    """A family that does not exist gives exit code 2 and the closest name."""
    result = computed(tmp_path, "atribute_plan_binomial", {})

    assert result.exit_code == 2
    assert "attribute_plan_binomial?" in " ".join(result.stderr.replace("│", " ").split())


def test_a_wrong_input_names_its_place(tmp_path: Path) -> None:
    """A wrong input gives exit code 1, with its number in the list."""
    result = computed(tmp_path, "attribute_plan_fixed_k", [_fixed("5/100"), _fixed("5")])

    assert result.exit_code == 1
    assert "inputs.json[1]: attribute_plan_fixed_k: tolerable_rate: expected a rate" in result.stderr


def test_a_plan_without_a_robot(tmp_path: Path) -> None:
    """A goal is planned from the file alone, and nothing is made on the way."""
    result = _plan(tmp_path, GOAL, "--json")
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert [span["months"] for span in told["spans"]] == [1, 3, 12]
    assert told["review_minutes"] == {"minutes": "20", "from": "goal"}
    assert all(span["upper_errors_if_none_found"] <= span["decisions"] / 50 for span in told["spans"])
    assert not (tmp_path / "none.db").exists()


def test_a_plan_is_told_in_swedish(tmp_path: Path) -> None:
    """People read what the plan shows, and what today's rate does not."""
    result = _plan(tmp_path, GOAL)

    assert result.exit_code == 0
    assert "Hittas inget fel visar det att högst" in result.stdout
    assert "Med dagens andel, 5 %, visas inte målet" in result.stdout


def test_a_wrong_goal_has_a_place(tmp_path: Path) -> None:
    """An unknown key is told with line and column, and what was meant."""
    result = _plan(tmp_path, GOAL.replace("tolerable_rate: 10/100", "tolerabel_rate: 10/100"))

    assert result.exit_code == 1
    assert "goal.yaml:7:" in str(result.exception)
    assert "tolerable_rate" in str(result.exception)


def test_what_the_journal_cannot_tell_is_asked_for(tmp_path: Path) -> None:
    """Without a journal the number of decisions must stand in the goal."""
    result = _plan(tmp_path, GOAL.replace("decisions_a_month: 30, ", ""))

    assert result.exit_code == 1
    assert "strata.avslag: the journal holds no draws of it yet: write decisions_a_month" in result.stderr


def _fixed(rate: Any) -> dict[str, Any]:
    return {"tolerable_rate": rate, "allowed_deviations": 0, "confidence": "0.95"}


def _plan(folder: Path, text: str, *words: str) -> Result:
    file = folder / "goal.yaml"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(APP, ["plan", str(file), *words])
