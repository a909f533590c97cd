"""``arende audit verify``: chains, hashes and commitments of the whole journal."""

from typing import Annotated

import typer

from audit.log.check import check_all
from robot.cli._say import err, out, say_json
from robot.engine.house import House
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.callback()(_group)
    app.command("verify")(verify)


def _group() -> None:
    """Keep `verify` a sub-command: more of them come."""


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Check every case's chain, every entry's bytes, and every commitment against the vault. Exit 1 on a problem."""
    house = House.build(Settings())
    with house.database.read() as session:
        report = check_all(session, house.vault)
    problems = [
        {"kind": problem.kind.value, "case": problem.case, "seq": problem.case_seq, "detail": problem.detail}
        for problem in report.problems
    ]
    if as_json:
        say_json({"cases": report.cases, "entries": report.entries, "values": report.values, "problems": problems})
    else:
        out.print(f"{report.cases} chains, {report.entries} entries, {report.values} values checked")
        for problem in problems:
            err.print(f"{problem['case']} {problem['seq']}: {problem['kind']}: {problem['detail']}", markup=False)
        out.print("no problem found" if not problems else f"{len(problems)} problems")
    if problems or not report.entries:
        if not report.entries:
            err.print("there is nothing to check: is ARENDE_DATA or ARENDE_DATABASE_URL the right one?")
        raise typer.Exit(1)
