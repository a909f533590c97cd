"""``arende audit``: the evidence."""

import sys

import typer

from robot.cli._group import add_commands


def register(main: typer.Typer) -> None:
    """Add the group."""
    app = typer.Typer(help="The evidence: check that nothing was changed.", no_args_is_help=True)
    add_commands(app, sys.modules[__name__])
    main.add_typer(app, name="audit")
