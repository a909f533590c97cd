"""``arende stickprov draw-questions``: what the keeper was asked about a period, from its own list."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from robot.cli._say import out, say_json
from robot.cli.stickprov.draw_service import open_keeper


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("draw-questions")(draw_questions)


def draw_questions(
    process: Annotated[str, typer.Argument(help="The process, such as ekonomiskt_bistand.")],
    period: Annotated[str, typer.Argument(help="The month, as 2026-11.")],
    data: Annotated[Path, typer.Option(help="The draw service's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """List every question about a period: case, leaf hash of its decision, when, and why it was refused."""
    keeper = open_keeper(data)
    pledge, questions = keeper.pledge(process, period), keeper.questions(process, period)
    keeper.close()
    if as_json:
        told = {"commitment": pledge.commitment, "keeper_key": pledge.keeper_key, "questions": list(questions)}
        say_json(told)
        return
    out.print(f"commitment {pledge.commitment}, reveals are signed by {pledge.keeper_key}", markup=False)
    table = Table("case", "leaf", "at", "refused")
    for one in questions:
        table.add_row(one["case"], one["leaf"], one["at"], one["refused"])
    out.print(table)
