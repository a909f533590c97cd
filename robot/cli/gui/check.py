"""``arende gui check``: rehearse the screens with the test person, before the day's first case."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from robot.cli._say import fail, out, say_json
from robot.definition import Definition, discover, load
from robot.engine.house import House
from robot.gui.proposals import write_contract
from robot.gui.screen_check import Checked
from robot.rules.proof import did_you_mean
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    process: Annotated[str, typer.Argument(help="The process. Empty: every one that has a test person.")] = "",
    *,
    screen: Annotated[list[str] | None, typer.Option(help="Only this screen. Repeat for several.")] = None,
    record: Annotated[bool, typer.Option(help="Write the contract of each screen that is as its file says.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Rehearse every screen with the test person: fill, read back, never save. Exit 1 when one has changed.

    The result is journalled, a changed screen is braked, and a proposed screen file is kept for `arende gui accept`.
    """
    settings = Settings()
    definitions = [load(folder) for name, folder in _chosen(process, settings).items()]
    house = House.build(settings)
    told = []
    for definition in definitions:
        _known(definition, screen or [])
        for checked in asyncio.run(house.screen_check.check(definition, screen or [])):
            told.append(_plain(definition.id, checked))
            if record and checked.contract is not None:
                path = write_contract(definition.folder / "screens", checked.screen, checked.contract.text())
                told[-1]["recorded"] = str(path)
    house.close()
    if as_json:
        say_json(told)
    else:
        for row in told:
            _tell(row)
    if not all(row["ok"] for row in told):
        raise typer.Exit(1)


def _chosen(process: str, settings: Settings) -> dict[str, Path]:
    folders = discover()
    if process and process not in folders:
        fail(f"there is no process {process!r}; {did_you_mean(process, folders) or ', '.join(folders)}")
    if process:
        return {process: folders[process]}
    found = {name: folder for name, folder in folders.items() if (settings.screen_check / f"{name}.json").exists()}
    if not found:
        fail(f"no process has a test person: put <process>.json into {settings.screen_check}")
    return found


def _known(definition: Definition, screens: list[str]) -> None:
    for one in screens:
        if one not in definition.screens:
            near = did_you_mean(one, definition.screens) or ", ".join(definition.screens)
            fail(f"{definition.id} has no screen {one!r}; {near}")


def _plain(process: str, checked: Checked) -> dict[str, Any]:
    failure, proposed = checked.failure, checked.proposed
    return {
        "process": process,
        "screen": checked.screen,
        "ok": failure is None,
        "code": "" if failure is None else failure.code,
        "why": "" if failure is None else failure.text,
        "changes": [change.english for change in checked.changes],
        "unsolved": [change.english for change in checked.unsolved],
        "proposed": None
        if proposed is None
        else {
            "proven": proposed.proven,
            "edits": [
                {
                    "place": one.place,
                    "old": one.old,
                    "new": one.new,
                    "evidence": one.evidence,
                    "uncertain": one.uncertain,
                }
                for one in proposed.edits
            ],
        },
    }


def _tell(row: dict[str, Any]) -> None:
    state = "as recorded" if row["ok"] else f"{row['code']}: {row['why']}"
    out.print(f"{row['process']} {row['screen']}: {state}", markup=False)
    for change in row["changes"]:
        out.print(f"  - {change}", markup=False)
    if row["proposed"] is not None:
        for edit in row["proposed"]["edits"]:
            mark = "? uncertain:" if edit["uncertain"] else "~"
            out.print(f"  {mark} {edit['place']}: {edit['old']} -> {edit['new']} ({edit['evidence']})", markup=False)
        proven = "a rehearsal with it went through" if row["proposed"]["proven"] else "NOT proven by a rehearsal"
        out.print(f"  proposal: {proven}; see and accept it with `arende gui accept`", markup=False)
    if "recorded" in row:
        out.print(f"  wrote {row['recorded']}", markup=False)
