"""``arende worker``: runs cases until it is told to stop."""

import os
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
    name: Annotated[str, typer.Option(help="Name that no other worker may run under; also ARENDE_WORKER_NAME.")] = "",
) -> None:
    """Take work from the queues until SIGTERM or Ctrl-C; what is in hand is finished first. A second one ends."""
    names = [one.strip() for one in serves.split(",") if one.strip()]
    settings = Settings() if not name else Settings(worker_name=name)
    running = Worker(settings, serves=names or None)
    scheduler = Scheduler(running.house) if schedule else None
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(1) if stop.is_set() else stop.set())
    health = HealthServer(running.house, silent_seconds=None if scheduler is None else scheduler.silent_seconds)
    running.start()
    if scheduler is not None:
        scheduler.start()
    health.start()
    stop.wait()
    health.stop()
    if scheduler is not None:
        scheduler.stop()
    if not running.stop():
        # A thread that waits for something which never comes would keep the process for ever.
        os._exit(1)
