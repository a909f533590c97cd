"""Makes a database old and a case long, so that one can see whether that costs."""

import asyncio
import statistics
import time
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any

from sqlalchemy import insert, text

from benchmarks.idle_town import PROCESS, PROCESSES, Connections, hand_in, open_house
from robot.engine.cases import list_cases
from robot.engine.house import House
from robot.engine.runner import Runner
from robot.steps.check import Check
from robot.store.tables import CaseRow

CHECK = "  - check:\n      first_check: Första kontrollen\n"
MORE_CHECKS = 500
LISTED = 100
_NAMES = ("arende_case", "journal_entry", "vault_value", "vault_case_key")


def clones(house: House, count: int) -> None:
    """Copy the rows of one finished case ``count`` times: their chains prove nothing, but rows cost what rows cost."""
    with house.database.write() as session:
        connection = session.connection()
        ref = connection.execute(text("SELECT ref FROM arende_case WHERE status = 'closed' LIMIT 1")).scalar_one()
        for name in _NAMES:
            table = CaseRow.metadata.tables[name]
            key = "ref" if name == "arende_case" else "case_ref"
            rows = [dict(row) for row in connection.execute(table.select().where(table.c[key] == ref)).mappings()]
            for row in rows:
                row.pop("id", None)
            for begin in range(0, count, 500):
                numbers = range(begin, min(begin + 500, count))
                connection.execute(
                    insert(table), [{**row, key: f"c_{number:032x}"} for number in numbers for row in rows]
                )


def list_pages(house: House) -> dict[str, float]:
    """Milliseconds that each list of the desk takes (medians of fifteen)."""
    lists: dict[str, dict[str, Any]] = {
        "all": {},
        "for_a_person": {"status": "person"},
        "late": {"late_at": house.clock.now()},
    }
    return {name: _median([_listed(house, which) for _ in range(15)]) for name, which in lists.items()}


def _listed(house: House, which: dict[str, Any]) -> float:
    with house.database.read() as session:
        began = time.perf_counter()
        list_cases(session, limit=LISTED, **which)
        return time.perf_counter() - began


def long_process(folder: Path) -> tuple[float, float]:
    """Milliseconds of a step early and late in a case of five hundred steps (medians of twenty steps)."""
    processes = folder / "processes"
    copytree(PROCESSES / PROCESS, processes / PROCESS)
    flow = processes / PROCESS / "process.yaml"
    written = flow.read_text(encoding="utf-8")
    flow.write_text(written.replace(CHECK, CHECK * MORE_CHECKS), encoding="utf-8")
    house = open_house(folder / "data", "", processes=processes)
    connections = Connections(house.settings, house.clock)
    runner = Runner(house.ledger, house.library, connections.services, house.drawing(), house.brakes)
    moments = _moments(house, runner)
    house.close()
    spent = [after - before for before, after in pairwise(moments)]
    return _median(spent[5:25]), _median(spent[475:495])


def _moments(house: House, runner: Runner) -> list[float]:
    """When each check step of one case was begun."""
    moments: list[float] = []
    original = Check.apply

    async def noted(self: Check, *given: Any) -> Any:
        moments.append(time.perf_counter())
        return await original(self, *given)

    ref = hand_in(house, 0)
    with house.database.read() as session:
        row = session.get_one(CaseRow, ref)
    setattr(Check, "apply", noted)  # noqa: B010 - measured from outside: the program has no switch for it
    try:
        asyncio.run(runner.segment(ref, row.job, row.queue))
    finally:
        setattr(Check, "apply", original)  # noqa: B010 - as it was
    return moments


def _median(spent: list[float]) -> float:
    return round(statistics.median(spent) * 1000, 3)
