"""`arende audit erase|hold|replay|affected`, as a person starts them."""

import json
from pathlib import Path
from typing import Any

import pytest
import stamina
import typer
from typer.testing import CliRunner, Result

from robot.cli import audit
from robot.engine.correction import CorrectionError
from robot.engine.gallring import GallringError
from tests.robot.engine.ground import application, build
from tests.robot.engine.versions import changed, copied

APP = typer.Typer()
audit.register(APP)
RIGHT = "belopp_per_person * ansokan.personer - ansokan.inkomst"
WHO = ["--person", "Eva Exempel", "--reason", "Tvist."]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Path]:
    """A data folder with one decided case, and a mended process folder."""
    folder = tmp_path_factory.mktemp("audit")
    with stamina.set_testing(True, attempts=1):
        ground = build(folder / "data")
        ref = ground.handled(application()).ref
        ground.house.close()
    return folder / "data", ref, changed(copied(folder / "mended"), "rules.py", RIGHT, f"{RIGHT} / 2")


@pytest.fixture(autouse=True)
def settings(made: tuple[Path, str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands work on that folder."""
    monkeypatch.setenv("ARENDE_DATA", str(made[0]))
    monkeypatch.setenv("ARENDE_BREV_URL", (made[0] / "brev").as_uri())
    monkeypatch.setenv("ARENDE_KOMMUNKOD", "9999")


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(APP, ["audit", *arguments])


def told(*arguments: str) -> Any:
    """The command's JSON."""
    return json.loads(run(*arguments, "--json").stdout)


def test_a_case_is_replayed_corrected_held_and_erased(made: tuple[Path, str, Path]) -> None:
    """The four commands after each other on one case; each says what it did, and the journal verifies at the end."""
    _, ref, mended = made
    found = told("replay", "--all")
    assert (found["cases"], found["same"], found["differing"]) == (1, 1, [])
    search = ("affected", "--rule", "bidrag", "--fixed-by", str(mended))
    assert told(*search, "--dry-run")["tasks_opened"] == 0
    assert told("affected", "--status") == []
    assert told(*search)["directions"] == {"fordel": 1, "nackdel": 0, "oklart": 0}
    assert [one["left"] for one in told("affected", "--status")] == [1]
    assert told("erase", "--case", ref, "--dry-run")[0]["obstacles"] == ["open", "sampled", "too_early"]
    open_case = run("erase", "--case", ref, "--decision", "Beslut 1", "--despite", "too_early")
    assert isinstance(open_case.exception, GallringError)
    assert run("hold", "on", "--case", ref, *WHO).exit_code == 0
    assert "held" in told("erase", "--case", ref, "--dry-run")[0]["obstacles"]
    assert run("hold", "off", "--case", ref, *WHO).exit_code == 0
    assert run("verify").exit_code == 0
    assert told("erase", "--resume") == {"erased": [], "waiting": [], "left": []}


@pytest.mark.parametrize(
    "arguments",
    [("erase",), ("erase", "--due", "--resume"), ("replay",), ("replay", "--all", "--case", "c_1"), ("affected",)],
)
def test_an_unclear_order_is_refused(arguments: tuple[str, ...]) -> None:
    """Too little or too much is wrong usage, exit code 2; nothing is guessed."""
    assert run(*arguments).exit_code == 2


def test_nothing_to_replay_is_no_success() -> None:
    """A day after all decisions finds none, and that is not the same as none wrong."""
    assert run("replay", "--since", "2026-01-01").exit_code == 1


def test_a_version_that_is_not_there_is_named() -> None:
    """A misspelt version ends with what was expected."""
    assert isinstance(run("affected", "--rule", "bidrag", "--fixed-by", "f00").exception, CorrectionError)
