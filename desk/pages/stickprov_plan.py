"""The plan page: what a goal or another rate costs in reviews and hours, before anybody sets it."""

import asyncio
import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.params import Query
from starlette.responses import Response

from audit.errors import StatisticsError
from audit.stickprov.plan import Span
from desk.charts import percent
from desk.planning import Ground, ground_of
from desk.roles import User, needs
from desk.sampling import sampled_processes
from desk.web import Desk, desk_of, page, posted, redirect, tell, text
from robot.engine.sample_control import RateError, SampleControl
from robot.engine.sample_goal import GoalError, SampleGoal, set_goal
from robot.engine.view import SWEDEN

router = APIRouter()
controls = needs("controller")
SPANS = {1: "En månad", 3: "Ett kvartal", 12: "Ett helt år"}
SHARE = "Skriv en andel i procent, till exempel 5 eller 2,5."
GOAL = "Målet ska vara mer än 0 och mindre än 100 procent."


@router.get("/controller/stickprov/plan")
def plan_page(
    request: Request,
    user: Annotated[User, Depends(controls)],  # noqa: ARG001 - the role is the point
    *,
    process: Annotated[str, Query(max_length=60)] = "",
    mal: Annotated[str, Query(max_length=12)] = "",
    kronor: Annotated[str, Query(max_length=12)] = "",
    senast: Annotated[str, Query(max_length=12)] = "",
    grupp: Annotated[str, Query(max_length=100)] = "",
    andel: Annotated[str, Query(max_length=12)] = "",
) -> Response:
    """The workload of the goal, and of another rate."""
    typed = {"mal": mal, "kronor": kronor, "senast": senast} if mal else {}
    return _show(request, process, {**typed, "grupp": grupp, "andel": andel})


@router.post("/controller/stickprov/mal")
def state_goal(request: Request, user: Annotated[User, Depends(controls)]) -> Response:
    """Set the goal, with the reason why."""
    desk, form = desk_of(request), posted(request)
    process = text(form, "process")
    typed = {name: text(form, name) for name in ("mal", "kronor", "senast")}
    faults: dict[str, str] = {}
    goal = _goal(_ground(desk, process), typed, faults)
    if goal is None:
        return _show(request, process, typed)
    drawing = desk.house.drawing()
    try:
        set_goal(drawing, process, goal, user.person, motivation=text(form, "malets_skal"), today=_today(desk))
    except GoalError as error:
        field = "malets_skal" if not text(form, "malets_skal") else "senast"
        return _show(request, process, typed, faults={field: str(error)})
    finally:
        asyncio.run(drawing.keeper.aclose())
    tell(request, "Målet är satt och står i journalen med ditt namn.")
    return redirect(f"/controller/stickprov?process={process}")


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
    goal = _goal(ground, typed, found)
    spans = _spans(ground, goal, _today(desk), found)
    rate = _share(typed.get("andel", ""))
    if typed.get("andel") and rate is None:
        found["andel"] = SHARE
    stratum = typed.get("grupp", "")
    return page(
        request,
        "stickprov_plan.html",
        status=422 if found else 200,
        ground=ground,
        goal=goal,
        processes=known,
        spans=spans,
        names=SPANS,
        before=ground.work(),
        after=ground.work({stratum: rate}) if rate is not None and stratum else [],
        percent=percent,
        typed={"grupp": "", "andel": "", "motivering": "", **_written(goal), **typed},
        faults=found,
    )


def _ground(desk: Desk, process: str) -> Ground:
    if process not in sampled_processes(desk):
        raise HTTPException(404)
    plan = desk.house.library.current(process).stickprov
    assert plan is not None  # noqa: S101 - only sampled processes come here
    return ground_of(desk, process, plan)


def _goal(ground: Ground, typed: Mapping[str, str], faults: dict[str, str]) -> SampleGoal | None:
    """The goal that was typed, else the one that stands, else the process's own; None when it cannot be read."""
    if not typed.get("mal"):
        return ground.goal.goal if ground.goal else SampleGoal(ground.plan.tolerable)
    tolerable = _share(typed["mal"])
    if tolerable is None or not 0 < tolerable < 1:
        faults["mal"] = GOAL
    kronor = re.sub(r"[ \u00a0]", "", typed.get("kronor", ""))
    if kronor and not re.fullmatch(r"\d{1,9}", kronor, re.ASCII):
        faults["kronor"] = "Skriv hela kronor, till exempel 20 000."
    by = typed.get("senast", "")
    if by and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", by, re.ASCII):
        faults["senast"] = "Skriv månaden som ÅÅÅÅ-MM, till exempel 2027-06."
    if faults or tolerable is None:
        return None
    return SampleGoal(tolerable, 100 * int(kronor) if kronor else None, date.fromisoformat(f"{by}-01") if by else None)


def _spans(ground: Ground, goal: SampleGoal | None, today: date, faults: dict[str, str]) -> list[Span]:
    if goal is None:
        return []
    try:
        return ground.spans(goal, today)
    except StatisticsError:
        faults["mal"] = GOAL
        return []


def _written(goal: SampleGoal | None) -> dict[str, str]:
    """The goal as it is typed."""
    if goal is None:
        return {"mal": "", "kronor": "", "senast": ""}
    return {
        "mal": f"{float(100 * goal.tolerable):.3f}".rstrip("0").rstrip(".").replace(".", ","),
        "kronor": "" if goal.kronor_ore is None else str(goal.kronor_ore // 100),
        "senast": "" if goal.by is None else f"{goal.by:%Y-%m}",
    }


def _today(desk: Desk) -> date:
    return desk.now().astimezone(SWEDEN).date()


def _share(typed: str) -> Fraction | None:
    """A share typed in percent, exact: "2,5" is 1/40; None when it is not one."""
    number = re.sub(r"[\s\u00a0%]", "", typed).replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", number, re.ASCII):
        return None
    share = Fraction(number) / 100
    return share if share <= 1 else None
