"""``arende stickprov plan``: how many reviews the controller's goal takes, and what they can and cannot show."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from audit.stickprov.plan import SPANS, Goal, Span, StratumGoal
from audit.stickprov.plan import plan as planned
from robot.cli._say import fail, out, say_json
from robot.cli.stickprov._goal import GoalFile, StratumFile, read_goal
from robot.engine.clock import clock_for
from robot.engine.sample_history import History, StratumHistory, read_history
from robot.settings import Settings
from robot.store.database import Database

DEFAULT_MINUTES = Fraction(30)
NAMES = {1: "En månad", 3: "Ett kvartal", 12: "Ett helt år"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan")(plan)


def plan(
    goal: Annotated[Path, typer.Argument(help="The goal, a YAML file.", exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Show how many reviews and hours a goal takes, and what a month, a quarter and a year can and cannot show."""
    wanted = read_goal(goal)
    settings = Settings()
    history = _history(settings, wanted.process)
    minutes = history.minutes or Fraction(wanted.review_minutes or DEFAULT_MINUTES)
    left = _months_left(wanted.by, clock_for(settings).now().date())
    spans = planned(_goal(wanted, history), (*SPANS, *([left] if left else [])))
    source = "journal" if history.minutes else "goal" if wanted.review_minutes else "default"
    if as_json:
        say_json(
            {
                "process": wanted.process,
                "confidence": str(wanted.confidence),
                "review_minutes": {"minutes": str(minutes), "from": source},
                "months_left": left,
                "spans": [_plain(span, minutes) for span in spans],
            }
        )
        return
    _tell(wanted, spans, minutes, source, left)


def _history(settings: Settings, process: str) -> History:
    database = Database(settings.database_url)
    if database.is_new():
        # A goal can be planned before the robot has run: then the file must say what the journal would.
        return History()
    try:
        database.must_be_usable()
        with database.read() as session:
            return read_history(session, process)
    finally:
        database.close()


def _months_left(by: date | None, today: date) -> int | None:
    if by is None:
        return None
    left = (by.year - today.year) * 12 + by.month - today.month + 1
    if left < 1:
        fail(f"by: expected this month or a later one, found {by:%Y-%m}")
    return left


def _goal(wanted: GoalFile, history: History) -> Goal:
    strata = tuple(
        _stratum(name, given, history.strata.get(name), kronor=wanted.total.kronor_a_month is not None)
        for name, given in wanted.strata.items()
    )
    kronor = wanted.total.kronor_a_month
    return Goal(
        strata,
        risk=1 - wanted.confidence,
        tolerable=wanted.total.tolerable_rate,
        kronor_ore=None if kronor is None else 100 * kronor,
        present=wanted.present_rate,
    )


def _stratum(name: str, given: StratumFile, known: StratumHistory | None, *, kronor: bool) -> StratumGoal:
    a_month = given.decisions_a_month or (known.a_month if known else 0)
    if not a_month:
        fail(f"strata.{name}: the journal holds no draws of it yet: write decisions_a_month in the goal")
    if kronor and known is None and given.largest_kronor is None:
        fail(f"strata.{name}: a goal in kronor needs largest_kronor (0 for refusals): the journal has no amounts yet")
    seen = known or StratumHistory()
    largest = max(seen.amounts, default=0) if given.largest_kronor is None else 100 * given.largest_kronor
    paid = seen.paid_ore if given.paid_kronor_a_month is None else 100 * given.paid_kronor_a_month
    return StratumGoal(
        name,
        a_month,
        given.tolerable_rate,
        given.expected_rate,
        largest_ore=largest,
        paid_ore=paid or largest * a_month,
    )


def _plain(span: Span, minutes: Fraction) -> dict[str, Any]:
    return {
        "months": span.months,
        "decisions": span.population,
        "reviews": span.reviews,
        "hours": _hours(span, minutes),
        "hours_a_month": round(_hours(span, minutes) / span.months, 1),
        "upper_errors_if_none_found": span.upper_errors,
        "upper_ore_if_none_found": span.upper_kronor_ore,
        "strata": [
            {
                "stratum": row.name,
                "decisions": row.population,
                "reviews": row.n,
                "allowed_errors": row.allowed,
                "all_must_be_reviewed": row.whole,
                "at_present_rate": {"reviews": row.present_n, "upper_errors_if_none_found": row.present_upper},
            }
            for row in span.rows
        ],
    }


def _hours(span: Span, minutes: Fraction) -> float:
    hours = span.hours(minutes)
    return round(hours.numerator / hours.denominator, 1)


def _tell(wanted: GoalFile, spans: Sequence[Span], minutes: Fraction, source: str, left: int | None) -> None:
    whence = {"journal": "medianen i journalen", "goal": "enligt målfilen", "default": "antaget"}[source]
    percent = _swedish(100 * wanted.confidence)
    out.print(f"Plan för stickprov · {wanted.process} · {percent} % säkerhet")
    out.print(f"Tid för en granskning: {_swedish(minutes)} minuter ({whence}).\n")
    for span in spans:
        name = NAMES.get(span.months, f"{span.months} månader")
        until = f" (till och med {wanted.by:%Y-%m})" if span.months == left else ""
        table = Table(
            "grupp", "beslut", "granska", "andel", "tillåtna fel", title=f"{name}{until}", title_justify="left"
        )
        for row in span.rows:
            share = f"{_swedish(Fraction(100 * row.n, max(1, row.population)))} %"
            table.add_row(row.name, str(row.population), str(row.n), share, str(row.allowed))
        out.print(table)
        hours = _swedish(span.hours(minutes) / span.months)
        out.print(f"{span.reviews} av {span.population} beslut granskas. Det tar ungefär {hours} timmar i månaden.")
        out.print(f"Hittas inget fel visar det att högst {span.upper_errors} av {span.population} beslut är fel.")
        if wanted.total.kronor_a_month is not None:
            kronor = span.upper_kronor_ore // 100
            out.print(f"För högt utbetalt är då högst {kronor:,} kronor.".replace(",", " "))
        for row in span.rows:
            if row.whole:
                out.print(f"{row.name}: {name.lower()} räcker inte för ett urval. Alla beslut måste granskas.")
        weakest = max(span.rows, key=lambda row: Fraction(row.present_upper, max(1, row.population)))
        out.print(
            f"Med dagens andel, {_swedish(100 * wanted.present_rate)} %, visas inte målet: i {weakest.name} kan "
            f"{weakest.present_upper} av {weakest.population} beslut vara fel fast inget fel hittas.\n"
            if any(row.present_n < row.n for row in span.rows)
            else "Dagens andel räcker för målet.\n"
        )


def _swedish(value: Fraction) -> str:
    tenths = round(value * 10)
    whole, rest = divmod(tenths, 10)
    return f"{whole},{rest}" if rest else str(whole)
