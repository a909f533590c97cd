"""``arende stickprov close``: close a period that is over, reveal its key, and draw what is followed up."""

import asyncio
import getpass
from typing import Annotated

import typer

from audit.log.entry import Actor
from robot.cli._say import err, out
from robot.engine.house import House
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("close")(close_period)


def close_period(
    process: Annotated[str, typer.Argument(help="The process, such as ekonomiskt_bistand.")],
    period: Annotated[str, typer.Argument(help="The month, as 2026-11.")],
    value: Annotated[
        str, typer.Option(help="What the dice or the beacon showed, when the period was opened with --randomness.")
    ] = "",
) -> None:
    """Close a period: meet every minimum, reveal the key, draw the follow-up. Run again when it was broken off.

    Exit 1 when the keeper was asked about decisions that are not in the journal: somebody may have known too much.
    """
    periods = House.build(Settings()).periods()
    actor = Actor(kind="person", id=f"cli {getpass.getuser()}")

    async def closed() -> bool:
        found = await periods.close(process, period, value=value, actor=actor)
        await periods.drawing.keeper.aclose()
        out.print(f"{found.period.chain}: {found.cases} cases, {found.picked} picked, {found.tasks} new reviews")
        if not found.followed_up and any(one.mode == "follow_up" for one in found.period.strata.values()):
            err.print("no signed checkpoint: what is drawn after the period was not drawn; see docs/operate.md")
        for one in found.strays:
            err.print(f"unexplained question: case {one['case']}, leaf {one['leaf']}, {one['at']} {one['refused']}")
        return not found.strays

    if not asyncio.run(closed()):
        raise typer.Exit(1)
