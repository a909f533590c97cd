"""One scheduler acts at a time."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from robot.engine.scheduler import Scheduler
from robot.engine.turn import turn_of
from robot.store.database import Database
from tests.robot.engine.ground import PROCESS, Ground, application, build

HOLD = """
import sys, time
from robot.engine.turn import turn_of
from robot.store.database import Database
turn = turn_of(Database(sys.argv[1]))
print(turn.mine(), flush=True)
time.sleep(600)
"""


def test_the_turn_belongs_to_one(url: str) -> None:
    """A second asker is told no until the first gives the turn up; whoever has it is told yes again and again."""
    first, second = Database(url), Database(url)
    held, asked = turn_of(first), turn_of(second)
    assert [held.mine(), held.mine(), asked.mine()] == [True, True, False]
    held.close()
    assert asked.mine()
    assert not held.mine()
    asked.close()
    first.close()
    second.close()


def test_a_dead_holder_loses_its_turn(url: str) -> None:
    """When the process that has the turn is killed, another gets it, without anybody's clock."""
    database = Database(url)
    turn = turn_of(database)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        assert not turn.mine()
    finally:
        holder.kill()
        holder.communicate()
    until = time.monotonic() + 60
    while not turn.mine():
        assert time.monotonic() < until, "nobody took over"
    turn.close()
    database.close()


def test_a_holder_whose_session_is_cut_loses_its_turn(postgres: str) -> None:
    """The server ends the session of a frozen holder; thawed, it learns that it has lost before it does anything."""
    first, second = Database(postgres), Database(postgres)
    held, asked = turn_of(first), turn_of(second)
    assert held.mine()
    with second.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks "
            "WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    assert not held.mine()
    assert asked.mine()
    assert not held.mine()
    asked.close()
    first.close()
    second.close()


def test_only_the_scheduler_whose_turn_it_is_polls_the_intake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two schedulers on one database one looks in the intake folder; the other does when the first has ended."""
    monkeypatch.setenv("ARENDE_INTAKE_PROCESS", PROCESS)
    ground = build(tmp_path)
    first, second = Scheduler(ground.house), Scheduler(ground.house)
    first.start()
    folder = ground.house.settings.intake
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.json").write_bytes(application())
    second.start()
    assert (folder / "a.json").exists()
    first.stop()
    second.stop()
    third = Scheduler(ground.house)
    third.start()
    third.stop()
    assert not (folder / "a.json").exists()
    ground.house.close()


def test_a_scheduler_that_hangs_is_noticed(ground: Ground) -> None:
    """The time since the last beat grows until the scheduler beats again."""
    scheduler = Scheduler(ground.house)
    ground.clock.advance(timedelta(seconds=90))
    assert scheduler.silent_seconds() == 90
    scheduler.start()
    assert scheduler.silent_seconds() == 0
    scheduler.stop()


def test_the_lock_file_lies_beside_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who names the same SQLite file asks for the same turn."""
    monkeypatch.chdir(tmp_path)
    turn = turn_of(Database("sqlite:///relative.sqlite"))
    assert turn.mine()
    assert (tmp_path / "relative.sqlite.turn").exists()
    turn.close()
