"""What the robot's care costs in the browser: the verb `fill` beside a hand-tuned script that only fills and clicks."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from benchmarks import gui_sessions
from benchmarks.gui_cases import RESULT_ORE, GuiCase, every_case
from benchmarks.gui_ours import Ours, system_manifest
from benchmarks.gui_raw import RawScript
from benchmarks.gui_system import Running, running
from robot.gui.browser import BrowserPool, find_browser, launch
from testbed.verksamhetssystem.faults import Fault, FaultKind

WARM_UP = 2
SLOW_SECONDS = 0.1
SPARE_APPLICATIONS = 1.4  # some of the generated ones are malformed on purpose


@dataclass(frozen=True, slots=True)
class Amount:
    """How much to measure: cases of each side, cases with a slow target (0: not at all), sessions at once."""

    cases: int
    slow_cases: int
    sessions: tuple[int, ...]


def run(amount: Amount, say: Callable[[str], None]) -> dict[str, Any]:
    """Medians in milliseconds, interleaved case by case, and ratios inside the run.

    ``ratio``: the robot against the script, both on the same pages: search, write, save, and then the saved record by
    another path. ``save_ratio``: both only up to the receipt. ``against_save_only``: the whole of the robot's work
    against the script without the other path. ``slow``: the same with 100 ms of server time for each answer.
    ``sessions``: cases per minute of the whole work, with as many contexts.
    """
    with tempfile.TemporaryDirectory(prefix="arende-bench-") as folder, running(Path(folder)) as system:
        found = asyncio.run(_measure(Path(folder), system, amount, say))
        stored = [row for row in system.calculations() if row["status"] == "Slutlig"]
    wrong = [row for row in stored if row["summary"]["result"] != RESULT_ORE]
    expected = 2 * sum(WARM_UP + count for count in (amount.cases, amount.slow_cases) if count)
    expected += gui_sessions.saved(amount.sessions)
    if wrong or len(stored) != expected:
        msg = f"{expected} calculations were saved, but the case system has {len(stored)}, {len(wrong)} of them wrong"
        raise RuntimeError(msg)
    return found


async def _measure(folder: Path, system: Running, amount: Amount, say: Callable[[str], None]) -> dict[str, Any]:
    waiting = iter(every_case())
    found = await _alone(folder, system, amount, waiting)
    for name in ("slow", "ratio"):
        say(f"{name}: {found[name]}")
    sessions = {}
    for count in amount.sessions:
        sessions[count] = await gui_sessions.at_once(count, folder, system.url, waiting)
        say(f"{count} at once: {sessions[count]}")
    return {**found, "cases": amount.cases, "sessions": sessions, "browser": find_browser(os.environ)}


async def _alone(folder: Path, system: Running, amount: Amount, waiting: Iterator[GuiCase]) -> dict[str, Any]:
    async with async_playwright() as playwright, BrowserPool() as pool:
        browser = await launch(playwright, find_browser(os.environ))
        ours = Ours.build(folder / "robot", system.url, pool, manifest=system_manifest())
        refs = iter(ours.open_cases(int(SPARE_APPLICATIONS * (amount.cases + amount.slow_cases + 2 * WARM_UP)) + 8))
        raw = await RawScript.log_in(browser, system.url)
        try:
            fast = await _beside(amount.cases, ours, raw, waiting, refs)
            system.switch([Fault(FaultKind.SLOW, seconds=SLOW_SECONDS)])
            slow = await _beside(amount.slow_cases, ours, raw, waiting, refs) if amount.slow_cases else None
            system.switch([])
        finally:
            await browser.close()
            ours.close()
    return {**fast, "slow": slow}


async def _beside(
    count: int, ours: Ours, raw: RawScript, waiting: Iterator[GuiCase], refs: Iterator[str]
) -> dict[str, float]:
    """Each in turn, the first one alternating."""
    seconds: dict[str, list[float]] = {"ours": [], "ours_look": [], "raw_save": [], "raw_look": []}

    async def robot() -> None:
        with ours.timed_looks() as looked:
            seconds["ours"].append(await _timed(ours.write(next(waiting), next(refs))))
        seconds["ours_look"].append(sum(looked))

    async def script() -> None:
        case = next(waiting)
        seconds["raw_save"].append(await _timed(raw.write(case)))
        seconds["raw_look"].append(await _timed(raw.look(case)))

    for number in range(WARM_UP + count):
        for job in (robot, script) if number % 2 else (script, robot):
            await job()
    kept = {name: found[WARM_UP:] for name, found in seconds.items()}
    ours_all = statistics.median(kept["ours"])
    ours_save = statistics.median(whole - look for whole, look in zip(kept["ours"], kept["ours_look"], strict=True))
    raw_save = statistics.median(kept["raw_save"])
    raw_all = statistics.median(save + look for save, look in zip(kept["raw_save"], kept["raw_look"], strict=True))
    return {
        "ratio": round(ours_all / raw_all, 3),
        "save_ratio": round(ours_save / raw_save, 3),
        "against_save_only": round(ours_all / raw_save, 3),
        "ours_ms": round(ours_all * 1000, 1),
        "raw_ms": round(raw_all * 1000, 1),
        "ours_save_ms": round(ours_save * 1000, 1),
        "raw_save_ms": round(raw_save * 1000, 1),
    }


async def _timed(job: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await job
    return time.perf_counter() - began
