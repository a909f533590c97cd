"""Everything that can go wrong between the robot and a case system, at every place; the system's own data judges."""

import asyncio
import logging
import random
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from audit.clock import ManualClock
from benchmarks.gui_cases import NOW, GuiCase, every_case, persons
from benchmarks.gui_judge import Judge
from benchmarks.gui_ours import SYSTEM, JournalHand, Ours, system_manifest
from benchmarks.gui_strikes import Position, Striking, positions
from robot.gui.browser import BrowserPool
from robot.steps.base import Advance, HandOver, Retry
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.seed import seed

READ_SECONDS, CONNECT_SECONDS = 3.0, 0.5
BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.05, 0.4
ATTEMPTS = 6
JOURNALLED_CASES = 60


@dataclass(slots=True)
class Tally:
    """How the runs ended, by failure, and after how many seconds."""

    ended: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    not_hit: int = 0

    def add(self, failure: str, ended: str, seconds: float, *, struck: bool) -> None:
        """Count one run. ``ended``: "done", or "human" or "stop" and why."""
        self.ended[failure][ended] += 1
        self.seconds[failure].append(seconds)
        self.not_hit += not struck

    def figures(self) -> dict[str, Any]:
        """Seconds are until it was known how the run ended."""
        every = sorted(one for each in self.seconds.values() for one in each)
        done = sum(each["done"] for each in self.ended.values())
        return {
            "without_a_person": round(done / len(every), 3),
            "not_hit": self.not_hit,
            "seconds_median": round(statistics.median(every), 2),
            "seconds_longest": round(every[-1], 2),
            "by_failure": {name: {**each, **self._spread(name)} for name, each in sorted(self.ended.items())},
        }

    def _spread(self, failure: str) -> dict[str, float]:
        seconds = self.seconds[failure]
        return {"seconds_median": round(statistics.median(seconds), 2), "seconds_longest": round(max(seconds), 2)}


@dataclass(frozen=True, slots=True)
class Field:
    """Where the runs take place."""

    folder: Path
    url: str
    faults: Striking
    judge: Judge
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """The robot in the field, and its browser."""

    ours: Ours
    pool: BrowserPool
    field: Field


def run(runs: int, *, seed_number: int, only: str = "", say: Callable[[str], None]) -> dict[str, Any]:
    """``wrong_values``, ``doubled``, ``wrong_person`` and ``lost`` must be 0.

    ``only``: failures whose name begins so. ``without_a_person``: the share of runs that ended with the record saved
    and proven. ``not_hit``: runs that ended before their failure came.
    """
    schedule = list(islice(_schedule(random.Random(seed_number), only), runs))
    with tempfile.TemporaryDirectory(prefix="arende-bench-") as name:
        database, faults = Path(name) / "verksamhetssystem.sqlite", Striking()
        seed(database, persons(), at=NOW)
        with Server(build_app(database, clock=ManualClock(NOW), faults=faults), name=SYSTEM) as server:
            judge = Judge(database)
            tally = asyncio.run(_runs(schedule, Field(Path(name) / "robot", server.url, faults, judge, say)))
    return {"runs": runs, "seed": seed_number, "positions": len(positions()), **judge.figures(), **tally.figures()}


def _schedule(chance: random.Random, only: str) -> Iterator[Position]:
    """Every position once in a random order, then again in another."""
    every = [one for one in positions() if one.strike.name.startswith(only)]
    while every:
        yield from chance.sample(every, len(every))


async def _runs(schedule: Sequence[Position], field_: Field) -> Tally:
    tally = Tally()
    cases = iter(every_case())
    async with BrowserPool() as pool:
        patience = system_manifest(read_seconds=READ_SECONDS, connect_seconds=CONNECT_SECONDS)
        ours = Ours.build(field_.folder, field_.url, pool, manifest=patience)
        try:
            refs = cycle(ours.open_cases(JOURNALLED_CASES))
            for number, position in enumerate(schedule, 1):
                await _one(position, next(cases), ours.hand(next(refs)), Ground(ours, pool, field_), tally)
                if number % 20 == 0:
                    field_.say(f"{number}/{len(schedule)}")
        finally:
            ours.close()
    return tally


async def _one(position: Position, case: GuiCase, hand: JournalHand, ground: Ground, tally: Tally) -> None:
    faults, judge = ground.field.faults, ground.field.judge
    judge.expect(case, position.screen)
    faults.set(position.strike, ground.pool)
    began = time.perf_counter()
    ended = await _to_the_end(ground.ours, hand, case, position)
    seconds = time.perf_counter() - began
    struck = faults.struck
    faults.set(None, ground.pool)
    found = judge.after(case, position, ended=ended)
    if found:
        ground.field.say(f"{position}: {ended}: {found}")
    tally.add(position.strike.name, ended, seconds, struck=struck)


async def _to_the_end(ours: Ours, hand: JournalHand, case: GuiCase, position: Position) -> str:
    """Carry the effect through as the runner does, with its waits; how it ended: done, human or stop, and why."""
    for attempt in range(ATTEMPTS):
        result = await ours.apply(hand, case, position.screen)
        match result:
            case Advance(drafts):
                hand.write(drafts)
                return "done"
            case HandOver(reasons):
                return f"{'stop' if hand.pulled else 'human'} {reasons[0].code}"
            case Retry():
                backoff = min(BACKOFF_SECONDS * 2**attempt, LONGEST_BACKOFF_SECONDS)
                await asyncio.sleep(max(backoff, result.after_seconds))
                last = result.code
    return f"human forsok_slut.{last}"


logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a killed browser leaves futures that nobody awaits
