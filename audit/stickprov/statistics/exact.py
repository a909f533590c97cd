"""Exact inputs: rates, confidences and counts as fractions, so that 0.05 of 140 is 7 and not a little more."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from audit.errors import StatisticsError


def number(value: object, name: str) -> Fraction:
    """The value as a fraction: 5, "5/100", "0.05", `Decimal`, `Fraction`; a float as it is written (0.05 is 1/20).

    Raises `StatisticsError` for anything else.
    """
    written = repr(value) if isinstance(value, float) else value
    if isinstance(written, str | int | Decimal | Fraction) and not isinstance(written, bool):
        try:
            return Fraction(written)
        except (ValueError, ZeroDivisionError, OverflowError):
            pass
    raise StatisticsError(f'{name}: expected a number such as 5, "5/100" or "0.05", found {value!r}')


def share(value: object, name: str) -> Fraction:
    """A rate, 0 ≤ rate ≤ 1. Raises `StatisticsError`."""
    found = number(value, name)
    if not 0 <= found <= 1:
        raise StatisticsError(f'{name}: expected a rate from 0 to 1 such as "5/100", found {value}')
    return found


def open_share(value: object, name: str) -> Fraction:
    """A rate, 0 < rate < 1. Raises `StatisticsError`."""
    found = share(value, name)
    if found in (0, 1):
        raise StatisticsError(f'{name}: expected more than 0 and less than 1, such as "0.05", found {value}')
    return found


def risk(confidence: object) -> Fraction:
    """1 − confidence, exactly: "0.95" gives 1/20. Raises `StatisticsError` unless 0 < confidence < 1."""
    return 1 - open_share(confidence, "confidence")


def count(value: object, name: str, *, least: int = 0, most: int | None = None) -> int:
    """A whole number in the interval. Raises `StatisticsError`."""
    found = number(value, name)
    if found.denominator != 1 or found < least or (most is not None and found > most):
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise StatisticsError(f"{name}: expected a whole number {limits}, found {value}")
    return int(found)


def listed(value: object, name: str) -> Sequence[object]:
    """A list. Raises `StatisticsError`."""
    if isinstance(value, list | tuple):
        return value
    raise StatisticsError(f"{name}: expected a list, found {type(value).__name__}")


def ratio(value: Fraction) -> float:
    """The nearest float, for what is printed or compared with a bound that has no exact form."""
    return value.numerator / value.denominator
