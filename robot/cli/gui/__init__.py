"""``arende gui``: for authors of screens: scan, try, record, check against the contract, accept a proposal."""

import sys

import typer

from robot.cli._group import add_commands


def register(main: typer.Typer) -> None:
    """Add the group."""
    app = typer.Typer(
        help="Screens of a case system: a first file from live pages, trials without saving, changes.",
        no_args_is_help=True,
    )
    add_commands(app, sys.modules[__name__])
    main.add_typer(app, name="gui")
