"""A house on the smallest process there is, with a register inside the program: what is left is the engine."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path

from audit.clock import Clock, SystemClock
from connectors.contract import Answer, Answered, Query
from connectors.manifest import discover as connectors
from robot.definition import discover
from robot.engine.house import House
from robot.engine.intake import Accepted
from robot.engine.services import Services
from robot.gui.by_keys import ByKeys
from robot.settings import Settings

PROCESS = "tomgang"
PROCESSES = Path(__file__).parent / "processes"
STEPS = 8
# One of Skatteverket's published test numbers: the process asks who is protected, and the register knows nobody.
NUMBER = "194408139089"
CLEAR = {"Sekretessmarkering": False, "SkyddadFolkbokforing": False}
WAITING, PASSING = "20000.00", "1000.00"


class Register:
    """Answers at once, or after ``seconds`` of waiting for nothing."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.queries: Mapping[str, Query] = {}
        self._clock = clock
        self._seconds = seconds

    async def ask(self, query: str, arguments: Mapping[str, str], *, request_id: str) -> Answer:  # noqa: ARG002 - the contract
        """Nobody is protected."""
        if self._seconds:
            await asyncio.sleep(self._seconds)
        return Answered(CLEAR, query.partition(".")[0], self._clock.now(), request_id)

    async def aclose(self) -> None:
        """Nothing is held open."""


class Connections:
    """In the place of `robot.engine.connect.Connections`. ``BENCH_SECONDS``: how long the register takes."""

    def __init__(self, _settings: Settings, clock: Clock, _by_keys: ByKeys | None = None) -> None:
        register = Register(clock, seconds_of_register())
        manifests = {name: connector.manifest for name, connector in connectors().items()}
        self.services = Services(clock, {"skatteverket": register}, {}, {}, manifests)

    async def aclose(self) -> None:
        """Nothing is held open."""


def seconds_of_register() -> float:
    """How long the register takes in this process."""
    told: float = json.loads(os.environ.get("BENCH_SECONDS", "0"))
    return told


def open_house(folder: Path, url: str, *, processes: Path = PROCESSES, at_once: int | None = None) -> House:
    """The house of a folder and a database. ``at_once``: so many cases, and looked for often; else as by default."""
    settings = Settings(data=folder, database_url=url)
    if at_once is not None:
        settings = Settings(data=folder, database_url=url, cases_concurrency=at_once, queue_poll_seconds=0.05)
    return House.build(settings, clock=SystemClock(), folders=lambda: discover(processes))


def hand_in(house: House, number: int, *, amount: str = PASSING) -> str:
    """One application; every number is another month's, so that no case repeats one. The case's reference."""
    year, month = divmod(number, 12)
    fields = {"manad": f"{2026 + year % 7000:04d}-{month + 1:02d}", "nummer": number, "personnummer": NUMBER}
    data = json.dumps({**fields, "belopp": amount}).encode()
    taken = house.intake.submit(data, process=PROCESS, source="bench")
    if not isinstance(taken, Accepted):
        msg = f"the application was refused: {taken.faults[0].where}: {taken.faults[0].what}"
        raise TypeError(msg)
    return taken.case
