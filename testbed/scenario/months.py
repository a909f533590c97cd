"""Arithmetic on months. A month is the date of its first day."""

from calendar import monthrange
from datetime import date


def shifted(month: date, months: int) -> date:
    """The month that many months later, or earlier when negative."""
    whole = month.year * 12 + month.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def last_day(month: date) -> date:
    """The last day of the month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def text(month: date) -> str:
    """As ÅÅÅÅ-MM."""
    return f"{month:%Y-%m}"
