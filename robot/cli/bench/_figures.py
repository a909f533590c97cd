"""What every measurement says, and how."""

from typing import Annotated, Any

import typer

from robot.cli._say import out, say_json

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def say_figures(figures: dict[str, Any], *, as_json: bool) -> None:
    """One JSON document, or a line per figure."""
    if as_json:
        say_json(figures)
        return
    for name, value in figures.items():
        out.print(f"{name}: {value}")
