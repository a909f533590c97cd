"""Faults that can be switched on while the case system runs. Every fault is counted, so a run can be repeated."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ANY_PAGE = "*"


class FaultKind(StrEnum):
    """What goes wrong with a request."""

    SLOW = "slow"
    """Waits before it is handled; on a saving page the commit comes late."""
    SLOW_ANSWER = "slow_answer"
    """Handled at once, answered late."""
    ERROR_500 = "error_500"
    """Not handled; answers the error page."""
    RESET = "reset"
    """Not handled; the connection is broken."""
    LOST_ANSWER = "lost_answer"
    """Handled and stored; the connection is broken instead of an answer."""
    SESSION_END = "session_end"
    """The session ends before the request is handled."""
    DIALOG = "dialog"
    """The page opens with a system message in a modal dialog."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `page` is a page name (see `app.page_names`) or *.

    The first `after` matching requests pass, then `times` of them are hit (None = all that follow).
    """

    kind: FaultKind
    page: str = ANY_PAGE
    after: int = 0
    times: int | None = None
    seconds: float = 0.0

    def hits(self, count: int) -> bool:
        """Whether the request with this number, from 1, is hit."""
        return count > self.after and (self.times is None or count <= self.after + self.times)


class Faults:
    """The faults in force; shared by the case system and whoever switches them."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._active: list[Fault] = []
        self._counts: list[int] = []
        self.replace(faults)

    def replace(self, faults: Sequence[Fault]) -> None:
        """Put these in force instead of the old ones, counted from zero."""
        with self._lock:
            self._active = list(faults)
            self._counts = [0] * len(self._active)

    def active(self) -> tuple[Fault, ...]:
        """Those in force, spent ones too."""
        return tuple(self._active)

    def for_request(self, page: str) -> dict[FaultKind, Fault]:
        """Count one request of a page and tell which faults hit it; of the same kind, the first given."""
        hit: dict[FaultKind, Fault] = {}
        with self._lock:
            for index, fault in enumerate(self._active):
                if fault.page in {ANY_PAGE, page}:
                    self._counts[index] += 1
                    if fault.hits(self._counts[index]):
                        hit.setdefault(fault.kind, fault)
        return hit
