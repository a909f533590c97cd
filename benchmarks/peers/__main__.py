"""The robot beside Robot Framework Browser, rpaframework and Selenium, interleaved case by case on one case system.

Each peer keeps its browser and its login, and only fills and clicks. The robot does all that it does in a process: its
checks, its journal, and the look at what was saved. Written for people: `make peers` says what could not be installed.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from benchmarks.gui_cases import RESULT_ORE, every_case
from benchmarks.gui_ours import Ours, system_manifest
from benchmarks.gui_system import running
from benchmarks.peers import steps
from robot.gui.browser import BrowserPool, find_browser
from robot.logs import configure

HERE = Path(__file__).parent
WARM_UP = 1
STOP_SECONDS = 20


def commands(environments: Path) -> dict[str, list[str]]:
    """The installed peers: how each is started."""

    def suite(environment: str, library: str) -> list[str]:
        quiet = [
            "--outputdir",
            str(environments / "output"),
            "--console",
            "none",
            "--output",
            "NONE",
            "--log",
            "NONE",
            "--report",
            "NONE",
        ]
        robot = str(environments / environment / "bin" / "robot")
        return [robot, *quiet, "--variable", f"LIBRARY:{library}", str(HERE / "browser_peer.robot")]

    every = {
        "Robot Framework Browser": suite("robotframework-browser", "Browser"),
        "rpaframework": suite("rpaframework", "RPA.Browser.Playwright"),
        "Selenium": [str(environments / "selenium" / "bin" / "python"), str(HERE / "selenium_peer.py")],
    }
    return {name: command for name, command in every.items() if (Path(command[0]).parents[1] / "ready").exists()}


class Peer:
    """A running peer, logged in."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self._url = url
        self._to, self._from = _pipe(process.stdin), _pipe(process.stdout)
        self._do(steps.log_in(url))

    def write(self, case: Any) -> None:
        """Write, save and look up one case."""
        self._do(steps.whole(self._url, case))

    def _do(self, wanted: list[steps.Step]) -> None:
        self._to.write(json.dumps(wanted) + "\n")
        self._to.flush()
        answer = self._from.readline()
        if answer != '"done"\n':
            msg = f"the peer did not do its steps: {answer.strip() or 'its own error stands above'}"
            raise RuntimeError(msg)


def _pipe(found: IO[str] | None) -> IO[str]:
    if found is None:
        msg = "a peer was started without a pipe"
        raise RuntimeError(msg)
    return found


@contextmanager
def started(command: list[str], url: str) -> Iterator[Peer]:
    """A peer that ends with the block."""
    tools = {"PEER_BROWSER": find_browser(os.environ) or "", "PEER_DRIVER": shutil.which("chromedriver") or ""}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**os.environ, **tools}, **pipes) as process:  # noqa: S603 - made here
        try:
            yield Peer(process, url)
            _pipe(process.stdin).close()
            process.wait(STOP_SECONDS)
        finally:
            process.kill()


async def measure(folder: Path, environments: Path, cases: int) -> dict[str, float]:
    """Median seconds of a case by side."""
    seconds: dict[str, list[float]] = {}
    waiting = iter(every_case())
    with ExitStack() as stack:
        system = stack.enter_context(running(folder))
        pool = BrowserPool()
        ours = Ours.build(folder / "robot", system.url, pool, manifest=system_manifest())
        refs = iter(ours.open_cases(2 * (cases + WARM_UP) + 8))
        peers = {
            name: stack.enter_context(started(command, system.url)) for name, command in commands(environments).items()
        }
        for _ in range(WARM_UP + cases):
            began = time.perf_counter()
            await ours.write(next(waiting), next(refs))
            seconds.setdefault("Ärenderobot", []).append(time.perf_counter() - began)
            for name, peer in peers.items():
                began = time.perf_counter()
                await asyncio.to_thread(peer.write, next(waiting))
                seconds.setdefault(name, []).append(time.perf_counter() - began)
        await pool.aclose()
        ours.close()
        stored = [row for row in system.calculations() if row["status"] == "Slutlig"]
    wrong = sum(row["summary"]["result"] != RESULT_ORE for row in stored)
    expected = (1 + len(peers)) * (WARM_UP + cases)
    if wrong or len(stored) != expected:
        msg = f"{expected} calculations were saved, but the case system has {len(stored)}, {wrong} of them wrong"
        raise RuntimeError(msg)
    return {name: statistics.median(found[WARM_UP:]) for name, found in seconds.items()}


def main(environments: Path, cases: int) -> None:
    """Measure, and print the table."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "CRITICAL"))
    with tempfile.TemporaryDirectory(prefix="arende-peers-") as folder:
        found = asyncio.run(measure(Path(folder), environments, cases))
    ours = found["Ärenderobot"]
    lines = [f"{name:26}{value * 1000:9.0f} ms{value / ours:8.1f} ×" for name, value in found.items()]
    print("\n".join([f"median of {cases} cases each, interleaved", *lines]))  # noqa: T201 - the result


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
