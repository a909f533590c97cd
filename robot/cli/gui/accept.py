"""``arende gui accept``: a person takes a proposed screen file into use."""

import getpass
from difflib import unified_diff
from typing import Annotated

import typer

from robot.cli._say import fail, out
from robot.definition import discover
from robot.engine.brake import Puller
from robot.engine.house import House
from robot.gui.proposals import digest, install, kept
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("accept")(accept)


def accept(
    process: Annotated[str, typer.Argument(help="The process.")],
    screen: Annotated[str, typer.Argument(help="The screen.")],
    *,
    person: Annotated[str, typer.Option(help="The name of the person who answers for it. Empty: only show it.")] = "",
    reason: Annotated[str, typer.Option(help="Why it is right. Kept in the journal.")] = "",
) -> None:
    """Show a proposed screen file, or put it into the process folder when a named person gives a reason.

    The brake that the change pulled stays on until a person releases it with `arende brake off`.
    """
    settings = Settings()
    folders = discover()
    if process not in folders:
        fail(f"there is no process {process!r}; there are: {', '.join(folders)}")
    proposal = kept(settings.proposals, process, screen)
    screens = folders[process] / "screens"
    old = (screens / f"{screen}.yaml").read_text(encoding="utf-8")
    for line in unified_diff(old.splitlines(), proposal.text.splitlines(), "now", "proposed", lineterm="", n=2):
        out.print(line, markup=False)
    for edit in proposal.edits:
        mark = "UNCERTAIN, look in the case system first: " if edit["uncertain"] else ""
        out.print(f"  {mark}{edit['place']}: {edit['old']} -> {edit['new']}: {edit['evidence']}", markup=False)
    for change in proposal.unsolved:
        out.print(f"  not answered: {change}", markup=False)
    out.print("proven by a rehearsal" if proposal.proven else "NOT proven by a rehearsal", markup=False)
    if not person.strip() or not reason.strip():
        out.print("not accepted: give --person and --reason to take it into use", markup=False)
        return
    house = House.build(settings)
    written = install(proposal, screens, settings.proposals)
    files = {"from": digest(old), "to": digest(proposal.text)}
    house.screen_check.accepted(process, screen, Puller(f"cli {getpass.getuser()}", person), reason, files)
    house.close()
    out.print(f"accepted by {person}: wrote {', '.join(path.name for path in written)}", markup=False)
