"""The clock that everything in the house is given, so that a run can be repeated exactly."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time: `now` for people and law, `monotonic_ns` for the order of what this process did."""

    def now(self) -> datetime:
        """The time as aware UTC, to the microsecond."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds since an unspecified start; never goes backwards within a process."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The time as aware UTC, to the microsecond."""
        return datetime.now(UTC)

    def monotonic_ns(self) -> int:
        """Nanoseconds since an unspecified start; never goes backwards within a process."""
        return time.monotonic_ns()


class ManualClock:
    """A clock that stands still until it is told to move: for tests and simulation.

    ``start`` must be aware; a naive time raises `ValueError`.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError(f"ManualClock needs an aware time, found {start!r} without a time zone: add tzinfo=UTC")
        self._now = start.astimezone(UTC)
        self._monotonic_ns = 0

    def now(self) -> datetime:
        """The time it was last moved to, aware UTC."""
        return self._now

    def monotonic_ns(self) -> int:
        """Nanoseconds of forward movement since the start."""
        return self._monotonic_ns

    def advance(self, step: timedelta) -> None:
        """Move the clock. A negative step moves only `now`, backwards, as a machine's clock may jump."""
        self._now += step
        if step > timedelta():
            self._monotonic_ns += step // timedelta(microseconds=1) * 1000
