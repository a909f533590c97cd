"""Help, the accessibility statement, and answers for those who watch that the desk is up."""

import structlog
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from desk.roles import needs
from desk.web import desk_of, page
from robot.engine.health import health_of
from robot.engine.health_server import METRICS, may_read_metrics
from robot.engine.metrics import rendered

log = structlog.get_logger(__name__)
router = APIRouter()


@router.get("/hjalp")
def help_page(request: Request) -> Response:
    """How the desk is used."""
    return page(request, "help.html")


@router.get("/tillganglighet")
def accessibility(request: Request) -> Response:
    """How accessible the desk is, and where to turn."""
    return page(request, "accessibility.html")


@router.get("/healthz")
def healthy() -> Response:
    """The program runs."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request) -> Response:
    """Which checks hold; what is wrong stands in the log, because anybody may ask here."""
    found = health_of(desk_of(request).house)
    wrong = [health for health in found if health.wrong]
    for health in wrong:
        log.error("health.wrong", check=health.name, why=health.wrong)
    lines = "".join(f"{health.name}: {'wrong' if health.wrong else 'ok'}\n" for health in found)
    return PlainTextResponse(lines, status_code=503 if wrong else 200)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Figures for Prometheus: with the token of the settings, or for drift."""
    house = desk_of(request).house
    if not may_read_metrics(house.settings.metrics_token, request.headers.get("authorization", "")):
        needs("drift")(request)
    return Response(rendered(house.database, house.clock.now()), media_type=METRICS)
