"""Correction campaigns: what was wrong, how many decisions it touched, and how many are left."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from desk.roles import User, needs
from desk.web import desk_of, page
from robot.engine.correction import TITLES

router = APIRouter()


@router.get("/rattelser")
def corrections(
    request: Request,
    user: Annotated[User, Depends(needs("controller", "handlaggare"))],  # noqa: ARG001 - the role is the point
) -> Response:
    """Every campaign, the newest first."""
    return page(request, "corrections.html", campaigns=desk_of(request).house.corrections().status(), directions=TITLES)
