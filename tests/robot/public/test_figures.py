"""Published figures hold nothing about anybody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from robot.public.figures import COLUMNS, Month, months, told
from robot.store.tables import CaseRow

SEPTEMBER = datetime(2025, 9, 1, tzinfo=UTC)


def row(number: int, *, by: str | None, outcome: str = "bifall", hours: int = 4) -> CaseRow:
    """A case of September, decided after so many hours unless nobody decided."""
    return CaseRow(
        ref=f"c_{number:032x}",
        process="provbidrag",
        version="v",
        month=date(2025, 9, 1),
        status="closed",
        restricted=False,
        position=1,
        revision=1,
        queue="cases",
        received_at=SEPTEMBER,
        opened_at=SEPTEMBER,
        due_at=SEPTEMBER,
        outcome=outcome if by else None,
        decided_by=by,
        decided_at=SEPTEMBER + timedelta(hours=hours) if by else None,
    )


def told_of(rows: list[CaseRow]) -> dict[str, str]:
    """The only month's cells by column."""
    (found,) = months(rows)
    assert isinstance(found, Month)
    return dict(zip(COLUMNS, found.cells, strict=True))


@pytest.mark.parametrize(("count", "text"), [(0, ""), (4, ""), (5, "5"), (7, "5"), (8, "10"), (12, "10"), (13, "15")])
def test_counts_are_rounded_and_small_ones_left_out(count: int, text: str) -> None:
    """Nothing below five is told, and everything else only to the nearest five."""
    assert told(count) == text


def test_a_small_rest_cannot_be_reckoned_out() -> None:
    """One person-made decision among thirty shows neither as a count, nor as a share, nor as what is missing."""
    cells = told_of([*(row(n, by="robot") for n in range(29)), row(99, by="anna")])
    assert (cells["beslutade"], cells["beslutade_av_roboten"]) == ("30", "30")
    assert (cells["beslutade_av_en_person"], cells["andel_automatiska_procent"]) == ("", "")


def test_share_and_time_follow_from_the_rows() -> None:
    """Half by robot is 50 percent, and the median is in whole hours."""
    rows = [row(n, by="robot", hours=2) for n in range(10)] + [row(n + 50, by="anna", hours=6) for n in range(10)]
    cells = told_of(rows)
    assert (cells["andel_automatiska_procent"], cells["mediantid_timmar"]) == ("50", "4")


def test_few_decisions_tell_no_time() -> None:
    """Nine decisions tell no time, because a time with a month could be somebody's."""
    assert told_of([row(n, by="robot") for n in range(9)])["mediantid_timmar"] == ""
