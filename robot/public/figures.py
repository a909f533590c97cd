"""Figures of a process per month that can be published: they hold no personal data, by how they are made.

Every count is rounded to the nearest five and a count below five is not told at all, shares are worked out of the
rounded counts, and a time is told only for ten decisions or more. So nobody can be found, nor reckoned out by
subtracting one published figure from another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from robot.store.tables import CaseRow

FEWEST = 5
FEWEST_FOR_TIMES = 10
COLUMNS = (
    "manad",
    "inkomna",
    "beslutade",
    "beslutade_av_roboten",
    "beslutade_av_en_person",
    "avgjorda_utanfor_roboten",
    "bifall",
    "avslag",
    "andel_automatiska_procent",
    "mediantid_timmar",
)


@dataclass(frozen=True, slots=True)
class Month:
    """One month's row in the order of `COLUMNS`, as text; "" is not told."""

    month: date
    cells: tuple[str, ...]


def months(rows: Iterable[CaseRow]) -> list[Month]:
    """The rows by month applied for, the oldest first."""
    by_month: dict[date, list[CaseRow]] = {}
    for row in rows:
        by_month.setdefault(row.month, []).append(row)
    return [Month(month, _cells(month, by_month[month])) for month in sorted(by_month)]


def told(count: int) -> str:
    """A count as it may be published: "" below five, else the nearest multiple of five."""
    return "" if count < FEWEST else str(_rounded(count))


def _cells(month: date, rows: list[CaseRow]) -> tuple[str, ...]:
    decided = [row for row in rows if row.decided_at is not None]
    by_robot = [row for row in decided if row.decided_by == "robot"]
    outcomes = {name: sum(row.outcome == name for row in decided) for name in ("bifall", "avslag")}
    return (
        f"{month:%Y-%m}",
        told(len(rows)),
        told(len(decided)),
        told(len(by_robot)),
        told(len(decided) - len(by_robot)),
        told(sum(row.status == "by_hand" for row in rows)),
        told(outcomes["bifall"]),
        told(outcomes["avslag"]),
        _share(len(by_robot), len(decided)),
        _hours([(row.received_at, row.decided_at) for row in decided if row.decided_at is not None]),
    )


def _share(part: int, whole: int) -> str:
    if part < FEWEST or whole - part < FEWEST:
        return ""
    return str((Decimal(_rounded(part)) * 100 / _rounded(whole)).quantize(Decimal(1), ROUND_HALF_UP))


def _rounded(count: int) -> int:
    return (count + FEWEST // 2) // FEWEST * FEWEST


def _hours(times: list[tuple[datetime, datetime]]) -> str:
    if len(times) < FEWEST_FOR_TIMES:
        return ""
    return str(round(median((end - begin).total_seconds() for begin, end in times) / 3600))
