"""Values as they are written on a Swedish page, and as a page shows them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot.gui.screen import FieldType
from robot.gui.values import UnreadableError, as_json, same, understood, written


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Decimal("1250.5"), "amount", "1250,50"),
        (-3, "amount", "-3,00"),
        ("1250.05", "kronor", "1250"),
        (Decimal("1250.05"), "ore", "05"),
        (date(2025, 9, 1), "date", "2025-09-01"),
        (date(2025, 9, 1), "month", "2025-09"),
        ("2025-08", "month", "2025-08"),
        (14, "number", "14"),
        (True, "checkbox", "Ja"),
        (False, "checkbox", "Nej"),
        ("Bifall", "select", "Bifall"),
        (None, "amount", ""),
    ],
)
def test_a_value_is_written_as_a_person_types_it(value: Any, kind: FieldType, text: str) -> None:
    """Decimal comma, ISO dates, the words of a choice; nothing for no value."""
    assert written(value, kind) == text


@pytest.mark.parametrize(
    ("value", "kind"),
    [(12.5, "amount"), (True, "amount"), (Decimal("1.005"), "amount"), (Decimal("NaN"), "amount"), ("tolv", "amount"),
     (Decimal(-1), "kronor"), (Decimal("-0.5"), "ore"),
     (Decimal("1.5"), "number"), (1, "text"), ("ja", "checkbox"), ("september", "month")],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(value: Any, kind: FieldType) -> None:
    """Nothing is rounded, guessed or turned into text."""
    with pytest.raises(UnreadableError):
        written(value, kind)


@pytest.mark.parametrize(
    ("shown", "wanted", "kind"),
    [
        ("1 250,50", "1250,50", "amount"),
        ("1\u00a0250,50 kr", "1250,50", "amount"),
        ("−1\u202f250,5", "-1250,50", "amount"),
        ("1250.5", "1250,50", "amount"),
        ("1 250 kr", "1250", "kronor"),
        ("20250901", "2025-09-01", "date"),
        ("1 september 2025", "2025-09-01", "date"),
        ("1/9 2025", "2025-09-01", "date"),
        ("september 2025", "2025-09", "month"),
        ("19900602-2397", "199006022397", "personnummer"),
        ("  Första\n raden ", "Första raden", "text"),
    ],
)
def test_different_spellings_mean_the_same(shown: str, wanted: str, kind: FieldType) -> None:
    """A page may show a value in its own way."""
    assert same(shown, wanted, kind)


@pytest.mark.parametrize(
    ("shown", "wanted", "kind"),
    [
        ("1250,51", "1250,50", "amount"),
        ("1.250,50", "1250,50", "amount"),
        ("12 50", "", "amount"),
        ("5", "50", "ore"),
        ("-1250", "1250", "kronor"),
        ("", "0,00", "amount"),
        ("2025-13-01", "2025-01-01", "date"),
        ("ungefär 14", "14", "number"),
        ("Bifall ", "Delvis bifall", "select"),
    ],
)
def test_anything_else_is_never_the_same(shown: str, wanted: str, kind: FieldType) -> None:
    """Another value, an empty field or an unreadable text is not what was wanted."""
    assert not same(shown, wanted, kind)


def test_a_value_inside_a_longer_text_must_stand_by_itself() -> None:
    """2025-08 is found in "B-000012 (2025-08)" and not in a longer number."""
    assert same("B-000012 (2025-08)", "2025-08", "month", "contains")
    assert not same("B-12025-08", "2025-08", "month", "contains")
    assert not same("något", "", "text", "contains")


@given(st.decimals(min_value="-9999999", max_value="9999999", places=2))
def test_every_amount_survives_the_page(amount: Decimal) -> None:
    """What is written and read back is the same amount, to the öre."""
    assert understood(written(amount, "amount"), "amount") == amount


def test_what_is_read_is_kept_without_floats() -> None:
    """Amounts become decimal strings, dates and months ISO."""
    assert as_json(understood("1 250,5", "amount"), "amount") == "1250.50"
    assert as_json(understood("1 september 2025", "date"), "date") == "2025-09-01"
    assert as_json(understood("2025-09", "month"), "month") == "2025-09"
    assert as_json(understood("", "amount"), "amount") is None
