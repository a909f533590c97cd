"""``arende stickprov open``: commit to a period's key and journal its plan."""

import asyncio
from typing import Annotated

import typer

from audit.stickprov.period import NO_RANDOMNESS
from robot.cli._say import out
from robot.engine.house import House
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("open")(open_period)


def open_period(
    process: Annotated[str, typer.Argument(help="The process, such as ekonomiskt_bistand.")],
    period: Annotated[str, typer.Argument(help="The month, as 2026-11. Empty: this month.")] = "",
    randomness: Annotated[
        str, typer.Option(help='What the follow-up draw will use, said in advance, such as "20 dice". none: the key.')
    ] = NO_RANDOMNESS,
) -> None:
    """Open a period: the hash of its key and the plan of every stratum are journalled. The scheduler does it too.

    With --randomness the period waits at its end for `arende stickprov close --value`.
    """
    periods = House.build(Settings()).periods()

    async def opened() -> None:
        found = await periods.open(process, period, randomness=randomness)
        await periods.drawing.keeper.aclose()
        out.print(f"{found.chain}: {found.since} to {found.until}, commitment {found.commitment}", markup=False)
        for one in found.strata.values():
            out.print(f"  {one.name}: {one.rate}, at least {one.minimum}, {one.mode}", markup=False)

    asyncio.run(opened())
