"""``arende plan``: what would happen to one application."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from robot.cli._say import fail, out, say_json
from robot.definition import discover, load
from robot.engine.application import read_application
from robot.engine.brake import brakes_on
from robot.engine.clock import clock_for
from robot.engine.connect import Connections
from robot.engine.library import UnknownProcessError
from robot.engine.rehearsal import Rehearsal, Rehearsed
from robot.settings import Settings
from robot.store.database import Database


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("plan")(plan)


def plan(
    process: Annotated[str, typer.Argument(help="The process.")],
    application: Annotated[Path, typer.Argument(help="The application, a JSON file.", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Show what would happen to an application: asks registers, looks at the brakes, writes nothing anywhere."""
    folders = discover()
    if process not in folders:
        raise UnknownProcessError(f"there is no process {process!r}; there are: {', '.join(sorted(folders))}")
    definition = load(folders[process])
    record, faults = read_application(application.read_bytes(), definition)
    if record is None:
        fail("the application would be refused: " + "; ".join(f"{fault.where}: {fault.what}" for fault in faults))
    settings = Settings()
    clock = clock_for(settings)

    database = Database(settings.database)
    brakes = brakes_on(database, process)
    database.close()

    async def rehearse() -> list[Rehearsed]:
        connections = Connections(settings, clock)
        try:
            return await Rehearsal(definition, record, connections.services, brakes=brakes).run()
        finally:
            await connections.aclose()

    steps = asyncio.run(rehearse())
    if as_json:
        say_json({"process": process, "version": definition.version, "steps": [_plain(step) for step in steps]})
        return
    out.print(f"Plan for {application.name} · {process} · {definition.version[:19]} · nothing has been written\n")
    for step in steps:
        _tell(step)
    people = [reason for step in steps for reason in step.reasons]
    out.print(
        f"\nPlan: {sum(step.change.sign == '+' for step in steps)} writes. To a person: {'yes' if people else 'no'}."
    )


def _tell(step: Rehearsed) -> None:
    sign = "!" if step.reasons else step.change.sign
    out.print(f"  {sign} {step.verb:<6} {step.change.target}", markup=False)
    for line in step.change.lines:
        out.print(f'             {line.what}: "{line.before}" → "{line.after}"', markup=False)
    for reason in step.reasons:
        out.print(f"             to a person: {reason.code}: {reason.why}", markup=False)


def _plain(step: Rehearsed) -> dict[str, Any]:
    return {
        "verb": step.verb,
        "target": step.change.target,
        "sign": step.change.sign,
        "lines": [{"what": line.what, "before": line.before, "after": line.after} for line in step.change.lines],
        "reasons": [{"code": reason.code, "why": reason.why} for reason in step.reasons],
    }
