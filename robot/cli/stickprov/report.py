"""``arende stickprov report``: what the reviews of a period show, and where every stratum stands."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from audit.stickprov.figures import Figures, by_stratum, together
from audit.stickprov.period import periods, read_period
from robot.cli._say import fail, out, say_json
from robot.engine.house import House
from robot.engine.periods import RISK
from robot.engine.sample_control import SampleControl
from robot.engine.sample_figures import records
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    process: Annotated[str, typer.Argument(help="The process, such as ekonomiskt_bistand.")],
    period: Annotated[str, typer.Argument(help="The month, as 2026-11. Empty: the newest that was opened.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Show figures per stratum and together, only from the random lane, and the standing of rates and brakes."""
    house = House.build(Settings())
    with house.database.read() as session:
        known = periods(session, process)
        wanted = period or (known[-1] if known else "")
        found = read_period(house.ledger.journal, session, process, wanted) if wanted in known else None
        if found is None:
            fail(f"{process} has no period {period!r}; there are: {', '.join(known) or 'none'}")
        counted = records(house.ledger.journal, session, found, house.clock.now())
    plan = house.library.current(process).stickprov
    standings = (
        {} if plan is None else SampleControl(house.ledger, house.drawing(), house.brakes).standings(process, plan)
    )
    every = [*by_stratum(counted, RISK), together(counted, RISK)]
    if as_json:
        told = {
            "process": process,
            "period": wanted,
            "closed": found.closed,
            "revealed": found.revealed,
            "figures": [_plain(one) for one in every],
            "standings": {
                name: {"rate": str(one.control.rate), "stopped": one.control.stopped, "cause": one.cause}
                for name, one in standings.items()
            },
        }
        say_json(told)
        return
    table = Table("grupp", "beslut", "granskade", "fel", "kan inte avgöras", "högst fel (95 %)")
    for one in every:
        counts = one.counts
        row = (counts.population, counts.sampled, counts.errors, counts.unknown, one.upper_errors)
        table.add_row(one.stratum or "alla", *(str(value) for value in row))
    out.print(table)
    out.print(every[-1].sentence, markup=False)


def _plain(figures: Figures) -> dict[str, Any]:
    """JSON without fractions: exact ones as text."""
    return {name: _value(value) for name, value in asdict(figures).items()} | {"sentence": figures.sentence}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _value(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    return value if isinstance(value, int | float | str | None) else str(value)
