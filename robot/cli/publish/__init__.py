"""``arende publish``: what the public and the data-protection officer are told about a process."""

import sys

import typer

from robot.cli._group import add_commands


def register(main: typer.Typer) -> None:
    """Add the group."""
    app = typer.Typer(help="Publish: algorithm register, data protection, open data.", no_args_is_help=True)
    add_commands(app, sys.modules[__name__])
    main.add_typer(app, name="publish")
