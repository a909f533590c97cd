"""Starts workers as forks of a process that has loaded the program once: what a start costs is not what is tortured."""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import robot.cli.worker  # noqa: F401 - loaded here, so that no fork has to
from robot.cli.main import main
from robot.steps import verbs

_PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""


class Nursery:
    """The process that forks. It is nobody's target; when it ends, its workers end with it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            (sys.executable, "-m", __name__), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def born(self, words: tuple[str, ...], environment: Mapping[str, str], log: Path) -> int:
        """Run ``arende`` with these words in a process and session of its own; the process's number."""
        order = {"words": words, "environment": dict(environment), "log": str(log)}
        self._stdin.write(json.dumps(order) + "\n")
        self._stdin.flush()
        return int(self._stdout.readline())

    def close(self) -> None:
        """End it, and with it every worker that is left."""
        self._process.communicate()

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    @property
    def _stdout(self) -> Any:
        return self._process.stdout


def _bear() -> None:
    """Fork for each line that comes in."""
    verbs()
    nursery = os.getpid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them: nobody waits for their ends
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _live(json.loads(line), nursery)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _live(order: Mapping[str, Any], nursery: int) -> None:
    # A torture that is killed cannot end its workers: the end of the nursery, which hears no more orders then, does.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != nursery:
        os._exit(1)
    os.setsid()
    os.environ.clear()
    os.environ.update(order["environment"])
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for old, new in ((0, nothing), (1, nothing), (2, log)):
        os.dup2(new, old)
    sys.argv = ["arende", *order["words"]]
    status = 1
    try:
        main()
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    _bear()
