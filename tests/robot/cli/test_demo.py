"""`arende demo` and `arende testbed`, as a person starts them."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from robot.cli import demo, testbed

COMMAND = [sys.executable, "-W", "ignore", "-c", "from robot.cli.main import main; main()"]
ROOT = Path(__file__).parents[3]
APP = typer.Typer()
demo.register(APP)
testbed.register(APP)


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a demo in a process of its own, as the queue's library wants; give exit code and JSON."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARENDE_")}
    done = subprocess.run(
        [*COMMAND, "demo", "--json", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_demo_ends_as_the_scenario_says() -> None:
    """Decided, sampled and handed over cases add up, everything agrees, and the exit code is 0."""
    code, report = run("--cases", "3", "--seed", "2")
    assert report["disagreements"] == []
    assert report["wrong"] == []
    assert code == 0
    assert report["decided"] + report["sampled"] == 1
    assert report["to_people"] == 2
    assert report["notices"] == report["decided"]
    assert report["agree"]


def test_a_month_without_norm_decides_nothing() -> None:
    """In January 2027 every case is handed over, with the missing amount as a reason."""
    code, report = run("--cases", "3", "--seed", "2", "--month", "2027-01")
    assert (code, report["decided"], report["sampled"], report["to_people"]) == (0, 0, 0, 3)
    assert report["reasons"]["belopp_saknas"] == 3


def test_a_silent_register_decides_nothing() -> None:
    """When the question about protection gets no answer, no case goes further, and the reason names the fault."""
    code, report = run("--cases", "3", "--seed", "2", "--fault", "skatteverket.skydd=timeout")
    assert (code, report["decided"], report["sampled"], report["to_people"]) == (0, 0, 0, 3)
    assert report["reasons"] == {"saknas.skydd.tidsgrans": 3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demo", "--month", "2025-13"], "expected a month"),
        (["demo", "--fault", "skatteverket.agi=timout"], "did you mean 'timeout'?"),
        (["testbed", "--fault", "skatteverket"], "expected system.call=kind"),
        (["testbed", "--cases", "0"], "greater than or equal to 1"),
    ],
)
def test_a_wrong_choice_is_a_wrong_use(arguments: list[str], message: str) -> None:
    """What cannot be chosen ends with exit code 2 and says what can."""
    result = CliRunner().invoke(APP, arguments, env={"COLUMNS": "400"})
    assert result.exit_code == 2
    assert message in result.stderr


def test_too_many_cases_is_an_error() -> None:
    """More cases than there are test persons ends with exit code 1 and says how many fit."""
    result = CliRunner().invoke(APP, ["testbed", "--cases", "5000"])
    assert result.exit_code == 1


def test_the_testbed_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """It writes the applications, tells its addresses at once, answers, and ends with exit code 0 on Ctrl-C."""
    arguments = ["testbed", "--json", "--cases", "5", "--applications", str(tmp_path / "in")]
    with subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            text = ""
            while not text.endswith("\n}\n"):
                text += running.stdout.readline()
            told = json.loads(text)
            assert len(list((tmp_path / "in").glob("A-1-*.json"))) == 5
            with urllib.request.urlopen(f"{told['urls']['sanning']}/counts", timeout=10) as answer:  # noqa: S310  # our own server
                assert json.load(answer)["calculations"]["imported"] >= 4
            assert told["environment"]["ARENDE_SKATTEVERKET_URL"] == told["urls"]["skatteverket"]
        finally:
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == 0
