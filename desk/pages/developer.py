"""The page for process authors: every process with its version, steps, amounts in force and problems."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.params import Query
from starlette.responses import Response

from desk.roles import User, needs
from desk.web import desk_of, page
from robot.definition import Definition, DefinitionError, Problem, check, discover
from robot.engine.view import SWEDEN
from robot.rules.amounts import AmountInterval, AmountTable
from robot.swedish.findings import MARKS

router = APIRouter()
develops = needs("utvecklare")


@router.get("/utvecklare")
def processes(request: Request, user: Annotated[User, Depends(develops)]) -> Response:  # noqa: ARG001 - the role is the point
    """The processes that there are; one with errors is shown with them."""
    found: list[tuple[str, Definition | None, Sequence[Problem]]] = []
    for name in discover():
        try:
            found.append((name, desk_of(request).house.library.current(name), ()))
        except DefinitionError as error:
            found.append((name, None, error.problems))
    return page(request, "developer.html", processes=found)


@router.get("/utvecklare/{process}")
def process_page(
    request: Request,
    process: str,
    user: Annotated[User, Depends(develops)],  # noqa: ARG001 - the role is the point
    dag: Annotated[str, Query(pattern=r"^(|\d{4}-\d{2}-\d{2})$")] = "",
) -> Response:
    """One process: steps, checks, amounts in force on a day, and problems in its folder."""
    folder = discover().get(process)
    if folder is None:
        raise HTTPException(404)
    desk = desk_of(request)
    try:
        on = date.fromisoformat(dag) if dag else desk.now().astimezone(SWEDEN).date()
    except ValueError:
        raise HTTPException(400) from None
    try:
        definition: Definition | None = desk.house.library.current(process)
    except DefinitionError:
        definition = None
    amounts = [] if definition is None else _amounts(definition, on)
    problems = check(folder, on)
    return page(
        request,
        "process.html",
        process=process,
        definition=definition,
        amounts=amounts,
        on=on,
        problems=problems,
        marks=MARKS,
    )


def _amounts(definition: Definition, on: date) -> list[tuple[AmountTable, AmountInterval | None]]:
    return [(table, table.find(on)) for _, table in sorted(definition.book.tables.items())]
