"""Amounts: `Decimal` kronor in memory, integer öre in the database, Swedish text on the pages."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

NO_BREAK_SPACE = "\u00a0"
_AMOUNT = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,9})(?:,(\d{1,2}))?", re.ASCII)


def to_ore(kronor: Decimal) -> int:
    """Kronor as whole öre. Raises ValueError for a fraction of an öre."""
    ore = kronor * 100
    if ore != ore.to_integral_value():
        raise ValueError(f"an amount has at most two decimals, found {kronor}: round it where it is calculated")
    return int(ore)


def from_ore(ore: int) -> Decimal:
    """Whole öre as kronor with two decimals."""
    return Decimal(ore).scaleb(-2)


def round_to_ore(kronor: Decimal) -> Decimal:
    """Rounded half up to whole öre."""
    return kronor.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


Kronor = Annotated[Decimal, BeforeValidator(from_ore), PlainSerializer(to_ore, return_type=int)]
"""Decimal kronor that is stored as integer öre when a record is written as JSON."""


def parse_amount(text: str) -> Decimal | None:
    """Kronor from "3 940,00", "3940" or "3940,5"; None when it cannot be read. Never negative."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    kronor = re.sub(r"\D", "", found[1])
    return Decimal(f"{kronor}.{(found[2] or '').ljust(2, '0')}")


def show_amount(kronor: Decimal) -> str:
    """As "3 940,00" with a no-break space between thousands."""
    text = f"{kronor:,.2f}".replace(",", NO_BREAK_SPACE).replace(".", ",")
    return "0,00" if text == "-0,00" else text
