"""The controller's page of the stickprov: goal, where we stand, what is due, the queues apart; as page, PDF and CSV."""

import csv
import io
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.params import Query
from starlette.responses import Response

from audit.stickprov.figures import Figures
from desk import charts
from desk.planning import ground_of, months_left
from desk.roles import User, needs
from desk.sampling import LANES, Overview, overview, sampled_processes
from desk.web import FOLDER, Desk, desk_of, page
from robot.engine.periods import RISK
from robot.engine.view import SWEDEN
from robot.steps._letter import pdf

controls = needs("controller")
router = APIRouter(dependencies=[Depends(controls)])
COLUMNS = [
    *("process", "period", "mal_hogst_andel", "mal_hogst_for_mycket_kr", "grupp"),
    *("beslut", "granskade", "fel", "kan_inte_avgoras", "forsenade", "vantar"),
    *("skattad_andel", "hogst_fel", "minst_fel", "lopande_undre", "lopande_ovre"),
    *("for_mycket_funnet_kr", "for_mycket_hogst_kr", "for_lite_funnet_kr", "for_lite_hogst_beslut", "utan_belopp"),
    *("nollbeslut", "nollbeslut_granskade", "nollbeslut_fel", "nollbeslut_hogst_fel"),
    *("justerad_andel", "hogst_fel_justerat", "hogst_fel_med_kanariefaglar", "dubbelgranskade", "eniga", "kappa"),
]
Process = Annotated[str, Query(max_length=60)]
Period = Annotated[str, Query(pattern=r"^(|\d{4}-\d{2})$")]


def chosen(request: Request, process: Process = "", period: Period = "") -> Overview | None:
    """The overview that is asked for, None when there is nothing to show yet. Raises 404 for an unknown one."""
    desk = desk_of(request)
    known = sampled_processes(desk)
    if process and process not in known:
        raise HTTPException(404)
    wanted = process or next(iter(known), "")
    found = overview(desk, wanted, period) if wanted else None
    if found is None and period:
        raise HTTPException(404)
    return found


def existing(found: Annotated[Overview | None, Depends(chosen)]) -> Overview:
    """As `chosen`; 404 when there is nothing to show."""
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/controller/stickprov")
def standing(request: Request, found: Annotated[Overview | None, Depends(chosen)]) -> Response:
    """Goal, where we stand and what is due."""
    desk = desk_of(request)
    return page(request, "stickprov.html", processes=sampled_processes(desk), **_values(desk, found))


@router.get("/controller/stickprov.pdf")
def as_pdf(
    request: Request, user: Annotated[User, Depends(controls)], found: Annotated[Overview, Depends(existing)]
) -> Response:
    """The same as an archivable PDF."""
    desk = desk_of(request)
    template = desk.templates.get_template("stickprov_print.html")
    text = template.render(now=desk.now(), kommun=desk.house.settings.kommun, who=user.name, **_values(desk, found))
    headers = {"Content-Disposition": f'attachment; filename="stickprov-{found.process}-{found.period.period}.pdf"'}
    return Response(pdf(text, FOLDER / "static"), media_type="application/pdf", headers=headers)


@router.get("/controller/stickprov.csv")
def as_csv(found: Annotated[Overview, Depends(existing)]) -> Response:
    """The figures for a spreadsheet: a line per stratum, and one for all."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_line(found, one) for one in (*found.strata, found.total))
    headers = {"Content-Disposition": f'attachment; filename="stickprov-{found.process}-{found.period.period}.csv"'}
    # Spreadsheets read a file as UTF-8 only when it begins with a byte order mark.
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _values(desk: Desk, found: Overview | None) -> dict[str, Any]:
    if found is None:
        return {"found": None}
    ground = ground_of(desk, found.process, found.plan)
    spans = ground.spans(found.goal, desk.now().astimezone(SWEDEN).date())
    months = months_left(found.goal, desk.now().astimezone(SWEDEN).date()) or 1
    load = [(one.reviewer, float(one.answered)) for one in found.load]
    causes = [(name, float(count)) for name, count in found.causes.most_common()]
    return {
        "found": found,
        "due": next((span for span in spans if span.months == months), None),
        "minutes": ground.minutes,
        "risk": RISK,
        "lanes": LANES,
        "percent": charts.percent,
        "key": charts.key,
        "curve": charts.bounds_over_time(found.curves, float(found.goal.tolerable)),
        "cause_chart": charts.bars(causes),
        "load_chart": charts.bars(load),
    }


def _line(found: Overview, one: Figures) -> list[str]:
    counts, kronor, nothing = one.counts, one.kronor, one.nothing_paid
    lower, upper = found.sequence(one)
    kappa, agreed = one.agreement.kappa, one.agreement.agreed
    return [
        *(found.process, found.period.period, _number(found.goal.tolerable)),
        *("" if found.goal.kronor_ore is None else _kronor(found.goal.kronor_ore), one.stratum or "alla"),
        *map(str, (counts.population, counts.sampled, counts.errors, counts.unknown, one.overdue, one.waiting)),
        *(_number(one.estimate), str(one.upper_errors), str(one.lower_errors), _number(lower), _number(upper)),
        *(_kronor(kronor.over_found_ore), _kronor(kronor.over_upper_ore), _kronor(kronor.under_found_ore)),
        *map(str, (kronor.under_upper_cases, kronor.unmeasured)),
        *map(str, (nothing.population, nothing.sampled, nothing.errors, one.nothing_paid_upper)),
        _number(one.adjusted[0] if one.adjusted else None),
        *("" if value is None else str(value) for value in (one.adjusted_upper_errors, one.canary_upper_errors)),
        *(str(one.agreement.pairs), _number(agreed), _number(kappa)),
    ]


def _number(value: float | Fraction | None) -> str:
    return "" if value is None else f"{float(value):.4f}".replace(".", ",")


def _kronor(ore: int) -> str:
    return f"{ore // 100},{ore % 100:02d}"
