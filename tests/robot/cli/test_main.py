"""`arende` itself: what it shows before a command is given, and what it loads for that."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from sqlalchemy.exc import OperationalError
from typer.core import TyperGroup

import robot.cli
from robot.cli._expected import message
from robot.cli._group import summaries
from robot.cli.main import build
from robot.store.database import Database

HEAVY = ("playwright", "weasyprint", "dbos", "sqlalchemy", "fastapi")
SHOW = """
import sys
from robot.cli.main import main
try:
    main()
finally:
    print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def shown(*words: str) -> str:
    """What the command writes to standard output, and then which packages it has loaded."""
    done = subprocess.run((sys.executable, "-c", SHOW, *words), capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("words", [(), ("--help",)])
def test_help_loads_no_command(words: tuple[str, ...]) -> None:
    """Whoever asks what there is does not wait for browser, letter printer, queue and database."""
    told = shown(*words)
    loaded = told.partition("loaded:")[2].split()
    assert "What would happen to one application" in told
    assert "typer" in loaded
    assert not set(HEAVY) & set(loaded)


def test_help_lists_every_command() -> None:
    """The commands that help lists are those there are: a module's docstring names what it registers."""
    commands = typer.main.get_command(build())
    assert isinstance(commands, TyperGroup)
    assert sorted(summaries(robot.cli)) == sorted(commands.commands)


def test_a_command_is_found_in_its_module_alone() -> None:
    """The module that help names for a command is the one that adds it."""
    for name, summary in summaries(robot.cli).items():
        commands = typer.main.get_command(build(summary.module))
        assert isinstance(commands, TyperGroup)
        assert name in commands.commands


def test_a_full_disk_is_one_message_and_nothing_is_half_written(tmp_path: Path) -> None:
    """Whoever meets a database without room is told so and what to do, and finds it as it was before."""
    database = Database(f"sqlite:///{tmp_path / 'full.sqlite'}")
    with database.write() as session:
        session.connection().exec_driver_sql("CREATE TABLE kept (data BLOB)")

    def fill() -> None:
        with database.write() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 2")
            session.connection().exec_driver_sql("INSERT INTO kept VALUES (zeroblob(1000))")
            session.connection().exec_driver_sql("INSERT INTO kept VALUES (zeroblob(100000))")

    with pytest.raises(OperationalError) as error:
        fill()
    with database.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 0
    database.close()
    told = message(error.value)
    assert told is not None
    assert "database or disk is full; check" in told
    assert "INSERT" not in told
