"""Many seeds, one after another; the same seed is the same play, to the last byte."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stamina
from structlog.testing import capture_logs

from testbed.simulation.jobs import SimulatedJobs
from testbed.simulation.people import Applicant, applicants
from testbed.simulation.play import Ended, Play
from testbed.simulation.stage import Fates, NthFate, SeededFates, added
from testbed.simulation.town import Ground, Town

SHARES = (0.0, 0.01, 0.03, 0.08)
"""How many of the points go wrong: by seed, from calm to storm."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
Progress = Callable[[int, Ended], None]
Jobs = Callable[..., SimulatedJobs]


@contextmanager
def ground() -> Iterator[Ground]:
    """A folder in memory where there is one: the transactions are real, the disk is not what is tested."""
    parent = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="arende-simulation-", dir=parent) as folder:
        yield Ground(Path(folder))


def play(ground: Ground, seed: int, cases: int, *, jobs: Jobs = SimulatedJobs) -> tuple[Ended, dict[str, int]]:
    """One seed: how it ended, and how often each fault came."""
    share = SHARES[seed % len(SHARES)]
    fates = SeededFates(f"{seed} fates", share)
    town = Town(ground, fates, seed=f"seed-{seed}", jobs=jobs)
    with _at_once(town):
        ended = Play(town, applicants(str(seed), cases), calm=share == 0, clear=share == 0).run()
    return ended, fates.counts


def one_case(ground: Ground, applicant: Applicant, fates: Fates) -> Ended:
    """One case and one worker, with what the fates have in store. Always the same bytes; its ticket is not picked."""
    town = Town(ground, fates, seed="single-fault", jobs=SimulatedJobs)
    with _at_once(town):
        return Play(town, [applicant], calm=True, clear=False, workers=1).run()


def single_faults(ground: Ground, applicant: Applicant) -> Iterator[tuple[str, Ended]]:
    """One case again and again, with each fault of each point that it passes in turn: where and what, and the end."""
    number = 0
    while True:
        number += 1
        fates = NthFate(number)
        ended = one_case(ground, applicant, fates)
        if not fates.hit:
            return
        yield fates.hit, ended


@contextmanager
def _at_once(town: Town) -> Iterator[None]:
    """No waiting between tries, no log lines, and nothing left afterwards."""
    try:
        with capture_logs(), stamina.set_testing(True, attempts=3):
            yield
    finally:
        town.close()


def run(seeds: Iterable[int], *, cases: int, progress: Progress = lambda _seed, _ended: None) -> dict[str, Any]:
    """Play every seed. ``broken``: seed → its violations; ``faults``: how often each came."""
    began = time.monotonic()
    ends: dict[int, Ended] = {}
    counts: list[dict[str, int]] = []
    with ground() as shared:
        for seed in seeds:
            ends[seed], faults = play(shared, seed, cases)
            counts.append(faults)
            progress(seed, ends[seed])
    return {
        "seeds": len(ends),
        "cases": sum(ended.cases for ended in ends.values()),
        "closed": sum(ended.closed for ended in ends.values()),
        "steps": sum(ended.steps for ended in ends.values()),
        "broken": {str(seed): list(ended.violations) for seed, ended in ends.items() if ended.violations},
        "faults": added(counts),
        "seconds": round(time.monotonic() - began, 1),
    }
