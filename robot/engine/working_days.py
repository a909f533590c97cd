"""Swedish working days: Monday to Friday that are not public holidays."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays.countries.sweden import Sweden

SWEDEN = ZoneInfo("Europe/Stockholm")


@cache
def _swedish_holidays(year: int) -> frozenset[date]:
    return frozenset(Sweden(years=year, include_sundays=False))


def is_working_day(day: date) -> bool:
    """Whether public offices work that day."""
    christmas_or_new_year_eve = (day.month, day.day) in {(12, 24), (12, 31)}
    midsummer_eve = day.month == 6 and day.weekday() == 4 and 19 <= day.day <= 25
    closed = christmas_or_new_year_eve or midsummer_eve or day in _swedish_holidays(day.year)
    return day.weekday() < 5 and not closed


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(moment: datetime, days: int) -> datetime:
    """The same time of day in Sweden, ``days`` working days later, as UTC. ``moment`` is aware."""
    local = moment.astimezone(SWEDEN)
    while days > 0:
        local += timedelta(days=1)
        if is_working_day(local.date()):
            days -= 1
    return local.astimezone(UTC)


def promised(received_at: datetime) -> datetime:
    """When a decision is promised: 24 hours after the application, days off not counted, as UTC.

    That is the same time of day on the next working day: what comes in on Friday at 15 is promised on Monday at 15.
    """
    return add_working_days(received_at, 1)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and time in Sweden ``months`` later, or that month's last day when it has no such day, as UTC."""
    local = moment.astimezone(SWEDEN)
    year, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + year, month + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)
