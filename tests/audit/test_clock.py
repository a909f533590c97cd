"""The clock."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from audit.clock import Clock, ManualClock, SystemClock
from tests.audit.ground import START


def test_the_system_clock_tells_aware_utc() -> None:
    """The machine's time is aware UTC, and its monotonic time never falls."""
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic_ns() <= clock.monotonic_ns()


def test_a_manual_clock_stands_still_until_moved() -> None:
    """Only advance moves a manual clock, and both its times move together."""
    clock = ManualClock(START)
    assert (clock.now(), clock.monotonic_ns()) == (START, 0)
    clock.advance(timedelta(seconds=1, microseconds=5))
    assert clock.now() - START == timedelta(seconds=1, microseconds=5)
    assert clock.monotonic_ns() == 1_000_005_000


def test_a_clock_jump_backwards_leaves_the_monotonic_time() -> None:
    """When the time of day jumps back, the monotonic time stays."""
    clock = ManualClock(START)
    clock.advance(timedelta(days=-1))
    assert clock.now() == START - timedelta(days=1)
    assert clock.monotonic_ns() == 0


def test_a_manual_clock_keeps_utc() -> None:
    """A start in another zone is the same moment in UTC."""
    clock = ManualClock(datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == datetime(2026, 11, 20, 11, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_naive_start_is_refused() -> None:
    """A time without a zone is refused, with what to do."""
    with pytest.raises(ValueError, match="without a time zone: add tzinfo=UTC"):
        ManualClock(datetime(2026, 11, 20))  # noqa: DTZ001 - the naive time is what is tested
