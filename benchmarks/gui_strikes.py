"""What goes wrong, and where: a fault of the case system's pages, or a blow to the browser as a page is asked for."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from benchmarks.gui_ours import NOTE, SCREEN
from robot.gui.browser import BrowserPool
from testbed.verksamhetssystem.faults import Fault, FaultKind, Faults

PAGES = {
    SCREEN: (
        "sok", "sok_person", "person", "arende", "ny_berakning", "normforslag", "spara_ny_berakning", "inkomster",
        "spara_inkomster", "utgifter", "spara_utgifter", "sammanstallning", "berakna", "spara_berakning",
        "kvittens_berakning", "berakning",
    ),
    NOTE: (
        "sok", "sok_person", "person", "arende", "ny_anteckning", "spara_anteckning", "kvittens_anteckning", "journal",
    ),
}  # fmt: skip
SAVES = {SCREEN: "spara_berakning", NOTE: "spara_anteckning"}
KILLED, CRASHED = "browser_killed", "renderer_crashed"
# Seconds beside a patience of 3: slow but in time, given up before it is handled, handled but answered too late.
SLOW = {
    "slow_short": (FaultKind.SLOW, 0.4),
    "slow_long": (FaultKind.SLOW, 3.4),
    "late_answer": (FaultKind.SLOW_ANSWER, 3.4),
}
EVERYWHERE = (
    FaultKind.ERROR_500, FaultKind.ERROR_404, FaultKind.RESET, FaultKind.LOST_ANSWER, FaultKind.SESSION_END,
    FaultKind.DIALOG, FaultKind.KNOWN_DIALOG, FaultKind.ALERT, FaultKind.POPUP, FaultKind.DOWNLOAD, FaultKind.CHANGED,
    FaultKind.WRONG_PERSON, FaultKind.DOUBLE_SUBMIT,
)  # fmt: skip
MEANT_FOR_POSTS = {FaultKind.DOUBLE_SUBMIT, FaultKind.CHANGED}
MEANT_FOR_PAGES = {FaultKind.DIALOG, FaultKind.KNOWN_DIALOG, FaultKind.ALERT, FaultKind.POPUP, FaultKind.WRONG_PERSON}
POSTS = ("spara", "sok_person", "berakna")


@dataclass(frozen=True, slots=True)
class Strike:
    """One failure. ``fault``: of the system; without it the browser is hit when the page is asked for.

    ``after``: how many requests for the page pass first.
    """

    name: str
    page: str
    fault: Fault | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """A failure while one screen is written."""

    screen: str
    strike: Strike

    def __str__(self) -> str:
        return f"{self.screen} {self.strike.page} {self.strike.name}"


class Striking(Faults):
    """The faults of one run. Asked in the server's threads; a blow to the browser is given from there."""

    def __init__(self) -> None:
        super().__init__()
        self.struck = False
        self._strike: Strike | None = None
        self._pool: BrowserPool | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._seen = 0

    def set(self, strike: Strike | None, pool: BrowserPool) -> None:
        """Put this failure in force instead, counted from zero; None: nothing goes wrong."""
        self._strike, self._pool, self._loop = strike, pool, asyncio.get_running_loop()
        self._seen, self.struck = 0, False
        self.replace([strike.fault] if strike is not None and strike.fault is not None else [])

    def for_request(self, page: str) -> dict[FaultKind, Fault]:
        """As the base, and the blow when its page is asked for."""
        hit = super().for_request(page)
        self.struck |= bool(hit)
        strike = self._strike
        if strike is not None and strike.fault is None and page == strike.page:
            self._seen += 1
            if self._seen == strike.after + 1 and self._pool is not None and self._loop is not None:
                self.struck = True
                blow = _hit(self._pool, only="" if strike.name == KILLED else "renderer")
                asyncio.run_coroutine_threadsafe(blow, self._loop)
        return hit


async def _hit(pool: BrowserPool, *, only: str = "") -> None:
    for pid, kind in (await pool.processes()).items():
        if kind == only or not only:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def positions() -> Sequence[Position]:
    """Every failure at every page where it means something."""
    found = []
    for screen, pages in PAGES.items():
        for page in pages:
            posts = page.startswith(POSTS)
            for kind in EVERYWHERE:
                if kind in (MEANT_FOR_PAGES if posts else MEANT_FOR_POSTS) or (
                    page == "normforslag" and kind in MEANT_FOR_PAGES
                ):
                    continue
                found.append(Position(screen, Strike(kind.value, page, Fault(kind, page, times=1))))
            for name, (kind, seconds) in SLOW.items():
                found.append(Position(screen, Strike(name, page, Fault(kind, page, times=1, seconds=seconds))))
            found += [Position(screen, Strike(name, page)) for name in (KILLED, CRASHED)]
    return found
