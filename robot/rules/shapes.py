"""Shapes of data that a process owns or reads: records, extracts, amounts and months."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

AMOUNT_PATTERN = r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$"
MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class Record(BaseModel):
    """A shape that a process owns (its application, a row): unknown fields are refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Extract(BaseModel):
    """What a process reads from somebody else's answer: takes only the named fields and drops the rest."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


def amount_text(amount: Decimal) -> str:
    """Write an amount as a plain decimal string with exactly two decimals, in the amount's own unit.

    Raises ValueError when the amount has more than two decimals or is not finite: nothing is rounded here.
    """
    if not amount.is_finite():
        raise ValueError("expected a finite amount, found infinity or not-a-number")
    exact = amount.quantize(Decimal("0.01"))
    if exact != amount:
        raise ValueError("expected an amount with at most two decimals; round it explicitly in the rule")
    return format(exact + 0, "f")


def _parse_amount(value: object) -> Decimal:
    if isinstance(value, str) and re.fullmatch(AMOUNT_PATTERN, value):
        return Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        return Decimal(value)
    if isinstance(value, Decimal) and re.fullmatch(AMOUNT_PATTERN, format(value, "f")):
        return value
    if isinstance(value, float):
        raise PydanticCustomError("amount_float", 'Write the amount as a string, such as "1250.50", never as a float')
    raise PydanticCustomError("amount", 'Input should be an amount with at most two decimals, such as "1250.50"')


def _parse_month(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(MONTH_PATTERN, value) and not value.startswith("0000"):
        return date(int(value[:4]), int(value[5:]), 1)
    if isinstance(value, date) and not isinstance(value, datetime) and value.day == 1:
        return value
    raise PydanticCustomError("month", 'Input should be a month, such as "2025-09"')


def _month_text(value: date) -> str:
    return value.isoformat()[:7]


Amount = Annotated[
    Decimal,
    BeforeValidator(_parse_amount),
    PlainSerializer(lambda amount: format(amount, "f"), when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": AMOUNT_PATTERN}, {"type": "integer"}]}),
]
"""A decimal number with at most two decimals, usually kronor. JSON: a decimal string or an int, never a float."""

Month = Annotated[
    date,
    BeforeValidator(_parse_month),
    PlainSerializer(_month_text, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": MONTH_PATTERN}),
]
"""A calendar month, as the date of its first day. JSON: "YYYY-MM"."""
