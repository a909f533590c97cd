"""Which workers are dead, told without comparing the clocks of two machines."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from audit.clock import Clock
from robot.store.tables import WorkerRow

_ENDED = {"Z", "X"}
_STARTED_AT_FIELD = 19
"""Of /proc/<pid>/stat after the name, counted from the state: when the process began (proc(5), field 22)."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process on this machine. ``place`` names boot and process space: only there does ``pid`` mean something."""

    place: str
    pid: int
    began: int


def this_process() -> Process:
    """The process that asks. Its ``place`` is empty where the system does not tell one."""
    state = _state(os.getpid())
    return Process(_place(), os.getpid(), 0 if state is None else state[1])


def is_gone(row: WorkerRow) -> bool:
    """Whether the worker's process has certainly ended. False when it ran elsewhere: from here that cannot be seen."""
    if not row.place or row.place != _place():
        return False
    state = _state(row.pid)
    return state is None or state[0] in _ENDED or state[1] != row.began


class Watch:
    """Looks at the workers' rows again and again, and says who is dead.

    Dead is whose process has ended on this machine, and who has not beaten for the seconds of its lease while this
    process looked. ``gap_seconds``: after a longer pause the looking begins anew, because the pause may have been ours.
    """

    def __init__(self, clock: Clock, *, gap_seconds: float) -> None:
        self._clock = clock
        self._gap = gap_seconds
        self._looked = 0.0
        self._seen: dict[str, tuple[int, float]] = {}
        self._beaten: set[str] = set()

    def dead(self, rows: Iterable[WorkerRow]) -> list[WorkerRow]:
        """Those of ``rows`` that are dead. ``rows`` are all there are."""
        now = self._clock.monotonic_ns() / 1e9
        if now - self._looked > self._gap:
            self._seen.clear()
        self._looked = now
        found, seen = [], {}
        for row in rows:
            beat, since = self._seen.get(row.term, (row.beat, now))
            if beat != row.beat:
                self._beaten.add(row.term)
                since = now
            seen[row.term] = (row.beat, since)
            if is_gone(row) or now - since >= row.seconds:
                found.append(row)
        self._seen = seen
        self._beaten &= seen.keys()
        return found

    def has_beaten(self, row: WorkerRow) -> bool:
        """Whether it has beaten while this process looked: then it lives."""
        return row.term in self._beaten


@cache
def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - not a path: the name of a process space
    except OSError:
        return ""


def _state(pid: int) -> tuple[str, int] | None:
    """The process's state letter and when it began; None when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[_STARTED_AT_FIELD])
