"""The brake: which are on, who pulled them and why, and the forms to pull and to release, for drift and controllers."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from desk.roles import User, needs
from desk.web import Desk, desk_of, page, posted, redirect, tell, text
from robot.definition import DefinitionError
from robot.engine.brake import BrakeError, Puller
from robot.engine.scope import Scope, scopes_of
from robot.swedish.words import label

router = APIRouter()
brakes = needs("drift", "controller")
HISTORY = 50
CAUSES = {
    "person": "En person",
    "drift.andel": "Andelen som roboten beviljar har ändrats",
    "drift.belopp": "Medelbeloppet har ändrats",
    "stickprov.lower_bound": "Stickprovet visar fler fel än det som tolereras",
    "stickprov.new_kind": "Stickprovet hittade ett nytt slags fel till nackdel för någon",
}


@router.get("/broms")
def brake_page(request: Request, user: Annotated[User, Depends(brakes)]) -> Response:  # noqa: ARG001 - the role is the point
    """What is braked, and what has been."""
    return _show(request)


@router.post("/broms/dra")
def pull(request: Request, user: Annotated[User, Depends(brakes)]) -> Response:
    """Pull a brake."""

    def act(desk: Desk, form: FormData) -> str:
        process, scope = _chosen(desk, text(form, "vad"))
        if desk.house.brakes.pull(process, scope, _puller(user), reason=_reason(form)):
            return f"Bromsen är dragen för {scope.text}. Roboten föreslår, och en person beslutar."
        return f"Bromsen för {scope.text} var redan dragen."

    return _carry_out(request, "dra", act)


@router.post("/broms/slapp")
def release(request: Request, user: Annotated[User, Depends(brakes)]) -> Response:
    """Release a brake."""

    def act(desk: Desk, form: FormData) -> str:
        process, kind, name = _parts(text(form, "vad"))
        on = {one.scope.code: one.scope for one in desk.house.brakes.pulled(process)} if process else {}
        scope = on.get(f"{kind}.{name}" if name else kind)
        if scope is None:
            msg = "Bromsen är redan släppt. Ladda om sidan."
            raise BrakeError(msg)
        desk.house.brakes.release(process, scope, _puller(user), reason=_reason(form))
        return f"Bromsen är släppt för {scope.text}. Ärenden som bara bromsen höll går vidare inom en minut."

    return _carry_out(request, "slapp", act)


def cause(code: str) -> str:
    """Why a brake was pulled, in Swedish."""
    return CAUSES.get(code) or f"Stopp: {label(code).lower()}"


def _show(request: Request, *, fault: str = "", action: str = "", form: FormData | None = None) -> Response:
    desk = desk_of(request)
    house = desk.house
    processes = sorted({*house.brakes.processes(), *house.library.processes()})
    on = [one for process in processes for one in house.brakes.pulled(process)]
    history = [event for process in processes for event in house.brakes.history(process)]
    return page(
        request,
        "brake.html",
        status=422 if fault else 200,
        on=on,
        reasons={(event.process, event.scope, event.at): event.reason for event in history if event.on},
        history=sorted(history, key=lambda event: event.at, reverse=True)[:HISTORY],
        choices={process: found for process in house.library.processes() if (found := _scopes(desk, process))},
        cause=cause,
        fault=fault,
        action=action,
        typed={} if form is None else {"vad": text(form, "vad"), "skal": text(form, "skal")},
    )


def _carry_out(request: Request, action: str, act: Callable[[Desk, FormData], str]) -> Response:
    form = posted(request)
    try:
        tell(request, act(desk_of(request), form))
    except BrakeError as error:
        return _show(request, fault=str(error), action=action, form=form)
    return redirect("/broms")


def _scopes(desk: Desk, process: str) -> list[Scope]:
    try:
        return scopes_of(desk.house.library.current(process))
    except DefinitionError:
        return []  # the page for process authors shows what is wrong with it


def _chosen(desk: Desk, value: str) -> tuple[str, Scope]:
    process, kind, name = _parts(value)
    if process in desk.house.library.processes():
        for scope in _scopes(desk, process):
            if (scope.kind, scope.name) == (kind, name):
                return process, scope
    msg = "Välj vad som ska bromsas."
    raise BrakeError(msg)


def _parts(value: str) -> tuple[str, str, str]:
    process, _, rest = value.partition("/")
    kind, _, name = rest.partition("/")
    return process, kind, name


def _reason(form: FormData) -> str:
    reason = text(form, "skal")
    if not reason:
        msg = "Skriv varför. Skälet sparas i journalen med ditt namn."
        raise BrakeError(msg)
    return reason


def _puller(user: User) -> Puller:
    return Puller(user.account, user.name)
