"""The five things a handläggare may do with a case, and noting the applicant's answer."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, TypedDict

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from desk.casefile import CaseFile, fact_json, open_case
from desk.forms import inputs, parse, typed_of, with_row, without_row
from desk.pages.case import show_case
from desk.roles import User, needs
from desk.web import Desk, desk_of, page, posted, redirect, tell, text
from robot.engine.review import ReviewError
from robot.engine.view import SWEDEN
from robot.rules import Amount, FactDeclaration
from robot.steps._letter import datum

router = APIRouter()
handles = needs("handlaggare")
MOVED = "Ärendet har ändrats sedan du öppnade sidan. Läs det som är nytt och gör om det du ville göra."
AMOUNT = FactDeclaration("Belopp", Amount)


class Grounds(TypedDict):
    """Why a person decides so, and whether the applicant has been heard."""

    motivation: str
    heard: bool


class FieldError(ReviewError):
    """What was typed in one field cannot be used. ``field`` is its name in the form."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@router.post("/arende/{ref}/godkann")
def agree(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Let the proposal stand."""

    def act(desk: Desk, form: FormData) -> str:
        desk.house.reviews.agree(ref, user.person, **_grounds(form))
        return "Klart. Roboten fortsätter med ärendet."

    return _carry_out(request, ref, user, "godkann", act)


@router.post("/arende/{ref}/besluta")
def decide_otherwise(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Decide another outcome or amount."""

    def act(desk: Desk, form: FormData) -> str:
        outcome, amount = _decision(form)
        desk.house.reviews.decide_otherwise(ref, user.person, outcome, amount, **_grounds(form))
        return "Ditt beslut är noterat. Roboten skriver in det och meddelar den sökande."

    return _carry_out(request, ref, user, "besluta", act)


@router.post("/arende/{ref}/lat-sta")
def let_stand(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Leave a decision as it is, in a correction campaign."""

    def act(desk: Desk, form: FormData) -> str:
        desk.house.reviews.let_stand(ref, user.person, motivation=text(form, "motivering"))
        return "Ditt ställningstagande är noterat. Beslutet står fast."

    return _carry_out(request, ref, user, "lat-sta", act)


@router.post("/arende/{ref}/omprova")
def correct(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Note the new decision that a correction campaign has led to."""

    def act(desk: Desk, form: FormData) -> str:
        outcome, amount = _decision(form)
        desk.house.reviews.correct(ref, user.person, outcome, amount, **_grounds(form))
        return "Det nya beslutet är noterat. Meddela den sökande från verksamhetssystemet."

    return _carry_out(request, ref, user, "omprova", act)


@router.post("/arende/{ref}/fraga")
def ask(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Note a question to the applicant."""

    def act(desk: Desk, form: FormData) -> str:
        due = _day(form, "svarsdag", after=desk.now().astimezone(SWEDEN).date())
        due_at = datetime.combine(due, time(23, 59), SWEDEN)
        desk.house.reviews.ask_applicant(ref, user.person, text(form, "fraga"), due_at=due_at)
        return "Frågan är noterad. Skicka den till den sökande från verksamhetssystemet."

    return _carry_out(request, ref, user, "fraga", act)


@router.post("/arende/{ref}/svar")
def answered(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Note the applicant's answer."""

    def act(desk: Desk, form: FormData) -> str:
        desk.house.reviews.applicant_answered(ref, user.person, text(form, "svar"))
        return "Svaret är noterat och ärendet är tillbaka hos dig."

    return _carry_out(request, ref, user, "svar", act)


@router.post("/arende/{ref}/forsening")
def told_of_delay(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Note that the applicant has been told of a delay."""

    def act(desk: Desk, form: FormData) -> str:
        desk.house.deadlines.told_of_delay(ref, user.person, reason=text(form, "motivering"))
        return "Underrättelsen är noterad."

    return _carry_out(request, ref, user, "forsening", act)


@router.post("/arende/{ref}/begaran")
def requested(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Note the applicant's request for a decision."""

    def act(desk: Desk, form: FormData) -> str:
        state = desk.house.deadlines.requested(ref, user.person, received_on=_date(form, "dag"))
        due = state.request_due_at
        return "Begäran är noterad." if due is None else f"Begäran är noterad. Den ska besvaras senast {datum(due)}."

    return _carry_out(request, ref, user, "begaran", act)


@router.post("/arende/{ref}/ta-over")
def take_over(request: Request, ref: str, user: Annotated[User, Depends(handles)]) -> Response:
    """End the robot's part."""

    def act(desk: Desk, form: FormData) -> str:
        desk.house.reviews.take_over(ref, user.person, motivation=text(form, "motivering"))
        return "Du har tagit över ärendet. Roboten gör inget mer i det."

    return _carry_out(request, ref, user, "ta-over", act)


@router.get("/arende/{ref}/andra/{fact}")
def fact_form(request: Request, ref: str, fact: str, user: Annotated[User, Depends(handles)]) -> Response:
    """The form to change one fact."""
    case = open_case(desk_of(request), user, ref, "handläggning")
    if fact not in case.editable or case.state.status != "person":
        return redirect(f"/arende/{ref}")
    typed = typed_of(case.definition.facts[fact], fact_json(case, fact))
    return _fact_page(request, case, fact, typed)


@router.post("/arende/{ref}/andra/{fact}")
def change_fact(request: Request, ref: str, fact: str, user: Annotated[User, Depends(handles)]) -> Response:
    """Add or remove a row in the form, or carry the change out."""
    desk, form = desk_of(request), posted(request)
    case = open_case(desk, user, ref, None)
    if fact not in case.editable:
        return redirect(f"/arende/{ref}")
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    what, _, number = text(form, "gor").partition(" ")
    if what in {"rad", "bort"}:
        name, _, row = number.rpartition(".")
        typed = (
            with_row(typed, number) if what == "rad" else without_row(typed, name, int(row) if row.isdigit() else -1)
        )
        return _fact_page(request, case, fact, typed)
    parsed = parse(case.definition.facts[fact], typed)
    faults = dict(parsed.faults)
    if not faults:
        try:
            _unmoved(case, form)
            desk.house.reviews.change_facts(ref, user.person, {fact: parsed.value}, motivation=text(form, "motivering"))
        except ReviewError as error:
            faults["motivering"] = str(error)
        else:
            tell(request, "Uppgiften är ändrad och allt är omräknat. Granska det nya förslaget.")
            return redirect(f"/arende/{ref}")
    return _fact_page(request, case, fact, typed, faults=faults)


def _fact_page(
    request: Request, case: CaseFile, fact: str, typed: dict[str, str], *, faults: dict[str, str] | None = None
) -> Response:
    declared = case.definition.facts[fact]
    return page(
        request,
        "fact.html",
        status=422 if faults else 200,
        case=case,
        state=case.state,
        fact=fact,
        title=declared.title,
        form=inputs(declared, typed, faults or {}),
        typed=typed,
        faults=faults or {},
    )


def _carry_out(request: Request, ref: str, user: User, action: str, act: Callable[[Desk, FormData], str]) -> Response:
    desk, form = desk_of(request), posted(request)
    case = open_case(desk, user, ref, None)
    try:
        _unmoved(case, form)
        tell(request, act(desk, form))
    except ReviewError as error:
        # The case may have moved under the person's hands: show what it is now, with what was typed.
        typed = {f"{action}.{name}": value for name, value in form.items() if isinstance(value, str)}
        field = error.field if isinstance(error, FieldError) else "form"
        faults = {f"{action}.{field}": str(error)}
        return show_case(request, open_case(desk, user, ref, None), faults=faults, typed=typed, status=422)
    return redirect(f"/arende/{ref}")


def _unmoved(case: CaseFile, form: FormData) -> None:
    if text(form, "revision") != str(case.row.revision):
        raise ReviewError(MOVED)


def _grounds(form: FormData) -> Grounds:
    return {"motivation": text(form, "motivering"), "heard": text(form, "hord") == "ja"}


def _decision(form: FormData) -> tuple[str, Decimal]:
    outcome = text(form, "utfall")
    return outcome, Decimal(0) if outcome == "avslag" else _amount(form, "belopp")


def _amount(form: FormData, name: str) -> Decimal:
    parsed = parse(AMOUNT, {"v": text(form, name)})
    if parsed.faults:
        raise FieldError(name, parsed.faults["v"])
    return Decimal(parsed.value)


def _date(form: FormData, name: str) -> date:
    try:
        return date.fromisoformat(text(form, name))
    except ValueError:
        raise FieldError(name, "Skriv ett datum som ÅÅÅÅ-MM-DD.") from None


def _day(form: FormData, name: str, *, after: date) -> date:
    day = _date(form, name)
    if day <= after:
        raise FieldError(name, "Välj en dag efter i dag.")
    return day
