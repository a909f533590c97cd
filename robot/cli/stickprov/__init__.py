"""``arende stickprov``: plan the sampling, draw it, and say what it shows."""

import sys

import typer

from robot.cli._group import add_commands


def register(main: typer.Typer) -> None:
    """Add the group."""
    app = typer.Typer(help="Plan the sampling, draw it, and say what it shows.", no_args_is_help=True)
    add_commands(app, sys.modules[__name__])
    main.add_typer(app, name="stickprov")
