"""``arende gui scan``: a first screen file from live pages."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from robot.cli._say import err, fail
from robot.gui.explore import ExploreError, Explorer
from robot.gui.guess import ADDS, first_of, value_name
from robot.gui.manifest_draft import write_manifest
from robot.gui.scan import Step, write_screen
from robot.gui.screen_check import read_screen
from robot.gui.seen import Seen

VARIABLE = "ARENDE_SCAN_PASSWORD"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scan")(scan)


def scan(
    urls: Annotated[list[str], typer.Argument(help="Addresses of the pages, in the order of the work.")],
    *,
    step: Annotated[
        list[str] | None,
        typer.Option(help="On the way from the last address: a button to press, or `label=text` to fill. Repeat."),
    ] = None,
    login: Annotated[
        str, typer.Option(help=f"User name, or user:password. Without one, {VARIABLE} or a question gives it.")
    ] = "",
    screen: Annotated[str, typer.Option(help="Name of the screen. Empty: made from the last page's heading.")] = "",
    system: Annotated[str, typer.Option(help="Name of the case system's connector.")] = "verksamhetssystem",
    out: Annotated[Path | None, typer.Option(help="Write the screen file here. Empty: standard output.")] = None,
    manifest: Annotated[Path | None, typer.Option(help="Also write a first manifest.yaml here.")] = None,
) -> None:
    """Write a first screen file from live pages: labels, types, choices, tables, buttons. Nothing is saved there.

    Everything that a person must look at has a comment that begins with `uncertain`.
    """
    username, password = _credentials(login)
    steps, people, draft = asyncio.run(_walk(urls, step or [], username, password, system))
    name = screen or value_name(steps[-1].seen.dialog_name or steps[-1].seen.heading or "skarm")
    text = write_screen(name, system, steps, people)
    read_screen(text, None)
    if manifest is not None:
        manifest.parent.mkdir(parents=True, exist_ok=True)
        manifest.write_text(draft, encoding="utf-8")
        err.print(f"wrote {manifest}", markup=False)
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    err.print(f"wrote {out}: {text.count('# uncertain')} places to look at", markup=False)


def _credentials(login: str) -> tuple[str, str]:
    username, colon, password = login.partition(":")
    if username and not colon:
        password = os.environ.get(VARIABLE) or typer.prompt("Password", hide_input=True, err=True)
    return username, password


async def _walk(
    urls: list[str], steps: list[str], username: str, password: str, system: str
) -> tuple[list[Step], list[str], str]:
    seen: list[Step] = []
    async with Explorer() as explorer:
        page = await explorer.open(urls[0])
        if username and not await explorer.log_in(username, password):
            fail(f"{urls[0]} shows no login; it shows the fields: {', '.join(one.label for one in page.controls)}")
        for number, url in enumerate(urls):
            if username or number:
                page = await explorer.open(url)
            if number < len(urls) - 1:
                seen.append(Step(page))
        draft = write_manifest(system, urls[0], explorer.login, username, explorer.text)
        seen.append(await _take_steps(explorer, page, steps, seen))
        people = list(explorer.people)
    return seen, people, draft


async def _take_steps(explorer: Explorer, page: Seen, steps: list[str], seen: list[Step]) -> Step:
    typed: dict[str, str] = {}
    for step in steps:
        label, equals, text = step.partition("=")
        try:
            if equals:
                after = await explorer.fill(label, text)
                typed[label] = text
                page = page if _same_form(page, after) else after
                continue
            after = await explorer.press(step)
        except ExploreError as error:
            fail(f"step {step!r}: {error}")
        if first_of(ADDS, [step]) and after.headings == page.headings:
            page = after
            continue
        seen.append(Step(page, dict(typed), step))
        page, typed = after, {}
    return Step(page, dict(typed))


def _same_form(before: Seen, after: Seen) -> bool:
    """A field that only got its value is no new page; one that made others show is told as the page then was."""
    return [one.label for one in before.controls] == [one.label for one in after.controls]
