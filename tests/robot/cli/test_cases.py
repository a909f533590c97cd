"""`arende submit`, `case`, `audit verify` and `plan`: exit codes, where they speak, and one document with --json."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from robot.cli import main as cli
from robot.store.database import Database
from testbed.scenario.generate import generate


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder, and no settings but that."""
    for name in ("ARENDE_DATABASE_URL", "ARENDE_INTAKE_TOKEN", "ARENDE_NOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ARENDE_DATA", str(tmp_path / "data"))
    with structlog.testing.capture_logs():
        yield tmp_path / "data"


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """An application of the simulated municipality."""
    path = tmp_path / "ansokan.json"
    path.write_text(json.dumps(generate(1, 1, date(2025, 9, 1)).cases[0].application), encoding="utf-8")
    return path


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli.build(), list(arguments), env={"COLUMNS": "300"})


def document(result: Result) -> Any:
    """Standard output as its one JSON document."""
    return json.loads(result.stdout)


def test_submitting_twice_is_one_case(application: Path) -> None:
    """The second time the same case is named, and not as new."""
    first, second = (document(run("submit", str(application), "--json"))[0] for _ in range(2))

    assert first["new"]
    assert second == {**first, "new": False}
    assert "already taken" in run("submit", str(application)).stdout


def test_a_refused_application_is_exit_code_1(tmp_path: Path) -> None:
    """Every fault is told on standard error, the file's name as it is written."""
    path = tmp_path / "fel [red].json"
    path.write_text("{}", encoding="utf-8")

    result = run("submit", str(path))

    assert result.exit_code == 1
    assert "fel [red].json: refused, kept as intake-" in result.stderr
    assert "Field required" in result.stderr
    assert result.stdout == ""
    assert document(run("submit", str(path), "--json"))[0]["faults"]


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    """Exit code 2."""
    assert run("submit", "saknas.json").exit_code == 2


@pytest.mark.parametrize("url", ["http://desk.example.se", "ftp://x"])
def test_applications_are_never_sent_in_the_clear(application: Path, url: str) -> None:
    """Only https://, or http:// to this machine."""
    result = run("submit", str(application), "--url", url, "--token", "x")

    assert result.exit_code == 1
    assert "must be https://" in result.stderr


def test_cases_are_listed_and_shown_without_personal_data(application: Path, data: Path) -> None:
    """The list and the journal say nothing of the person, and the reading is journalled."""
    ref = document(run("submit", str(application), "--json"))[0]["case"]
    number = json.loads(application.read_text(encoding="utf-8"))["sokande"]["personnummer"]
    database = Database(f"sqlite:///{data / 'arende.sqlite'}")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE arende_case SET restricted = 0")
    database.close()

    (row,) = document(run("case", "list", "--json"))
    assert (row["case"], row["status"]) == (ref, "running")
    assert ref in run("case", "list").stdout
    shown = run("case", "show", ref, "--json")
    assert document(shown)[0]["type"] == "case.opened"
    assert number not in shown.stdout
    assert document(run("case", "show", ref, "--json"))[-1]["type"] == "access.read"
    assert "case.opened" in run("case", "show", ref).stdout


def test_a_restricted_case_is_not_listed(application: Path) -> None:
    """Until the protection question is answered the list does not know the case."""
    run("submit", str(application))

    assert document(run("case", "list", "--json")) == []


def test_a_status_that_is_none_is_wrong_usage() -> None:
    """A misspelt status would otherwise look like an empty list."""
    result = run("case", "list", "--status", "open")

    assert result.exit_code == 2
    assert "expected one of running, person, applicant, closed, by_hand" in result.stderr


def test_the_evidence_is_checked(application: Path) -> None:
    """Whole chains are exit code 0, with counts; an empty database is exit code 1, because nothing was proven."""
    assert run("audit", "verify").exit_code == 1
    run("submit", str(application))

    result = run("audit", "verify", "--json")
    assert result.exit_code == 0
    found = document(result)
    assert found["problems"] == []
    assert found["entries"] >= 1


def test_an_altered_entry_is_found(application: Path, data: Path) -> None:
    """A changed row is exit code 1 and names case and kind."""
    ref = document(run("submit", str(application), "--json"))[0]["case"]
    database = Database(f"sqlite:///{data / 'arende.sqlite'}")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE journal_entry SET ts = '2020-01-01T00:00:00.000000Z'")
    database.close()

    result = run("audit", "verify")
    assert result.exit_code == 1
    assert f"{ref} 0: columns" in result.stderr


def as_program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run the program as it is installed: exit code and standard error."""
    monkeypatch.setattr(sys, "argv", ["arende", *words])
    monkeypatch.setattr("robot.logs.configure", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("words", "setting", "message"),
    [
        (("case", "show", "c_" + "0" * 32), {}, "error: the case has no journal entries"),
        (("submit", __file__, "--process", "okand"), {}, "error: there is no process 'okand'; there are:"),
        (("plan", "okand", __file__), {}, "error: there is no process 'okand'"),
        (("case", "list"), {"ARENDE_DATABASE_URL": "mysql://x/y"}, "error: ARENDE_DATABASE_URL names 'mysql'"),
        (("case", "list"), {"ARENDE_DATABASE_URL": "sqlite://"}, "error: an in-memory SQLite database"),
        (("case", "list"), {"ARENDE_LOG_LEVEL": "LOUD"}, "error: settings: log_level"),
        (("worker", "--serves", "okand"), {}, "error: there is no queue okand; there are: cases"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    setting: dict[str, str],
    message: str,
) -> None:
    """Errors that we expect say what and what to do, on standard error, without a trace."""
    for name, value in setting.items():
        monkeypatch.setenv(name, value)

    code, said = as_program(monkeypatch, capsys, *words)

    assert code == 1
    assert message in said
    assert "Traceback" not in said


def test_a_sentence_with_brackets_is_said_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words in brackets are words, not colours."""
    code, said = as_program(monkeypatch, capsys, "submit", __file__, "--process", "[bold]x[/bold]")

    assert code == 1
    assert "'[bold]x[/bold]'" in said
