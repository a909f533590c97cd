"""`arende` itself: what it shows before a command is given, and what it loads for that."""

import subprocess
import sys

import pytest
import typer
from typer.core import TyperGroup

import robot.cli
from robot.cli._group import summaries
from robot.cli.main import build

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
