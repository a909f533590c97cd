"""Many sessions at once: cases per minute and the browser's memory, beside the script with as many contexts."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from benchmarks.gui_cases import GuiCase
from benchmarks.gui_ours import Ours, system_manifest
from benchmarks.gui_raw import RawScript
from robot.gui.browser import BrowserPool, find_browser, launch

CASES_PER_SESSION = 6
Job = Callable[[GuiCase], Awaitable[Any]]


async def at_once(count: int, folder: Path, url: str, waiting: Iterator[GuiCase]) -> dict[str, float]:
    """Cases per minute of both, each in two blocks (A B B A), and the browser's megabytes at the end of a block."""
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "raw": []}
    for turn, name in enumerate(("raw", "ours", "ours", "raw")):
        block = _ours(count, folder / f"{count}-{turn}", url, waiting) if name == "ours" else _raw(count, url, waiting)
        found[name].append(await block)
    ours, raw = (sum(pace for pace, _ in found[name]) / 2 for name in ("ours", "raw"))
    return {
        "ours_per_minute": round(ours, 1),
        "raw_per_minute": round(raw, 1),
        "ratio": round(ours / raw, 3),
        "ours_mb": round(max(memory for _, memory in found["ours"]), 1),
        "raw_mb": round(max(memory for _, memory in found["raw"]), 1),
    }


def saved(sessions: tuple[int, ...]) -> int:
    """How many calculations these measurements save."""
    return sum(4 * count * (CASES_PER_SESSION + 1) for count in sessions)


async def _ours(count: int, folder: Path, url: str, waiting: Iterator[GuiCase]) -> tuple[float, float]:
    async with BrowserPool() as pool:
        ours = Ours.build(folder, url, pool, manifest=system_manifest(concurrency=count))
        refs = iter(ours.open_cases(2 * count * (CASES_PER_SESSION + 1) + 8))
        try:
            return await _paced([lambda case: ours.write(case, next(refs))] * count, waiting)
        finally:
            ours.close()


async def _raw(count: int, url: str, waiting: Iterator[GuiCase]) -> tuple[float, float]:
    async with async_playwright() as playwright:
        browser = await launch(playwright, find_browser(os.environ))
        try:
            scripts = [await RawScript.log_in(browser, url) for _ in range(count)]
            return await _paced([script.whole for script in scripts], waiting)
        finally:
            await browser.close()


async def _paced(workers: list[Job], waiting: Iterator[GuiCase]) -> tuple[float, float]:
    async def work(job: Job, cases: int) -> None:
        for _ in range(cases):
            await job(next(waiting))

    await asyncio.gather(*(work(job, 1) for job in workers))  # logged in and warm
    began = time.perf_counter()
    await asyncio.gather(*(work(job, CASES_PER_SESSION) for job in workers))
    minutes = (time.perf_counter() - began) / 60
    return len(workers) * CASES_PER_SESSION / minutes, browser_megabytes()


def browser_megabytes() -> float:
    """The memory of every browser process below this one, shared pages counted by share (Linux' Pss)."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        parents[pid] = int(rest[1])
    return sum(_kilobytes(pid) for pid in parents if _is_below(pid, parents)) / 1024


def _is_below(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False


def _kilobytes(pid: int) -> int:
    folder = Path("/proc", str(pid))
    try:
        if not any(word in str((folder / "exe").readlink()) for word in ("chrom", "headless")):
            return 0
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
