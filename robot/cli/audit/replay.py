"""``arende audit replay``: works decisions out anew from what is stored, and says whether they come out the same."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from audit.log.entry import Actor
from robot.cli._say import err, out, say_json
from robot.engine.house import House
from robot.engine.replay import Replay, Replayed, decided_cases
from robot.engine.working_days import SWEDEN
from robot.settings import Settings
from robot.steps.base import Draft


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"expected a day such as 2025-09-01, found {text!r}") from None


def replay(
    *,
    case: Annotated[str, typer.Option(help="Only this case.")] = "",
    since: Annotated[
        date | None, typer.Option(parser=_day, metavar="YYYY-MM-DD", help="Only decisions of that day and later.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every decision in the journal.")] = False,
    values: Annotated[
        bool, typer.Option("--values", help="Show what differs, personal data too. The reading is journalled.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Rebuild decisions from stored evidence and stored rules, and compare them whole. Exit 1 on a difference."""
    if sum((bool(case), since is not None, everything)) != 1:
        raise typer.BadParameter("give one of --case, --since and --all")
    house = House.build(Settings())
    start = None if since is None else datetime(since.year, since.month, since.day, tzinfo=SWEDEN)
    refs = [case] if case else decided_cases(house.database, start)
    began = time.perf_counter()
    found = list(_replayed(house, refs))
    seconds = time.perf_counter() - began
    bad = [one for one in found if one.status in {"differs", "unreadable"}]
    if values:
        actor = Actor(kind="system", id="cli")
        for one in bad:
            if one.differences:
                house.ledger.note(one.case, Draft("access.read", {"why": "replay", "values": True}), actor=actor)
    report = _report(found, seconds)
    if as_json:
        say_json({**report, "differing": [_plain(one, values=values) for one in bad]})
    else:
        _tell(report, bad, values=values)
    if bad or not found:
        if not found:
            err.print("there is nothing to replay: is ARENDE_DATA or ARENDE_DATABASE_URL the right one?")
        raise typer.Exit(1)


def _replayed(house: House, refs: list[str]) -> Iterator[Replayed]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=err) if err.is_terminal else None
    work = Replay(house.database, house.ledger.journal, house.library)
    with bar or nullcontext():
        task = bar.add_task("cases", total=len(refs)) if bar else None
        for ref in refs:
            yield work.case(ref)
            if bar and task is not None:
                bar.advance(task)


def _report(found: list[Replayed], seconds: float) -> dict[str, Any]:
    statuses, counts = Counter(one.status for one in found), Counter[str]()
    for one in found:
        counts.update(one.counts)
    return {
        "cases": len(found),
        "same": statuses["same"],
        "differs": statuses["differs"],
        "unreadable": statuses["unreadable"],
        "erased": statuses["erased"],
        "decisions": counts["decision.made"],
        "proposals": counts["decision.proposed"],
        "checks": counts["check.done"],
        "writes_and_letters": counts["effect.intended"],
        "seconds": round(seconds, 3),
        "cases_per_second": round(len(found) / seconds, 1) if seconds else None,
    }


def _plain(one: Replayed, *, values: bool) -> dict[str, Any]:
    places: list[dict[str, Any]] = []
    for found in one.differences:
        place: dict[str, Any] = {"seq": found.seq, "type": found.type, "where": found.where}
        places.append({**place, "stored": found.stored, "replayed": found.replayed} if values else place)
    return {"case": one.case, "status": one.status, "why": one.why, "differences": places}


def _tell(report: dict[str, Any], bad: list[Replayed], *, values: bool) -> None:
    for one in bad:
        err.print(f"{one.case}: {one.why or one.status}", markup=False)
        for found in one.differences:
            err.print(f"  {found.seq} {found.type}: {found.where or 'the rules stopped'}", markup=False)
            if values or found.where in {"outcome", "amount_ore"} or not found.where:
                err.print(f"    - {found.stored}\n    + {found.replayed}", markup=False)
    words = ("same", "differs", "unreadable", "erased", "decisions", "writes_and_letters", "cases_per_second")
    out.print(f"{report['cases']} cases: " + ", ".join(f"{name} {report[name]}" for name in words))
    if bad and not values:
        err.print("--values shows what differs; it is personal data, and the reading is journalled")
