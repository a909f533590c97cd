"""Worker processes that are killed, frozen and started again, with the browsers that they have started."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.torture_nursery import Nursery

LOOK_SECONDS = 0.01
_PARENT_AT_FIELD, _BEGAN_AT_FIELD = 1, 19
"""Of /proc/<pid>/stat after the name, counted from the state: fields 4 and 22 of proc(5)."""


class Process(NamedTuple):
    """A process for ever: its number may be given to another one, but not with the same beginning."""

    pid: int
    began: int


class Pack:
    """Workers by name. ``environment`` is asked at every start, because it says what time it is."""

    def __init__(self, names: Sequence[str], environment: Callable[[], Mapping[str, str]], *, logs: Path) -> None:
        self.names = names
        self._environment = environment
        self._logs = logs
        self._nursery = Nursery()
        self._started: dict[str, Process | None] = {}
        self._seen: set[Process] = set()

    def start(self) -> int:
        """Start every worker that does not run; how many had ended since they were started last."""
        ended = [name for name in self.names if not self.worker(name)]
        again = sum(name in self._started for name in ended)
        for name in ended:
            pid = self._nursery.born(("worker", "--name", name), self._environment(), self._logs / f"{name}.log")
            self._started[name] = _table().get(pid, (None,))[0]
        return again

    def worker(self, name: str) -> list[Process]:
        """The worker alone, without what it has started; empty when it does not run."""
        one = self._started.get(name)
        return [one] if one is not None and _runs(one) else []

    def machine(self, name: str) -> list[Process]:
        """The worker with everything that it has started, as when a machine loses its power."""
        found = _family(self.worker(name))
        self._seen.update(found)
        return found

    def browser(self, name: str) -> list[Process]:
        """The worker's browser with all its processes; empty when it has none now."""
        return [one for one in self.machine(name)[1:] if "--type=" in (words := _words(one)) or "--headless" in words]

    def victims(self, what: str, name: str) -> list[Process]:
        """The ``worker``, the ``browser`` or the whole ``machine`` of this name."""
        return {"worker": self.worker, "browser": self.browser, "machine": self.machine}[what](name)

    def kill(self, processes: Iterable[Process]) -> None:
        """SIGKILL, and wait for the workers among them."""
        killed = list(processes)
        _signal(killed, signal.SIGKILL)
        while any(one in killed and _runs(one) for one in self._started.values()):
            time.sleep(LOOK_SECONDS)

    def freeze(self, processes: Iterable[Process]) -> None:
        """SIGSTOP."""
        _signal(processes, signal.SIGSTOP)

    def thaw(self, processes: Iterable[Process]) -> None:
        """SIGCONT."""
        _signal(processes, signal.SIGCONT)

    def close(self) -> None:
        """End every process that these workers have started, also those whose worker is gone."""
        for name in self._started:
            self.kill(self.machine(name))
        _signal(self._seen, signal.SIGKILL)
        self._nursery.close()


def _runs(process: Process | None) -> bool:
    return process is not None and _table().get(process.pid, (None,))[0] == process


def _table() -> dict[int, tuple[Process, int]]:
    """Every process of this machine with its parent's number."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):  # it ended while we looked
                fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                pid = int(folder.name)
                found[pid] = (Process(pid, int(fields[_BEGAN_AT_FIELD])), int(fields[_PARENT_AT_FIELD]))
    return found


def _family(oldest: list[Process]) -> list[Process]:
    """These and all that descend from them, parents before children."""
    table = _table()
    found = list(oldest)
    for parent in found:
        found += [process for process, of in table.values() if of == parent.pid]
    return found


def _words(process: Process) -> str:
    try:
        return Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _signal(processes: Iterable[Process], number: signal.Signals) -> None:
    table = _table()
    for process in processes:
        if table.get(process.pid, (None,))[0] == process:
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)
