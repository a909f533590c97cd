"""The controller's decision log, its figures, and one decision's explanation."""

import csv
import io
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.params import Query
from starlette.responses import Response

from desk import figures, queries
from desk.casefile import open_case
from desk.roles import User, needs
from desk.web import OUTCOME, desk_of, page, posted, redirect, tell, text
from robot.engine.case import SampleLane
from robot.engine.review import ReviewError
from robot.engine.view import SWEDEN
from robot.store.tables import CaseRow

router = APIRouter()
controls = needs("controller")
MONTH = r"^(|\d{4}-(0[1-9]|1[0-2]))$"
COLUMNS = [
    *("referens", "process", "månad", "mottaget", "utfall", "belopp_kr"),
    *("beslutat_av", "beslutat", "grupp", "sannolikhet", "stickprov", "version"),
]


def log_filter(
    *,
    process: Annotated[str, Query(max_length=60)] = "",
    manad: Annotated[str, Query(pattern=MONTH)] = "",
    utfall: Annotated[str, Query(pattern="^(|bifall|avslag)$")] = "",
    av: Annotated[str, Query(pattern="^(|robot|person)$")] = "",
    grupp: Annotated[str, Query(max_length=100)] = "",
    stickprov: Annotated[str, Query(pattern="^(|ja|nej)$")] = "",
    version: Annotated[str, Query(max_length=100)] = "",
) -> queries.LogFilter:
    """The filter of the address."""
    month = date.fromisoformat(f"{manad}-01") if manad else None
    return queries.LogFilter(process, month, utfall, av, grupp, stickprov, version)


Wanted = Annotated[queries.LogFilter, Depends(log_filter)]


@router.get("/controller")
def log(
    request: Request,
    user: Annotated[User, Depends(controls)],
    wanted: Wanted,
    efter: Annotated[str, Query(pattern=r"^(|[0-9T:.+-]{20,40}~c_[0-9a-f]{32})$")] = "",
) -> Response:
    """Decisions, the newest first."""
    with desk_of(request).house.database.read() as session:
        found = queries.decided(session, user, wanted, after=efter)
        choices = queries.choices(session, user)
    return page(request, "controller.html", wanted=wanted, found=found, choices=choices, began=efter != "")


@router.get("/controller/siffror")
def month_figures(request: Request, user: Annotated[User, Depends(controls)], wanted: Wanted) -> Response:
    """Figures per month."""
    with desk_of(request).house.database.read() as session:
        months = figures.months(session, user, process=wanted.process, month=wanted.month)
        choices = queries.choices(session, user)
    return page(request, "figures.html", wanted=wanted, months=months, choices=choices)


@router.get("/controller/beslut.csv")
def export(request: Request, user: Annotated[User, Depends(controls)], wanted: Wanted) -> Response:
    """The decisions of the filter as CSV for a spreadsheet, without personal data: people are only "person"."""
    with desk_of(request).house.database.read() as session:
        rows = queries.decided(session, user, wanted, limit=None).rows
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_line(row) for row in rows)
    # Spreadsheets read a file as UTF-8 only when it begins with a byte order mark.
    content = "\ufeff" + sheet.getvalue()
    headers = {"Content-Disposition": 'attachment; filename="beslut.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/controller/beslut/{ref}")
def decision(request: Request, ref: str, user: Annotated[User, Depends(controls)]) -> Response:
    """One decision explained."""
    case = open_case(desk_of(request), user, ref, "granskning")
    made = [one.entry.body for one in case.recorded if one.entry.type == "decision.made"]
    ticket = [one.entry.body for one in case.recorded if one.entry.type == "sample.ticket"]
    return page(
        request,
        "decision.html",
        case=case,
        state=case.state,
        made=made[-1] if made else None,
        ticket=ticket[-1] if ticket else None,
    )


@router.post("/controller/beslut/{ref}/ko")
def put_in_queue(request: Request, ref: str, user: Annotated[User, Depends(controls)]) -> Response:
    """Put a decision in the queue of risks or of complaints, which never speaks for the others."""
    desk, form = desk_of(request), posted(request)
    open_case(desk, user, ref, None)
    lanes: dict[str, SampleLane] = {"risk": "risk", "klagomal": "complaint"}
    try:
        lane = lanes.get(text(form, "ko"), "random")
        desk.house.sample_reviews.put_in_lane(ref, lane, user.person, motivation=text(form, "motivering"))
    except ReviewError as error:
        tell(request, str(error))
    else:
        tell(request, "Beslutet ligger i kön för granskning.")
    return redirect(f"/controller/beslut/{ref}")


def _line(row: CaseRow) -> list[str]:
    decided = "" if row.decided_at is None else f"{row.decided_at.astimezone(SWEDEN):%Y-%m-%d %H:%M}"
    ore = row.amount_ore or 0
    return [
        "AR-" + row.ref.removeprefix("c_")[:10].upper(),
        row.process,
        f"{row.month:%Y-%m}",
        f"{row.received_at.astimezone(SWEDEN):%Y-%m-%d}",
        OUTCOME.get(row.outcome or "", row.outcome or ""),
        f"{ore // 100},{ore % 100:02d}",
        "robot" if row.decided_by == "robot" else "person",
        decided,
        row.stratum or "",
        row.probability or "",
        {True: "ja", False: "nej", None: "utanför"}[row.picked],
        row.version,
    ]
