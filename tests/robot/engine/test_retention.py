"""How long, and what is kept: SoL 16 kap. and SoF 13 kap. 1 §."""

from datetime import UTC, date, datetime

import pytest

from robot.engine.retention import birth_days, erasable_from, erased_by, preserved


def test_five_years_after_the_last_note_and_done_by_the_end_of_the_next_year() -> None:
    """Gallring falls due five years after the last note, and is finished within the calendar year after that."""
    due = erasable_from(datetime(2025, 9, 1, 8, tzinfo=UTC), 5)
    assert due == datetime(2030, 9, 1, 8, tzinfo=UTC)
    assert erased_by(due) == date(2031, 12, 31)
    assert erasable_from(datetime(2024, 2, 29, 8, tzinfo=UTC), 5) == datetime(2029, 2, 28, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("preserve", "kommunkod", "number", "kept"),
    [
        ("socialtjanst", "9999", "194408139089", None),
        ("socialtjanst", "9999", "195005050512", "preserved"),
        ("socialtjanst", "0580", "194408139089", "preserved"),
        ("socialtjanst", "0980", "194408139089", "preserved"),
        ("socialtjanst", "2281", "194408139089", "preserved"),
        ("socialtjanst", "1480", "194408139089", "preserved"),
        ("socialtjanst", "1481", "194408139089", None),
        ("socialtjanst", "", "194408139089", "unknown_place"),
        ("socialtjanst", "9999", "", "unknown_person"),
        ("all", "9999", "194408139089", "preserved"),
        ("none", "", "195005050512", None),
    ],
)
def test_what_is_kept_for_research(preserve: str, kommunkod: str, number: str, kept: str | None) -> None:
    """Three counties and Göteborg whole, elsewhere the 5th, 15th and 25th; what cannot be told is kept."""
    assert preserved(preserve, kommunkod, {"sokande": {"personnummer": number}}) == kept  # type: ignore[arg-type] # text stands for the enumeration


def test_everybody_in_the_application_counts() -> None:
    """Birth days are found wherever a number stands, a samordningsnummer by its real day."""
    family = {"sokande": "194408139089", "barn": [{"nummer": "19500505-0512"}], "note": "ring 0701740605"}
    assert birth_days(family) >= {13, 5}
    assert birth_days({"ringa": "nobody"}) == frozenset()
