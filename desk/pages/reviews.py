"""The reviewer's pages of the stickprov: the list, the blind review, the comparison, and settling disagreements."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.params import Path
from starlette.datastructures import FormData
from starlette.responses import Response

from desk.forms import parse
from desk.pages.actions import AMOUNT
from desk.reviewing import Shown, comparison, find_review, review_id, shown
from desk.roles import User, needs
from desk.sampling import CAUSES, FOUND, unsettled
from desk.web import desk_of, page, posted, redirect, tell, text
from robot.engine.case import ResultClass, SampleLane
from robot.engine.review import ReviewError
from robot.engine.sample_reviews import Answer
from robot.engine.sampling import blind_task
from robot.steps.base import Draft
from robot.store.tables import SampleTaskRow

router = APIRouter()
reviews = needs("handlaggare", "controller")
Queue = Literal["slump", "risk", "klagomal", "avgor"]
JUDGED: dict[str, ResultClass] = {"skal": "wrong_reasons", "handlaggning": "wrong_procedure"}
FIELDS = ("utfall", "belopp", "bedomning", "orsak", "motivering")
READ = Draft("access.read", {"why": "granskning", "values": True})
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Reviewer = Annotated[User, Depends(reviews)]


@router.get("/granska")
def queue(request: Request, user: Reviewer, ko: Queue = "slump") -> Response:
    """What waits for a reviewer. The random queue holds canaries too, and nothing tells them apart."""
    desk = desk_of(request)
    found = {name: _rows(request, user, name) for name in get_args(Queue)}
    return page(
        request,
        "reviews.html",
        queue=ko,
        counts={name: len(rows) for name, rows in found.items()},
        rows=[(review_id(row), row) for row in found[ko]],
        account=user.account,
        late=lambda row: row.due_at < desk.now(),
    )


@router.get("/granska/{name}")
def review(request: Request, name: Id, user: Reviewer) -> Response:
    """A review: before it has begun, its form, or when it is answered the comparison."""
    row = _row(request, user, name)
    if row.answered_at is not None:
        return page(request, "review_compared.html", one=comparison(desk_of(request), row), found=FOUND, causes=CAUSES)
    if row.reviewer != user.account:
        return page(request, "review_begin.html", name=name, row=row)
    return _form(request, user, row)


@router.post("/granska/{name}/borja")
def begin(request: Request, name: Id, user: Reviewer) -> Response:
    """Take the review: the time runs from here."""
    row = _row(request, user, name)
    try:
        desk_of(request).house.sample_reviews.open(row.case_ref, row.task, user.person)
    except ReviewError as error:
        tell(request, str(error))
        return redirect("/granska")
    return redirect(f"/granska/{name}")


@router.post("/granska/{name}/svar")
def answer(request: Request, name: Id, user: Reviewer) -> Response:
    """The reviewer's own answer. It is held against the decision on the server."""
    row, form = _row(request, user, name), posted(request)
    if row.answered_at is not None:
        return redirect(f"/granska/{name}")
    try:
        given = _answer(form)
        desk_of(request).house.sample_reviews.answer(row.case_ref, row.task, user.person, given)
    except (_FormFaultError, ReviewError) as error:
        return _form(request, user, row, _tried(form, error))
    return redirect(f"/granska/{name}")


@router.get("/granska/avgor/{name}")
def disagreement(request: Request, name: Id, user: Reviewer) -> Response:
    """Two answers that differ, and the decision."""
    return _settling(request, user, _disagreement(request, user, name))


@router.post("/granska/avgor/{name}")
def settle(request: Request, name: Id, user: Reviewer) -> Response:
    """Decide which is right, as somebody who reviewed neither time."""
    row, form = _disagreement(request, user, name), posted(request)
    try:
        desk_of(request).house.sample_reviews.settle(row.case_ref, user.person, _answer(form))
    except (_FormFaultError, ReviewError) as error:
        return _settling(request, user, row, _tried(form, error))
    tell(request, "Granskningen är avgjord.")
    return redirect("/granska?ko=avgor")


class _FormFaultError(Exception):
    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__()
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent in and could not be taken: what is wrong, by field."""

    form: FormData
    faults: Mapping[str, str]


NOT_TRIED = Tried(FormData(), {})


def _tried(form: FormData, error: _FormFaultError | ReviewError) -> Tried:
    return Tried(form, error.faults if isinstance(error, _FormFaultError) else {"utfall": str(error)})


def _rows(request: Request, user: User, queue: Queue) -> list[SampleTaskRow]:
    desk = desk_of(request)
    if queue == "avgor":
        return [row for row in unsettled(desk, user=user) if row.reviewer != user.account]
    engine = desk.house.sample_reviews
    with desk.house.database.read() as session:
        if queue != "slump":
            lane: SampleLane = "risk" if queue == "risk" else "complaint"
            return list(engine.queue(session, lane, person=user.person, restricted=user.sees_restricted))
        wanted = {
            (item.case_ref, item.task) for item in engine.work(session, user.person, restricted=user.sees_restricted)
        }
        rows = [session.get(SampleTaskRow, one) for one in wanted]
    return sorted((row for row in rows if row is not None), key=lambda row: (row.due_at, review_id(row)))


def _row(request: Request, user: User, name: str) -> SampleTaskRow:
    row = find_review(desk_of(request), user, name)
    if row is None:
        raise HTTPException(404)
    return row


def _form(request: Request, user: User, row: SampleTaskRow, tried: Tried = NOT_TRIED) -> Response:
    desk = desk_of(request)
    try:
        case = desk.house.sample_reviews.open(row.case_ref, row.task, user.person)
    except ReviewError as error:
        tell(request, str(error))
        return redirect("/granska")
    return _asked(request, "review.html", review_id(row), shown(desk, case), tried, row=row, blind=row.blind)


def _disagreement(request: Request, user: User, name: str) -> SampleTaskRow:
    found = next((row for row in unsettled(desk_of(request), user=user) if review_id(row) == name), None)
    if found is None:
        raise HTTPException(404)
    return found


def _settling(request: Request, user: User, row: SampleTaskRow, tried: Tried = NOT_TRIED) -> Response:
    desk = desk_of(request)
    state = desk.house.ledger.load(row.case_ref)
    if blind_task(state, user.account) is not None:
        raise HTTPException(404)
    desk.house.ledger.note(row.case_ref, READ, actor=user.person.actor)
    tasks = [state.tasks["random-1"], state.tasks["random-2"]]
    return _asked(
        request, "review_settle.html", review_id(row), shown(desk, state), tried, tasks=tasks, found=FOUND, blind=False
    )


def _asked(request: Request, template: str, name: str, case: Shown, tried: Tried, **values: Any) -> Response:
    """A page with the form of an answer, with what was typed and what was wrong with it."""
    return page(
        request,
        template,
        status=422 if tried.faults else 200,
        name=name,
        case=case,
        causes=CAUSES,
        faults=tried.faults,
        typed={field: text(tried.form, field) for field in FIELDS},
        **values,
    )


def _answer(form: FormData) -> Answer:
    outcome, cause = text(form, "utfall"), text(form, "orsak")
    faults: dict[str, str] = {}
    amount = Decimal(0)
    if outcome not in {"bifall", "avslag", "cannot_tell"}:
        faults["utfall"] = "Välj det utfall som du själv kommer fram till."
    if outcome == "bifall":
        parsed = parse(AMOUNT, {"v": text(form, "belopp")})
        if parsed.faults:
            faults["belopp"] = parsed.faults["v"]
        else:
            amount = Decimal(parsed.value)
    if outcome == "cannot_tell" and not text(form, "motivering"):
        faults["motivering"] = "Skriv varför det inte går att avgöra."
    if cause and cause not in CAUSES:
        faults["orsak"] = "Välj en orsak ur listan."
    if faults:
        raise _FormFaultError(faults)
    motivation = text(form, "motivering")
    if outcome == "cannot_tell":
        return Answer(judged="cannot_tell", cause=cause, motivation=motivation)
    return Answer(outcome, amount, JUDGED.get(text(form, "bedomning")), cause, motivation)
