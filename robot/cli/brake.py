"""``arende brake on|off|status``: holds the robot's decisions back, and lets go again."""

import getpass
from typing import Annotated, Any

import typer
from rich.table import Table

from robot.cli._say import out, say_json
from robot.engine.brake import BrakeError, BrakeEvent, Pulled, Puller
from robot.engine.house import House
from robot.engine.scope import Scope, scopes_of
from robot.settings import Settings

app = typer.Typer(help="The brake: braked work is prepared and proposed, never decided.", no_args_is_help=True)

Process = Annotated[str, typer.Argument(help="The process, such as ekonomiskt_bistand.")]
Stratum = Annotated[str, typer.Option(help="Only this stratum of the process.")]
Screen = Annotated[str, typer.Option(help="Only this screen, such as verksamhetssystem.beslut.")]
Connector = Annotated[str, typer.Option(help="Only what needs this connector, such as skatteverket.")]
Person = Annotated[str, typer.Option(help="The name of the person who answers for it.")]
Reason = Annotated[str, typer.Option(help="Why. Kept in the journal.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def register(main: typer.Typer) -> None:
    """Add the group."""
    main.add_typer(app, name="brake")


@app.command("on")
def on(
    process: Process,
    *,
    person: Person,
    reason: Reason,
    stratum: Stratum = "",
    screen: Screen = "",
    connector: Connector = "",
) -> None:
    """Pull the brake: cases are prepared and proposed, and people decide. Pulling twice changes nothing."""
    house = House.build(Settings())
    scope = _scope(house, process, stratum, screen, connector)
    if house.brakes.pull(process, scope, _puller(person), reason=reason):
        out.print(f"pulled: {process} {scope.code}", markup=False)
    else:
        out.print(f"was on already: {process} {scope.code}", markup=False)


@app.command("off")
def off(
    process: Process,
    *,
    person: Person,
    reason: Reason,
    stratum: Stratum = "",
    screen: Screen = "",
    connector: Connector = "",
) -> None:
    """Release the brake. Within a minute the cases that it alone held go on by themselves. Exit 1 when it is not on."""
    house = House.build(Settings())
    scope = _named_scope(stratum, screen, connector)
    house.brakes.release(process, scope, _puller(person), reason=reason)
    out.print(f"released: {process} {scope.code}", markup=False)


@app.command("status")
def status(
    process: Annotated[str, typer.Argument(help="Only this process. Empty: all of them.")] = "",
    history: Annotated[bool, typer.Option(help="Also what has been released.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show which brakes are on, since when, by whom and why."""
    house = House.build(Settings())
    names = [process] if process else house.brakes.processes()
    rows = [_plain(event) for name in names for event in _events(house, name, everything=history)]
    if as_json:
        say_json(rows)
        return
    table = Table("process", "scope", "on", "since", "by", "cause", "reason")
    for row in rows:
        figures = ", ".join(f"{name} {value}" for name, value in row["figures"].items())
        on_or_off, who = "on" if row["on"] else "off", row["name"] or row["by"]
        table.add_row(row["process"], row["scope"], on_or_off, row["at"], who, row["cause"], row["reason"] or figures)
    out.print(table)


def _events(house: House, process: str, *, everything: bool) -> list[BrakeEvent]:
    events = house.brakes.history(process)
    if everything:
        return events
    on_now: dict[Scope, Pulled] = {one.scope: one for one in house.brakes.pulled(process)}
    return [event for event in events if event.on and event.scope in on_now and event.at == on_now[event.scope].at]


def _puller(person: str) -> Puller:
    """The person as named, under the account that typed it."""
    return Puller(f"cli {getpass.getuser()}", person)


def _scope(house: House, process: str, stratum: str, screen: str, connector: str) -> Scope:
    """The scope, which must be something that the process has: a brake on a misspelt name would hold nothing."""
    scope = _named_scope(stratum, screen, connector)
    known = scopes_of(house.library.current(process))
    if scope not in known:
        same = [one.name for one in known if one.kind == scope.kind]
        msg = f"{process} has no {scope.kind} {scope.name!r}; it has: {', '.join(same) or 'none'}"
        raise BrakeError(msg)
    return scope


def _named_scope(stratum: str, screen: str, connector: str) -> Scope:
    given = [
        scope
        for scope in (Scope("stratum", stratum), Scope("screen", screen), Scope("connector", connector))
        if scope.name
    ]
    if len(given) > 1:
        raise typer.BadParameter("give at most one of --stratum, --screen and --connector")
    return given[0] if given else Scope()


def _plain(event: BrakeEvent) -> dict[str, Any]:
    return {
        "process": event.process,
        "scope": event.scope.code,
        "on": event.on,
        "at": event.at.isoformat(),
        "by": event.by,
        "name": event.name,
        "cause": event.code,
        "reason": event.reason,
        "figures": dict(event.figures),
    }
