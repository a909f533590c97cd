"""Amounts, months, records and the types of names."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from robot.rules import Amount, Extract, FactDeclaration, Month, Record, amount_text
from robot.rules.kinds import checker, fits, type_name


class Row(Record):
    """A record."""

    belopp: Amount
    manad: Month


class Read(Extract):
    """An extract."""

    belopp: Amount


@given(some.decimals(-10000000, 10000000, places=2))
def test_an_amount_survives_json(amount: Decimal) -> None:
    """An amount written to JSON and read again is the same amount."""
    row = Row(belopp=amount, manad=date(2025, 9, 1))

    assert Row.model_validate_json(row.model_dump_json()) == row


@pytest.mark.parametrize("text", ["1250", "1250.5", "-3.75", "0"])
def test_amounts_are_decimal_strings(text: str) -> None:
    """A plain decimal string with at most two decimals is an amount."""
    assert TypeAdapter(Amount).validate_json(json.dumps(text)) == Decimal(text)


@pytest.mark.parametrize("raw", ["1250.505", "1e3", "1 250", "1250,50", "NaN", "Infinity", "", "٣"])
def test_other_texts_are_no_amounts(raw: str) -> None:
    """Exponents, spaces, commas, more decimals and words are refused."""
    with pytest.raises(ValidationError):
        TypeAdapter(Amount).validate_python(raw)


@pytest.mark.parametrize("raw", [12300.0, True, None])
def test_floats_are_no_amounts(raw: object) -> None:
    """A float is refused even when it looks exact, and so are true and null."""
    with pytest.raises(ValidationError):
        TypeAdapter(Amount).validate_json(json.dumps(raw))


def test_a_month_is_its_first_day() -> None:
    """JSON "2025-09" is the first of September, and back."""
    assert Row.model_validate_json('{"belopp": 5, "manad": "2025-09"}').manad == date(2025, 9, 1)
    assert json.loads(Row(belopp=Decimal(5), manad=date(2025, 9, 1)).model_dump_json())["manad"] == "2025-09"


@pytest.mark.parametrize("raw", ["2025-13", "2025-9", "2025-09-01", "0000-01", 202509])
def test_other_texts_are_no_months(raw: object) -> None:
    """Only YYYY-MM is a month."""
    with pytest.raises(ValidationError):
        TypeAdapter(Month).validate_python(raw)


def test_a_record_refuses_what_it_does_not_know_and_an_extract_drops_it() -> None:
    """Our own shapes refuse unknown fields; what we read from others is cut to the named ones."""
    with pytest.raises(ValidationError):
        Row.model_validate_json('{"belopp": "5", "manad": "2025-09", "annat": 1}')

    assert Read.model_validate_json('{"belopp": "5", "annat": 1}').model_dump() == {"belopp": Decimal(5)}


def test_amount_text_never_rounds() -> None:
    """An amount is written with two decimals; one with more is an error."""
    assert amount_text(Decimal("-0.00")) == "0.00"
    assert amount_text(Decimal("249.750")) == "249.75"
    with pytest.raises(ValueError, match="at most two decimals"):
        amount_text(Decimal("0.005"))


def test_a_declaration_reads_and_writes_json() -> None:
    """A fact's declaration turns JSON data into its type and back, strictly."""
    declared = FactDeclaration("Rader", tuple[Row, ...])
    data = [{"belopp": "5.00", "manad": "2025-09"}]

    assert declared.to_json(declared.from_json(data)) == data
    with pytest.raises(ValidationError):
        FactDeclaration("Antal", int).from_json("5")


FITS = [
    (int, int, True),
    (bool, int, False),
    (int, Decimal, False),
    (Amount, Decimal, True),
    (Month, date, True),
    (Row, Record, True),
    (Record, Row, False),
    (tuple[Row, ...], tuple[Record, ...], True),
    (tuple[Row, Row], tuple[Row, ...], True),
    (tuple[Row, ...], Row, False),
    (Row, Row | None, True),
    (Row | None, Row, False),
    (Literal["a"], str, True),
    (Literal["a"], Literal["a", "b"], True),
    (str, Literal["a"], False),
    (dict[int, Decimal], dict[int, Decimal], True),
    (dict[str, Decimal], dict[int, Decimal], False),
]


@pytest.mark.parametrize(("given_type", "wanted", "expected"), FITS)
def test_types_agree_only_when_every_value_does(given_type: Any, wanted: Any, expected: bool) -> None:
    """A provider fits a parameter when all its values are values of the parameter's type."""
    assert fits(given_type, wanted) is expected


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (int, 1, True),
        (Decimal, Decimal(1), Decimal("Infinity")),
        (tuple[int, ...], (1, 2), (1, "2")),
        (tuple[int, ...], (), [1]),
        (tuple[int, str], (1, "a"), (1,)),
        (dict[int, Decimal], {1: Decimal(1)}, {"1": Decimal(1)}),
        (Literal["a", 1], 1, True),
        (str | None, None, 1),
        (Row, Row(belopp=Decimal(1), manad=date(2025, 9, 1)), {"belopp": 1}),
    ],
)
def test_a_value_has_its_type_exactly(kind: Any, good: object, bad: object) -> None:
    """A value is checked against its type without conversion."""
    assert checker(kind)(good)
    assert not checker(kind)(bad)


def test_types_are_written_as_authors_write_them() -> None:
    """A type in a message looks like the annotation."""
    assert type_name(dict[int, Decimal]) == "dict[int, Decimal]"
    assert type_name(tuple[str, ...] | None) == "tuple[str, ...] | None"
    assert type_name(Literal["bifall"]) == "Literal['bifall']"
