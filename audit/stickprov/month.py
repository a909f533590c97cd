"""The periods of the stickprov: calendar months as people in Sweden have them, bounded to the microsecond in UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo

from audit.log.entry import timestamp
from audit.stickprov.ticket import check_period

SWEDEN = ZoneInfo("Europe/Stockholm")


def period_of(moment: datetime) -> str:
    """The month "YYYY-MM" that an aware moment lies in."""
    return f"{moment.astimezone(SWEDEN):%Y-%m}"


def previous(period: str) -> str:
    """The month before."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year - (month == 1):04d}-{(month - 2) % 12 + 1:02d}"


def bounds(log: str, period: str) -> tuple[str, str]:
    """When the period begins, and when the next one does, as journal timestamps. Raises `DrawError`."""
    check_period(log, period)
    year, month = int(period[:4]), int(period[5:])
    begins = datetime(year, month, 1, tzinfo=SWEDEN)
    ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SWEDEN)
    return timestamp(begins), timestamp(ends)
