"""``arende scheduler``: the regular work by itself, where several workers run without it."""

import signal
import threading

import typer

from robot.engine.health_server import HealthServer
from robot.engine.house import House
from robot.engine.keeper import Keeper
from robot.engine.scheduler import Scheduler
from robot.engine.turn import turn_of
from robot.settings import Settings


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("scheduler")(scheduler)


def scheduler() -> None:
    """Poll the intake folder and start the nightly run until SIGTERM or Ctrl-C.

    Several may run, over several machines: one acts, and another takes over within a minute when it dies.
    """
    house = House.build(Settings())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    regular = Scheduler(house)
    health = HealthServer(house, silent_seconds=regular.silent_seconds)
    keeper = Keeper(house.logbook(), turn_of(house.database, "log"), house.clock)
    regular.start()
    keeper.start()
    health.start()
    stop.wait()
    health.stop()
    regular.stop()
    keeper.stop()
    house.close()
