"""``arende gui try``: fill a screen and read it back, without saving."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from robot.cli._say import fail, out, say_json
from robot.cli.gui._where import find_screen, find_system, read_facts
from robot.engine.clock import clock_for
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.rehearse import Rehearsed, rehearse
from robot.gui.screen import ScreenFile
from robot.gui.screen_check import read_screen
from robot.gui.walk import Walk
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("try")(trial)


def trial(
    screen: Annotated[str, typer.Argument(help="A screen file, or the name of a screen.")],
    *,
    facts: Annotated[Path, typer.Option(help="The values by name, a JSON object.", exists=True, dir_okay=False)],
    process: Annotated[str, typer.Option(help="The process, when several have a screen of that name.")] = "",
    url: Annotated[str, typer.Option(help="Address of the case system. Empty: as in the settings.")] = "",
    connector: Annotated[Path | None, typer.Option(help="Connector folder. Empty: the one of that name.")] = None,
    pictures: Annotated[Path, typer.Option(help="Folder for the pictures before and after.")] = Path("gui-try"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Fill every page and read it back, up to the save, which is not pressed. Exit 1 when the page differs.

    Buttons between pages are pressed, and may store a draft. Pictures before and after each page go to a folder.
    """
    path = find_screen(screen, process)
    form = read_screen(path.read_text(encoding="utf-8"), None)
    system = find_system(form.system, url, connector)
    values = read_facts(facts)
    wanted = {name.name for name in form.names()}
    if missing := sorted(wanted - set(values)):
        fail(f"{facts} lacks {', '.join(missing)}, which {path.name} needs")
    now = clock_for(Settings()).now
    pictures.mkdir(parents=True, exist_ok=True)

    async def run() -> Rehearsed:
        async with BrowserPool() as pool:
            return await rehearse(Bot(system, pool, now=now), form, values, _photographer(pictures))

    run_ = asyncio.run(run())
    told = _told(form, run_)
    if as_json:
        say_json(told | {"pictures": str(pictures)})
    else:
        _tell(told, pictures)
    if run_.failure is not None:
        raise typer.Exit(1)


def _photographer(folder: Path) -> Any:
    taken = 0

    async def watch(when: str, walk: Walk) -> None:
        nonlocal taken
        taken += when == "before"
        await walk.session.tab.page.screenshot(path=folder / f"{taken:02}-{when}.png", full_page=True)

    return watch


def _told(form: ScreenFile, run: Rehearsed) -> dict[str, Any]:
    pages = []
    for page, seen in run.visited:
        fields = {one.label: one.value for one in seen.controls if any(map(one.named, page.fields))}
        cells = {
            f"{one.table}: {one.column} rad {one.row + 1}": one.value
            for one in seen.controls
            if one.table in {rows.table for rows in page.rows}
        }
        shown = {label: " ".join(seen.labelled(label)) for label in page.compare}
        pages.append({"page": page.sign or seen.heading, "read_back": {**fields, **cells, **shown}})
    failure = run.failure
    ended = None if failure is None else {"code": failure.code, "text": failure.text, "label": failure.label}
    changes = [change.english for change in run.drift.changes] if run.drift else []
    return {"screen": form.id, "ok": failure is None, "pages": pages, "failure": ended, "changes": changes}


def _tell(told: dict[str, Any], pictures: Path) -> None:
    for page in told["pages"]:
        out.print(page["page"], markup=False)
        for place, value in page["read_back"].items():
            out.print(f"    {place}: {value}", markup=False)
    if told["ok"]:
        out.print(f"filled and read back; nothing was saved. Pictures: {pictures}", markup=False)
        return
    out.print(f"stopped: {told['failure']['code']}: {told['failure']['text']}", markup=False)
    for change in told["changes"]:
        out.print(f"  - {change}", markup=False)
    out.print(f"Pictures: {pictures}", markup=False)
