"""``arende worker``: runs cases until it is told to stop."""

import signal
import threading
from typing import Annotated

import typer

from robot.engine.health_server import HealthServer
from robot.engine.scheduler import Scheduler
from robot.engine.worker import Worker
from robot.settings import Settings


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("worker")(worker)


def worker(
    serves: Annotated[
        str, typer.Option(help="Queues to serve, comma between: cases,verksamhetssystem. Empty: all of them.")
    ] = "",
    schedule: Annotated[bool, typer.Option(help="Also poll the intake folder and start the nightly run.")] = True,
) -> None:
    """Take work from the queues until SIGTERM or Ctrl-C; what is in hand is finished first."""
    names = [name.strip() for name in serves.split(",") if name.strip()]
    running = Worker(Settings(), serves=names or None)
    scheduler = Scheduler(running.house) if schedule else None
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    health = HealthServer(running.house, silent_seconds=None if scheduler is None else scheduler.silent_seconds)
    running.start()
    if scheduler is not None:
        scheduler.start()
    health.start()
    stop.wait()
    health.stop()
    if scheduler is not None:
        scheduler.stop()
    running.stop()
