"""Replay of a whole town: every decision of five hundred cases, made by two versions of the real process."""

import asyncio
import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from robot.definition import load
from robot.definition.load import PROCESSES
from robot.engine.connect import Connections
from robot.engine.house import House
from robot.engine.intake import Accepted
from robot.engine.replay import Replay, Replayed, decided_cases
from robot.engine.runner import Runner
from robot.gui.bot import ScreenRead, Written
from robot.gui.failure import GuiFailure
from robot.gui.screen import ScreenFile
from robot.rules.finding import value_to_json
from robot.settings import Settings
from robot.steps import _letter
from robot.store.tables import CaseRow
from testbed.municipality import Municipality
from testbed.scenario.generate import Case, Scenario, generate
from tests.robot.engine.versions import changed, copied, forged
from tests.testbed.reading import read_case

pytestmark = pytest.mark.slow
PROCESS = "ekonomiskt_bistand"
CASES, EVERY = 500, 10
RULE = "return max(NOLL, -resultat)"


class Records:
    """The case system's bot without pages: it reads what the scenario says, and keeps what is written."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._saved: dict[str, Written] = {}

    async def read(self, screen: ScreenFile, values: Mapping[str, Any], *, quiet: bool = False) -> ScreenRead:  # noqa: ARG002 - the bot's
        """The person's case with last month's calculation."""
        found = read_case(self._scenario, values["sokande_personnummer"], values["kontrollmanad"])
        if found is None:
            raise GuiFailure("human", "finns_inte", "Systemet svarade: Ingen person hittades.")
        return ScreenRead(found, ())

    async def write(
        self,
        screen: ScreenFile,
        values: Mapping[str, Any],
        *,
        quiet: bool = False,  # noqa: ARG002 - the bot's
        may_save: Any,
    ) -> Written:
        """Keep it."""
        assert may_save() > 0
        assert screen.save is not None
        shown = {screen.title: {name: str(value_to_json(value)) for name, value in values.items()}}
        receipt = {name: f"{len(self._saved) + 1}" for name in screen.save.receipt.read}
        return self._saved.setdefault(_told(screen, values), Written(receipt, shown, ()))

    async def look(self, screen: ScreenFile, values: Mapping[str, Any], *, quiet: bool = False) -> Written | None:  # noqa: ARG002 - the bot's
        """What was kept."""
        return self._saved.get(_told(screen, values))


def _told(screen: ScreenFile, values: Mapping[str, Any]) -> str:
    told = {name: value_to_json(value) for name, value in values.items()}
    return f"{screen.id} {json.dumps(told, sort_keys=True, default=str)}"


@dataclasses.dataclass(frozen=True)
class Town:
    """A house after its cases, and the references that have a decision."""

    house: House
    decided: Sequence[str]
    statuses: Counter[str]

    def replayed(self, refs: Sequence[str]) -> list[Replayed]:
        """Work cases out again."""
        replay = Replay(self.house.database, self.house.ledger.journal, self.house.library)
        return [replay.case(ref) for ref in refs]

    def version(self, ref: str) -> str:
        """The version that decided the case."""
        with self.house.database.read() as session:
            return session.get_one(CaseRow, ref).version


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One half of the cases is taken by one version of the process, the other half by the next."""
    folder = tmp_path_factory.mktemp("town")
    scenario = generate(1, CASES, date(2025, 9, 1))
    processes = copied(folder / "processes", PROCESSES)
    with pytest.MonkeyPatch.context() as patch, Municipality(scenario, folder=folder / "kommun") as municipality:
        for name, value in {**municipality.environment(), "ARENDE_DATA": str(folder / "data")}.items():
            patch.setenv(name, value)
        records = Records(scenario)
        house = _open(municipality, processes)
        statuses = Counter(asyncio.run(_handled(house, records, scenario.cases[: CASES // 2])))
        house.close()
        changed(processes, "rules.py", RULE, "return max(NOLL, -resultat + 0)", process=PROCESS)
        changed(processes, "letters/beslutsbrev.html", "Så har vi räknat", "Så räknade vi", process=PROCESS)
        house = _open(municipality, processes)
        statuses.update(asyncio.run(_handled(house, records, scenario.cases[CASES // 2 :])))
    yield Town(house, decided_cases(house.database), statuses)
    house.close()


def _open(municipality: Municipality, processes: Path) -> House:
    return House.build(Settings(), clock=municipality.clock, folders=lambda: {PROCESS: processes / PROCESS})


async def _handled(house: House, records: Records, cases: Sequence[Case]) -> list[str]:
    """Take the cases from the first step to the last; how each of them stands then."""
    connections = Connections(house.settings, house.clock)
    services = dataclasses.replace(connections.services, bots={"verksamhetssystem": records})  # type: ignore[dict-item] # all that steps ask of a bot
    drawing, logbook = house.drawing(), house.logbook()
    runner = Runner(house.ledger, house.library, services, drawing, house.brakes)
    statuses = []
    for case in cases:
        taken = house.intake.submit(json.dumps(case.application).encode(), process=PROCESS, source="test")
        assert isinstance(taken, Accepted), case.archetype
        while (row := _row(house, taken.case)).status == "running":
            await runner.segment(row.ref, row.job, row.queue)
            if _row(house, taken.case).attempts:
                logbook.checkpoint()
        statuses.append(row.status)
    await drawing.keeper.aclose()
    await connections.aclose()
    return statuses


def _row(house: House, ref: str) -> CaseRow:
    with house.database.read() as session:
        return session.get_one(CaseRow, ref)


def test_every_decision_of_a_town_comes_out_the_same(town: Town) -> None:
    """Two versions, hundreds of decisions, and not one that differs in a byte."""
    found = town.replayed(town.decided)
    assert Counter(one.status for one in found) == {"same": len(town.decided)}
    assert len({town.version(ref) for ref in town.decided}) == 2
    counts: Counter[str] = Counter()
    for one in found:
        counts.update(one.counts)
    print(f"{CASES} cases {dict(town.statuses)}, {len(found)} decided, worked out again: {dict(counts)}")  # noqa: T201 - the figure
    assert len(found) > CASES // 4


def test_an_edited_fact_is_found_in_every_case(town: Town) -> None:
    """One krona more of rent, edited with every key at hand."""
    refs = town.decided[::EVERY]
    copies = []
    for ref in refs:
        known = town.house.ledger.load(ref).facts["ansokan"].value
        first, *rest = known["utgifter"]
        edited = {**known, "utgifter": [{**first, "belopp": f"{Decimal(first['belopp']) + 1:.2f}"}, *rest]}
        copies.append(forged(town.house, ref, "case.opened", {"ansokan": edited}))
    assert {one.status for one in town.replayed(copies)} == {"differs"}
    assert len(copies) > CASES // 50


def test_a_planted_rule_is_found_in_every_case(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One krona more under the name of the version that decided."""
    processes = copied(tmp_path / "processes", PROCESSES)
    planted = load(changed(processes, "rules.py", RULE, "return max(NOLL, -resultat) + 1", process=PROCESS))
    for version in {town.version(ref) for ref in town.decided}:
        town.house.library.stored(PROCESS, version)
        monkeypatch.setitem(town.house.library._stored, version, dataclasses.replace(planted, version=version))
    assert Counter(one.status for one in town.replayed(town.decided)) == {"differs": len(town.decided)}


def test_another_rounding_is_found_in_every_letter(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts with one decimal, in every case that has a letter."""
    monkeypatch.setitem(_letter.FILTERS, "kronor", lambda value: f"{Decimal(value):.1f} kr")
    _letter._environment.cache_clear()
    found = town.replayed(town.decided)
    _letter._environment.cache_clear()
    lettered = {ref for ref in town.decided if _has_letter(town.house, ref)}
    assert lettered <= {one.case for one in found if one.status == "differs"}
    assert len(lettered) > CASES // 5


def _has_letter(house: House, ref: str) -> bool:
    return any(effect.kind.startswith("brev.") for effect in house.ledger.load(ref).effects.values())
