"""The short torture: the same as `arende bench torture`, with few cycles."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.torture import FAULTS, MONTH, run
from benchmarks.torture_load import STRIKES, Pace
from benchmarks.torture_nursery import Nursery
from benchmarks.torture_postgres import TortureError
from benchmarks.torture_processes import Pack
from robot.engine.house import House
from robot.settings import Settings
from testbed.scenario.generate import generate

CYCLES, CASES = 20, 6
PATIENCE_SECONDS = 30
QUICK = Pace(moments=(0.2, 1.5), lease_seconds=1.5, answer_seconds=2.0)


def test_nothing_is_lost_or_doubled_when_workers_and_browsers_are_killed_and_frozen(tmp_path: Path) -> None:
    """After twenty strikes every application has the end it must have, and every effect has happened once."""
    found = run(CYCLES, seed=1, cases=CASES, folder=tmp_path, pace=QUICK)
    assert found["faults"] == []
    assert {name: found[name] for name in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert found["cycles"] == CYCLES
    assert sum(found["ends"].values()) == found["cases"] == CASES
    assert found["ends"]["closed"] > 0
    assert set(found["kills"]) >= set(STRIKES) - {"browser", "browser_frozen"}


def test_a_database_with_cases_is_not_tortured(tmp_path: Path) -> None:
    """A torture would strike at cases that are somebody's, so it wants an empty database."""
    application = json.dumps(generate(1, 1, MONTH).cases[0].application).encode()
    house = House.build(Settings(data=tmp_path / "robot"))
    house.intake.submit(application, process="ekonomiskt_bistand", source="test")
    url = house.settings.database
    house.close()
    with pytest.raises(TortureError, match="holds 1 cases already"):
        run(1, seed=1, cases=1, database_url=url)


def test_no_worker_outlives_a_torture_that_is_killed(tmp_path: Path) -> None:
    """When nobody gives the nursery orders any longer, it ends and every worker with it."""
    nursery = Nursery()
    environment = {**os.environ, "ARENDE_DATA": str(tmp_path / "robot")}
    worker = os.pidfd_open(nursery.born(("worker",), environment, tmp_path / "worker.log"))
    assert select.select([worker], [], [], 0)[0] == []
    nursery.close()
    ended, _, _ = select.select([worker], [], [], PATIENCE_SECONDS)
    os.close(worker)
    assert ended


def test_only_its_own_processes_are_struck(tmp_path: Path) -> None:
    """A machine is the worker with all that it has started, and nobody else."""
    stranger = subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE)
    pack = Pack(["worker-1"], lambda: {**os.environ, "ARENDE_DATA": str(tmp_path / "robot")}, logs=tmp_path)
    pack.start()
    struck = pack.machine("worker-1")
    pack.freeze(struck)
    pack.thaw(struck)
    pack.close()
    assert stranger.poll() is None
    assert stranger.pid not in {process.pid for process in struck}
    assert pack.worker("worker-1") == []
    stranger.send_signal(signal.SIGKILL)
    stranger.communicate()
