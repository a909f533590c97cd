"""`arende check`, `arende test` and `arende schema`."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from robot.cli import check
from robot.definition import schema
from tests.robot.definition import good

APP = typer.Typer()
check.register(APP)


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(APP, list(arguments))


def test_a_right_process_passes(tmp_path: Path) -> None:
    """A folder without errors gives exit code 0, warnings or not."""
    result = run("check", str(good.write(tmp_path)))

    assert result.exit_code == 0
    assert "0 errors" in result.stderr


def test_a_wrong_process_fails(tmp_path: Path) -> None:
    """An error is printed with its place, and the exit code is 1."""
    result = run("check", str(good.write(tmp_path, one=("process.yaml", "title: Provbidrag", "titel: Provbidrag"))))

    assert result.exit_code == 1
    assert "process.yaml:2:1: error: unknown key `titel`" in result.stdout
    assert "1 errors" in result.stderr


@pytest.mark.parametrize("style", ["github", "json"])
def test_other_programs_can_read_the_problems(style: str, tmp_path: Path) -> None:
    """The formats github and json print nothing but the problems on stdout."""
    folder = good.write(tmp_path, one=("process.yaml", "title: Provbidrag", "titel: Provbidrag"))
    result = run("check", str(folder), "--format", style)

    assert result.exit_code == 1
    if style == "json":
        errors = [one["message"] for one in json.loads(result.stdout) if one["severity"] == "error"]
        assert errors == ["unknown key `titel`"]
    else:
        assert result.stdout.startswith("::error file=")


def test_all_processes_are_checked_without_argument() -> None:
    """Without an argument every process of the house is checked, and all are right."""
    result = run("check", "--format", "json")

    assert result.exit_code == 0
    assert "processes/ekonomiskt_bistand: 0 errors" in result.stderr
    assert {one["severity"] for one in json.loads(result.stdout)} <= {"warning"}


def test_an_unknown_process_is_said() -> None:
    """A name that is neither process nor folder ends with what was meant."""
    result = run("check", "ekonomiskt_bistnd")

    assert result.exit_code == 1
    assert "did you mean `ekonomiskt_bistand`?" in result.stderr


def test_cases_are_run(tmp_path: Path) -> None:
    """Cases that pass are counted; one that fails is printed with its line, and the exit code is 1."""
    wrong = "- {case: Fel, on: 2025-09, source: x, given: {bidrag: 7}, expect: {utfall: avslag}}\n"
    right = run("test", str(good.write(tmp_path / "a")))
    failed = run("test", str(good.write(tmp_path / "b", one=("tests/cases.yaml", "", wrong))))

    assert (right.exit_code, right.stdout) == (0, "provbidrag: 1 of 1 cases pass\n")
    assert failed.exit_code == 1
    assert 'tests/cases.yaml:6: Fel\n  utfall: expected "avslag", found "bifall"\n' in failed.stdout


def test_the_cases_of_a_wrong_process_are_not_run(tmp_path: Path) -> None:
    """A definition with errors has no cases to trust."""
    result = run("test", str(good.write(tmp_path, one=("process.yaml", "title: Provbidrag", "titel: Provbidrag"))))

    assert result.exit_code == 1
    assert "unknown key `titel`" in result.stderr


def test_schemas_are_written_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without schemas the command fails and says what to run; after --write it passes."""
    monkeypatch.setattr(schema, "SCHEMA_FOLDER", tmp_path / "schema")
    monkeypatch.setattr(check, "SCHEMA_FOLDER", tmp_path / "schema")

    before = run("schema")
    written = run("schema", "--write")

    assert before.exit_code == 1
    assert "run `arende schema --write`" in before.stderr
    assert written.exit_code == 0
    assert run("schema").exit_code == 0
