"""Rounding, and amounts and months as a Swedish reader expects them."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

MANADER = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli",
    "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
NOLL = Decimal(0)
FAST_MELLANSLAG = "\N{NO-BREAK SPACE}"


def hela_kronor(belopp: Decimal) -> Decimal:
    """Round an amount in SEK to whole kronor, half up."""
    return belopp.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def hela_oren(belopp: Decimal) -> Decimal:
    """Round an amount in SEK to whole öre, half up."""
    return belopp.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def kronor(belopp: Decimal) -> str:
    """Write an amount in SEK: "3 940 kr", or "249,75 kr" when there are öre."""
    exakt = hela_oren(belopp)
    text = f"{exakt:,.2f}" if exakt % 1 else f"{exakt:,.0f}"
    return text.replace(",", FAST_MELLANSLAG).replace(".", ",").replace("-", "−") + FAST_MELLANSLAG + "kr"


def manad_i_ord(manad: date) -> str:
    """Write a month: "september 2025"."""
    return f"{MANADER[manad.month - 1]} {manad.year}"


def forra_manaden(manad: date) -> date:
    """Return the first day of the month before."""
    return (manad - timedelta(days=1)).replace(day=1)


def sista_dagen(manad: date) -> date:
    """Return the last day of a month that is given by its first day."""
    return manad.replace(day=dagar_i_manaden(manad))


def dagar_i_manaden(manad: date) -> int:
    """Return how many days a month has."""
    return monthrange(manad.year, manad.month)[1]
