"""The handläggare's list, and the search."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.params import Query
from starlette.responses import Response

from audit.errors import VaultError
from desk import queries
from desk.roles import User, current_user, needs
from desk.web import desk_of, page, posted, redirect, text
from robot.engine.ledger import Ledger
from robot.steps.base import Draft
from robot.store.tables import CaseRow

router = APIRouter()
SEARCH_HELP = "Skriv ett personnummer med tolv siffror (ÅÅÅÅMMDDNNNN) eller en referens som AR-1F09C2D4E5."


@router.get("/")
def work(
    request: Request,
    user: Annotated[User, Depends(current_user)],
    *,
    lage: Annotated[str, Query(pattern="^(person|applicant|running)$")] = "person",
    process: Annotated[str, Query(max_length=60)] = "",
    skal: Annotated[str, Query(pattern=r"^[A-Za-z0-9_.-]{0,200}$")] = "",
    sena: Annotated[str, Query(max_length=2)] = "",
    efter: Annotated[str, Query(pattern=r"^(|[0-9T:.+-]{20,40}~c_[0-9a-f]{32})$")] = "",
) -> Response:
    """Cases that wait for a person, earliest due first."""
    if "handlaggare" not in user.roles:
        return redirect(user.start)
    desk = desk_of(request)
    wanted = queries.WorkFilter(lage, process, skal, late=sena == "ja")
    with desk.house.database.read() as session:
        found = queries.waiting(session, user, wanted, now=desk.now(), after=efter)
        counts = queries.count_waiting(session, user, desk.now())
        unseen = queries.unseen(session, user, found.rows)
        reasons = queries.waiting_reasons(session, user, lage)
        processes = queries.choices(session, user)["process"]
    return page(
        request,
        "work.html",
        wanted=wanted,
        found=found,
        unseen=unseen,
        counts=counts,
        reasons=reasons,
        processes=processes,
        began=efter != "",
    )


@router.get("/sok")
def search_form(request: Request, user: Annotated[User, Depends(needs("handlaggare"))]) -> Response:  # noqa: ARG001 - the role is the point
    """The search form on its own."""
    return page(request, "search.html", found=None, fault="", help=SEARCH_HELP)


@router.post("/sok")
def search(request: Request, user: Annotated[User, Depends(needs("handlaggare"))]) -> Response:
    """Find a person's cases, or a case by its reference. What is searched for never stands in an address."""
    desk = desk_of(request)
    words = re.sub(r"[\s-]", "", text(posted(request), "vad")).upper()
    with desk.house.database.read() as session:
        if re.fullmatch(r"AR[0-9A-F]{4,32}", words):
            found = queries.by_reference(session, user, words.removeprefix("AR"))
            unseen = queries.unseen(session, user, found)
        else:
            try:
                subject = desk.house.vault.keys.subject_index(words)
            except VaultError:
                return page(request, "search.html", status=422, found=None, fault=SEARCH_HELP, help=SEARCH_HELP)
            found = queries.by_subject(session, user, subject)
            unseen = queries.unseen(session, user, found)
    _note(desk.house.ledger, found, user)
    return page(request, "search.html", found=found, unseen=unseen, fault="", help=SEARCH_HELP)


def _note(ledger: Ledger, rows: Sequence[CaseRow], user: User) -> None:
    for row in rows:
        ledger.note(row.ref, Draft("access.read", {"why": "sökning", "values": False}), actor=user.person.actor)
