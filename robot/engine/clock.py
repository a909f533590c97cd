"""A clock that runs from a chosen start, for simulations."""

from datetime import UTC, datetime

from audit.clock import Clock, SystemClock
from robot.settings import Settings


class ShiftedClock:
    """Runs like the machine's clock, but began at ``start``."""

    def __init__(self, start: datetime) -> None:
        self._machine = SystemClock()
        self._shift = start.astimezone(UTC) - self._machine.now()

    def now(self) -> datetime:
        """The shifted time, aware UTC."""
        return self._machine.now() + self._shift

    def monotonic_ns(self) -> int:
        """The machine's own monotonic time."""
        return self._machine.monotonic_ns()


def clock_for(settings: Settings) -> Clock:
    """The machine's clock, unless the settings say when time begins."""
    return SystemClock() if settings.now is None else ShiftedClock(settings.now)
