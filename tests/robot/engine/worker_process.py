"""`arende worker` with the small process of the engine's tests, a scripted register and the real letter channel.

Its settings come from the environment as always; PROV_SLOW is how many seconds the register takes, PROV_PAGES how many
pages the SQLite database may have.
"""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import event

import robot.engine.worker
from audit.clock import Clock
from connectors.contract import Answer, Channel, ConnectorSettings, Failed, Message, NotSent, Sent
from robot.cli._say import fail
from robot.cli.worker import worker
from robot.definition import discover
from robot.engine.house import House
from robot.engine.services import Services
from robot.gui.by_keys import ByKeys
from robot.logs import configure
from robot.settings import Settings
from tests.robot.engine.ground import CLEAR, CONNECTORS, MANIFESTS, PROCESSES, ScriptedRegister


class SlowRegister(ScriptedRegister):
    """A register that takes its time."""

    async def ask(self, query: str, arguments: Mapping[str, str], *, request_id: str) -> Answer:
        """Answer late."""
        await asyncio.sleep(float(os.environ["PROV_SLOW"]))
        return await super().ask(query, arguments, request_id=request_id)


class CountedLetters:
    """The letter channel; every act leaves a line, because a letter that is written twice replaces itself."""

    def __init__(self, channel: Channel, acts: Path) -> None:
        self._channel = channel
        self._acts = acts

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Write the line and then the letter."""
        with self._acts.open("a", encoding="utf-8") as lines:
            lines.write(f"{key}\n")
        return await self._channel.send(message, key=key)

    async def status(self, key: str) -> Sent | NotSent | Failed:
        """Look in the folder."""
        return await self._channel.status(key)

    async def aclose(self) -> None:
        """Nothing is held open."""


class Connections:
    """Stands where the real connections do."""

    def __init__(self, settings: Settings, clock: Clock, _by_keys: ByKeys) -> None:
        register = SlowRegister(clock.now, {})
        register.script = {"skatteverket.skydd": CLEAR, "skatteverket.folkbokforing": {"Kommunkod": "9999"}}
        letters = CONNECTORS["brev"].create(ConnectorSettings(base_url=os.environ["ARENDE_BREV_URL"]), now=clock.now)
        channels: dict[str, Any] = {"brev": CountedLetters(letters, settings.data / "acts")}
        self.services = Services(clock, {"skatteverket": register}, channels, {}, dict(MANIFESTS))

    async def aclose(self) -> None:
        """Nothing is held open."""


class Houses:
    """Builds houses that know the test's process, on a database that may be made to fill up."""

    @staticmethod
    def build(settings: Settings, *, clock: Clock | None = None) -> House:
        """As `House.build`."""
        house = House.build(settings, clock=clock, folders=lambda: discover(PROCESSES))
        if pages := os.environ.get("PROV_PAGES"):

            @event.listens_for(house.database.engine, "connect")
            def _limit(connection: Any, _record: Any) -> None:
                connection.execute(f"PRAGMA max_page_count = {pages}")

            house.database.engine.dispose()
        return house


if __name__ == "__main__":
    configure(Settings().log_level)
    # This process's own connectors and processes, in place of all that there are.
    vars(robot.engine.worker).update(Connections=Connections, House=Houses)
    try:
        worker(serves="", schedule=False, name="")
    except robot.engine.worker.WorkerError as error:
        fail(str(error))
