"""``arende gui record``: follow a person's clicks, and write the path and the screen."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from robot.cli._say import err
from robot.gui.explore import Explorer
from robot.gui.follow import Follower
from robot.gui.guess import value_name
from robot.gui.scan import Ending, Step, write_screen
from robot.gui.screen_check import read_screen


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("record")(record)


def record(
    url: Annotated[str, typer.Argument(help="Address of the first page.")],
    *,
    screen: Annotated[str, typer.Option(help="Name of the screen. Empty: made from the last page's heading.")] = "",
    system: Annotated[str, typer.Option(help="Name of the case system's connector.")] = "verksamhetssystem",
    out: Annotated[Path | None, typer.Option(help="Write the screen file here. Empty: standard output.")] = None,
) -> None:
    """Open a browser window and write down where a person goes in it, until the window is closed.

    Use a test person in a test system: what is saved there is saved. What is typed is not kept, only the labels.
    """
    err.print("Work in the window as usual, then close it.")
    steps, people, ending = asyncio.run(_follow(url))
    last = steps[-1].seen
    name = screen or value_name(last.dialog_name or last.heading or "skarm")
    text = write_screen(name, system, steps, people, ending)
    read_screen(text, None)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        err.print(f"wrote {out}: {text.count('# uncertain')} places to look at", markup=False)


async def _follow(url: str) -> tuple[list[Step], list[str], Ending | None]:
    async with Explorer(headed=True) as explorer:
        follower = Follower(explorer)
        await follower.begin(url)
        await follower.until_closed()
        return await follower.done()
