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
    KNOWN_DIALOG = "known_dialog"
    """The same with a message that users see often and click away."""
    ALERT = "alert"
    """The page opens with a box of the browser's own."""
    POPUP = "popup"
    """The page opens a second window, with another case in it."""
    DOWNLOAD = "download"
    """Not handled; a file comes instead of the page."""
    ERROR_404 = "error_404"
    """Not handled; answers that the page does not exist."""
    CHANGED = "changed"
    """Somebody else saves in the case right before the request is handled."""
    WRONG_PERSON = "wrong_person"
    """The page of somebody else's case is shown instead."""
    DOUBLE_SUBMIT = "double_submit"
    """The request arrives twice, and is handled twice."""


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
