"""The plan page: what a goal costs in reviews and hours, and what another rate costs before anybody changes it."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.params import Query
from starlette.responses import Response

from audit.errors import StatisticsError
from audit.stickprov.period import Period, periods, read_period
from audit.stickprov.plan import Goal, Span, StratumGoal
from audit.stickprov.plan import plan as planned
from audit.stickprov.statistics.attribute import most_errors
from desk.charts import percent
from desk.roles import User, needs
from desk.sampling import sampled_processes
from desk.web import Desk, desk_of, page, posted, redirect, tell, text
from robot.definition.model import Stickprov
from robot.engine.periods import RISK
from robot.engine.sample_control import RateError, SampleControl
from robot.engine.sample_history import History, read_history

router = APIRouter()
controls = needs("controller")
MINUTES = Fraction(30)
SPANS = {1: "En månad", 3: "Ett kvartal", 12: "Ett helt år"}
SHARE = "Skriv en andel i procent, till exempel 5 eller 2,5."
GOAL = "Målet ska vara mer än 0 och mindre än 100 procent."


@dataclass(frozen=True)
class Work:
    """What a rate costs in a stratum and month: ``decisions``, of them ``reviews``, and what these can show.

    ``upper``: at most so many decisions are wrong, when no error is found.
    """

    stratum: str
    rate: Fraction
    decisions: int
    reviews: int
    upper: int
    hours: float


@dataclass(frozen=True)
class Ground:
    """What the plan stands on."""

    process: str
    plan: Stickprov
    period: Period | None
    history: History
    minutes: Fraction

    def work(self, changed: Mapping[str, Fraction] | None = None) -> list[Work]:
        """Every stratum of the open period, with other rates where they are changed."""
        strata = self.period.strata.values() if self.period else ()
        return [self._work(one.name, (changed or {}).get(one.name, one.rate), one.minimum) for one in strata]

    def _work(self, stratum: str, rate: Fraction, minimum: int) -> Work:
        known = self.history.strata.get(stratum)
        decisions = known.a_month if known else 0
        drawn = -(-decisions * rate.numerator // rate.denominator)
        reviews = min(decisions, max(minimum, drawn))
        again = reviews * (1 + self.plan.second)
        return Work(
            stratum,
            rate,
            decisions,
            reviews,
            most_errors(0, reviews, decisions, RISK) if decisions else 0,
            float(again * self.minutes / 60),
        )


@router.get("/controller/stickprov/plan")
def plan_page(
    request: Request,
    user: Annotated[User, Depends(controls)],  # noqa: ARG001 - the role is the point
    *,
    process: Annotated[str, Query(max_length=60)] = "",
    mal: Annotated[str, Query(max_length=12)] = "",
    kronor: Annotated[str, Query(max_length=12)] = "",
    grupp: Annotated[str, Query(max_length=100)] = "",
    andel: Annotated[str, Query(max_length=12)] = "",
) -> Response:
    """The workload of the goal, and of another rate."""
    return _show(request, process, {"mal": mal, "kronor": kronor, "grupp": grupp, "andel": andel})


@router.post("/controller/stickprov/andel")
def change_rate(request: Request, user: Annotated[User, Depends(controls)]) -> Response:
    """Change a stratum's rate, with the reason why."""
    desk, form = desk_of(request), posted(request)
    process, stratum = text(form, "process"), text(form, "grupp")
    typed = {name: text(form, name) for name in ("grupp", "andel", "motivering")}
    rate = _share(text(form, "andel"))
    ground = _ground(desk, process)
    if rate is None:
        return _show(request, process, typed, faults={"andel": SHARE})
    drawing = desk.house.drawing()
    control = SampleControl(desk.house.ledger, drawing, desk.house.brakes)
    try:
        period = control.set_rate(process, ground.plan, stratum, rate, user.person, motivation=text(form, "motivering"))
    except RateError as error:
        return _show(request, process, typed, faults={"motivering" if not typed["motivering"] else "andel": str(error)})
    finally:
        asyncio.run(drawing.keeper.aclose())
    at_once = stratum not in period.falls
    when = "genast, också för det som redan är beslutat i perioden" if at_once else "från nästa period"
    tell(request, f"Andelen är ändrad till {percent(float(rate))}. Den gäller {when}.")
    return redirect(f"/controller/stickprov?process={process}")


def _show(
    request: Request, process: str, typed: Mapping[str, str], *, faults: Mapping[str, str] | None = None
) -> Response:
    desk = desk_of(request)
    known = sampled_processes(desk)
    ground = _ground(desk, process or next(iter(known), ""))
    found = dict(faults or {})
    spans = _spans(ground, typed, found)
    rate = _share(typed.get("andel", ""))
    if typed.get("andel") and rate is None:
        found["andel"] = SHARE
    stratum = typed.get("grupp", "")
    return page(
        request,
        "stickprov_plan.html",
        status=422 if found else 200,
        ground=ground,
        processes=known,
        spans=spans,
        names=SPANS,
        before=ground.work(),
        after=ground.work({stratum: rate}) if rate is not None and stratum else [],
        percent=percent,
        typed={"mal": "", "kronor": "", "grupp": "", "andel": "", "motivering": "", **typed},
        faults=found,
    )


def _ground(desk: Desk, process: str) -> Ground:
    if process not in sampled_processes(desk):
        raise HTTPException(404)
    plan = desk.house.library.current(process).stickprov
    assert plan is not None  # noqa: S101 - only sampled processes come here
    with desk.house.database.read() as session:
        known = periods(session, process)
        period = read_period(desk.house.ledger.journal, session, process, known[-1]) if known else None
        history = read_history(session, process)
    return Ground(process, plan, period, history, history.minutes or MINUTES)


def _spans(ground: Ground, typed: Mapping[str, str], faults: dict[str, str]) -> list[Span]:
    """The plan for the goal that was typed, else for the process's own."""
    tolerable = _share(typed.get("mal", "")) if typed.get("mal") else ground.plan.tolerable
    if tolerable is None or not 0 < tolerable < 1:
        faults["mal"] = GOAL
        return []
    kronor = typed.get("kronor", "").replace(" ", "").replace("\u00a0", "")
    if kronor and not re.fullmatch(r"\d{1,9}", kronor, re.ASCII):
        faults["kronor"] = "Skriv hela kronor, till exempel 20 000."
        return []
    strata = tuple(
        StratumGoal(name, known.a_month, largest_ore=max(known.amounts, default=0), paid_ore=known.paid_ore)
        for name, known in sorted(ground.history.strata.items())
        if known.a_month
    )
    if not strata:
        return []
    goal = Goal(strata, tolerable=tolerable, kronor_ore=100 * int(kronor) if kronor else None)
    try:
        return planned(goal)
    except StatisticsError:
        faults["mal"] = GOAL
        return []


def _share(typed: str) -> Fraction | None:
    """A share typed in percent, exact: "2,5" is 1/40; None when it is not one."""
    number = re.sub(r"[\s\u00a0%]", "", typed).replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", number, re.ASCII):
        return None
    share = Fraction(number) / 100
    return share if share <= 1 else None
