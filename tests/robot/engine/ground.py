"""What the engine's tests stand on: a small process, scripted registers, the real letter channel, a real database."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlmodel import select

from audit.clock import ManualClock
from audit.log.check import check_all
from connectors.contract import Answer, Answered, ConnectorSettings, Failed, FailureKind, NoHit, Query
from connectors.manifest import discover as discover_connectors
from robot.definition import discover
from robot.engine.case import CaseState
from robot.engine.house import House
from robot.engine.intake import Accepted
from robot.engine.review import Person
from robot.engine.runner import Runner
from robot.engine.services import Services
from robot.settings import Settings
from robot.store.tables import CaseRow

PROCESSES = Path(__file__).parent / "processes"
PROCESS = "provbidrag"
START = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)
NUMBERS = ("194408139089", "199006022397")
ANNA = Person("anna", "Anna Exempel")
CONNECTORS = discover_connectors()
MANIFESTS = {name: connector.manifest for name, connector in CONNECTORS.items()}
CLEAR = {"Sekretessmarkering": False, "SkyddadFolkbokforing": False}


def application(*, income: Any = "1000.00", people: Any = 1, number: str = NUMBERS[0], **more: Any) -> bytes:
    """An application as JSON bytes."""
    fields = {
        "manad": "2025-09",
        "personnummer": number,
        "adress": "Provgatan 1",
        "inkomst": income,
        "personer": people,
    }
    return json.dumps({**fields, **more}).encode()


@dataclass
class ScriptedRegister:
    """A register that gives what the script says for each question, the same every time unless it is a list."""

    now: Callable[[], datetime]
    script: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    queries: Mapping[str, Query] = field(default_factory=dict)

    async def ask(self, query: str, arguments: Mapping[str, str], *, request_id: str) -> Answer:  # noqa: ARG002 - the contract's
        """The next answer of the script."""
        self.asked.append(query)
        said = self.script[query]
        if isinstance(said, list):
            said = said.pop(0)
        if isinstance(said, BaseException):
            raise said
        source, at = query.partition(".")[0], self.now()
        if said is None:
            return NoHit(source, at, request_id)
        if isinstance(said, FailureKind):
            return Failed(source, at, request_id, said, "tidsgrans", "Skatteverket svarade inte i tid.")
        return Answered(said, source, at, request_id)

    async def aclose(self) -> None:
        """Nothing is held open."""


class Crash(BaseException):
    """The process dies here."""


@dataclass
class Ground:
    """A house with everything round it."""

    house: House
    clock: ManualClock
    register: ScriptedRegister
    letters: Path
    services: Services
    runner: Runner

    def submit(self, data: bytes) -> str:
        """Hand in an application that is taken; the case's reference."""
        result = self.house.intake.submit(data, process=PROCESS, source="test")
        assert isinstance(result, Accepted), result
        return result.case

    def row(self, ref: str) -> CaseRow:
        """The case's row."""
        with self.house.database.read() as session:
            found = session.get(CaseRow, ref)
        assert found is not None
        return found

    def run(self, ref: str) -> CaseState:
        """Run the case's jobs, one after another, until there are none."""
        while (row := self.row(ref)).status == "running":
            asyncio.run(self.runner.segment(ref, row.job, row.queue))
            if (self.row(ref).job, self.row(ref).queue) == (row.job, row.queue):
                break
        return self.house.ledger.load(ref)

    def handled(self, data: bytes) -> CaseState:
        """Hand in an application and run its case."""
        return self.run(self.submit(data))

    def types(self, ref: str) -> list[str]:
        """The types of the case's entries."""
        return [recorded.entry.type for recorded in self.house.ledger.recorded(ref)]

    def sent(self) -> list[Path]:
        """The letters in the print service's folder."""
        return sorted(self.letters.glob("*.pdf"))

    def assert_whole(self) -> None:
        """Chains and vault are whole."""
        with self.house.database.read() as session:
            report = check_all(session, self.house.vault)
        assert report.problems == ()
        assert report.entries > 0

    def cases(self) -> list[CaseRow]:
        """Every case."""
        with self.house.database.read() as session:
            return list(session.exec(select(CaseRow)).all())


def build(folder: Path, *, url: str = "", processes: Path = PROCESSES, clock: ManualClock | None = None) -> Ground:
    """A house on a database of its own, with a register that knows everybody and protects nobody."""
    clock = clock or ManualClock(START)
    settings = Settings(data=folder, database_url=url)
    house = House.build(settings, clock=clock, folders=lambda: discover(processes))
    register = ScriptedRegister(clock.now, {})
    register.script = {"skatteverket.skydd": CLEAR, "skatteverket.folkbokforing": {"Kommunkod": "9999"}}
    letters = folder / "brev"
    brev = CONNECTORS["brev"].create(ConnectorSettings(base_url=letters.as_uri()), now=clock.now)
    services = Services(clock, {"skatteverket": register}, {"brev": brev}, {}, dict(MANIFESTS))
    runner = Runner(house.ledger, house.library, services, house.drawing(), house.brakes)
    return Ground(house, clock, register, letters, services, runner)


def kronor(state: CaseState) -> Decimal | None:
    """The decided amount."""
    return None if state.decision is None else state.decision.amount
