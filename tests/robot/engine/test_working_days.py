"""Swedish working days."""

from datetime import UTC, date, datetime

import pytest

from robot.engine.working_days import add_working_days, is_working_day, next_working_day

CLOSED = [
    ("2025-01-01", "nyårsdagen"),
    ("2025-01-06", "trettondedag jul"),
    ("2025-04-18", "långfredagen"),
    ("2025-04-21", "annandag påsk"),
    ("2025-05-01", "första maj"),
    ("2025-05-29", "Kristi himmelsfärdsdag"),
    ("2025-06-06", "nationaldagen"),
    ("2025-06-20", "midsommarafton"),
    ("2026-06-19", "midsommarafton"),
    ("2025-12-24", "julafton"),
    ("2025-12-25", "juldagen"),
    ("2025-12-26", "annandag jul"),
    ("2025-12-31", "nyårsafton"),
    ("2025-09-06", "lördag"),
    ("2025-09-07", "söndag"),
]


@pytest.mark.parametrize(("day", "name"), CLOSED)
def test_offices_are_closed(day: str, name: str) -> None:
    """Public holidays, the eves that are treated as such, and weekends."""
    assert not is_working_day(date.fromisoformat(day)), name


@pytest.mark.parametrize("day", ["2025-01-07", "2025-04-17", "2025-05-30", "2025-06-19", "2025-06-23", "2025-12-23"])
def test_offices_are_open(day: str) -> None:
    """The days beside the holidays, also skärtorsdag and the Friday after Kristi himmelsfärd."""
    assert is_working_day(date.fromisoformat(day))


def test_the_next_working_day_is_the_day_itself_when_it_is_one() -> None:
    """From a working day nothing is added; from midsommarafton it is Monday."""
    assert next_working_day(date(2025, 9, 1)) == date(2025, 9, 1)
    assert next_working_day(date(2025, 6, 20)) == date(2025, 6, 23)


def test_five_working_days_go_round_the_holidays() -> None:
    """Over Easter 2025, from Monday to Wednesday a week later: långfredag, weekend and annandag påsk do not count."""
    start = datetime(2025, 4, 14, 8, tzinfo=UTC)

    assert add_working_days(start, 5) == datetime(2025, 4, 23, 8, tzinfo=UTC)


def test_days_are_swedish_days() -> None:
    """Half past ten at night UTC is already the next day in Sweden."""
    thursday_utc = datetime(2025, 9, 4, 22, 30, tzinfo=UTC)  # Friday 00:30 in Sweden

    assert add_working_days(thursday_utc, 1) == datetime(2025, 9, 7, 22, 30, tzinfo=UTC)  # Monday 00:30 in Sweden


def test_the_time_of_day_stays_over_the_clock_change() -> None:
    """Nine in the morning in Sweden is nine in the morning after summer time has ended."""
    friday = datetime(2025, 10, 24, 7, tzinfo=UTC)

    assert add_working_days(friday, 1) == datetime(2025, 10, 27, 8, tzinfo=UTC)
