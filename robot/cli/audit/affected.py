"""``arende audit affected``: finds every decision that a faulty rule has touched, and follows them to the last one."""

import getpass
from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from audit.log.entry import Actor
from robot.cli._say import err, out, say_json
from robot.engine.affected import Affected
from robot.engine.correction import Campaign, Corrections, Search
from robot.engine.house import House
from robot.settings import Settings

MEANING = {
    "fordel": "wrong to the applicant's disadvantage: FL 38 §, must be changed when obviously wrong; 37 § lets it",
    "nackdel": "wrong to the applicant's advantage: FL 37 § 2 st., stands but for three reasons; never by the robot",
    "oklart": "the mended rules cannot answer: a person has to look",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("affected")(affected)


def affected(
    *,
    rule: Annotated[str, typer.Option(help="The rule, check or amount that was wrong.")] = "",
    fixed_by: Annotated[str, typer.Option(help="The mended version: a process folder, or a stored version.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the decisions; open no tasks.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Show how far every campaign has come.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Work stored decisions out again with a mended rule; each that would differ becomes a task in the desk."""
    corrections = House.build(Settings()).corrections()
    if status:
        _show_status(corrections.status(), as_json=as_json)
        return
    if not rule or not fixed_by:
        raise typer.BadParameter("give --rule and --fixed-by, or --status")
    search = corrections.search(rule, corrections.version(fixed_by))
    opened = 0 if dry_run else _opened(corrections, search)
    _show(search, opened, as_json=as_json)


def _opened(corrections: Corrections, search: Search) -> int:
    return corrections.open(search, actor=Actor(kind="person", id=f"cli {getpass.getuser()}"))


def _show(search: Search, opened: int, *, as_json: bool) -> None:
    counts: Counter[str] = Counter(one.direction for one in search.affected)
    report = {
        "campaign": search.campaign,
        "process": search.fixed.id,
        "rule": search.rule,
        "fixed_by": search.fixed.version,
        "examined": search.examined,
        "erased": search.erased,
        "unreadable": search.unreadable,
        "affected": len(search.affected),
        "directions": {name: counts[name] for name in MEANING},
        "tasks_opened": opened,
    }
    if as_json:
        say_json({**report, "cases": [asdict(one) for one in search.affected]})
        return
    table = Table("case", "decided by", "was", "would be", "for the applicant")
    for one in search.affected:
        table.add_row(one.case, "robot" if one.by_robot else "person", _was(one), _would_be(one), one.direction)
    if search.affected:
        out.print(table)
    out.print(f"{search.examined} decisions examined, {len(search.affected)} would differ, {opened} tasks opened")
    for name, meaning in MEANING.items():
        if counts[name]:
            out.print(f"{counts[name]} {name}: {meaning}")
    if search.erased or search.unreadable:
        err.print(f"not examined: {search.erased} erased, {search.unreadable} that cannot be read")


def _was(one: Affected) -> str:
    return f"{one.outcome} {one.amount_ore} öre"


def _would_be(one: Affected) -> str:
    return ", ".join(one.why) if one.new_outcome is None else f"{one.new_outcome} {one.new_amount_ore} öre"


def _show_status(campaigns: list[Campaign], *, as_json: bool) -> None:
    if as_json:
        say_json([_plain(one) for one in campaigns])
        return
    table = Table("campaign", "rule", "since", "found", "left", "stands", "changed")
    for one in campaigns:
        counts = (one.found, one.left, one.stands, one.changed)
        table.add_row(one.name, one.rule, one.since[:10], *map(str, counts))
    out.print(table)


def _plain(one: Campaign) -> dict[str, Any]:
    return {**asdict(one), "directions": dict(one.directions), "left": one.left}
