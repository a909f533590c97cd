"""``arende bench``: measurements that can be repeated, as figures and ratios inside one run."""

import sys

import typer

from robot.cli._group import add_commands


def register(main: typer.Typer) -> None:
    """Add the group."""
    app = typer.Typer(help="Measure: how fast the rules decide, how long a case takes.", no_args_is_help=True)
    add_commands(app, sys.modules[__name__])
    main.add_typer(app, name="bench")
