"""A tiny rule book for tests: a norm by household size, an income, and what is left."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from robot.rules import AmountInterval, AmountTable, Cells, FactDeclaration, RuleBook, Undetermined, rule

MARCH = date(2025, 3, 1)


@rule(law="Provlag 1 §", since="2025-01-01")
@rule(law="Äldre provlag 1 §", since="2020-01-01", until="2024-12-31")
def norm(personer: int, tabell: dict[int, Decimal]) -> Decimal:
    """Normen följer
    av antalet personer.
    """
    return tabell[personer]


@rule(law="Provlag 2 §", since="2020-01-01")
def bidrag(norm: Decimal, inkomst: Decimal) -> Decimal:
    """Normen minus inkomsten."""
    if inkomst < 0:
        raise Undetermined("negativ_inkomst", "Inkomsten är negativ.")
    return norm - inkomst


def interval(first: str, last: str, value: Any, mark: str = "V") -> AmountInterval:
    """An interval of the table."""
    return AmountInterval(date.fromisoformat(first), date.fromisoformat(last), value, "Provlag", mark)


TABLE = AmountTable(
    "tabell",
    "Tabellen",
    "SEK/month",
    dict[int, Decimal],
    (
        interval("2020-01-01", "2024-12-31", Cells("Tabellen", {1: Decimal(4000)})),
        interval("2025-01-01", "2025-12-31", Cells("Tabellen", {1: Decimal(5000), 2: Decimal(8000)}), "D"),
    ),
)
FACTS = {"personer": FactDeclaration("Antal personer", int), "inkomst": FactDeclaration("Inkomst", Decimal)}


def book(*more: Callable[..., Any], facts: dict[str, FactDeclaration] | None = None) -> RuleBook:
    """The book, with more rules and facts."""
    return RuleBook([norm, bidrag, *more], {"tabell": TABLE}, {**FACTS, **(facts or {})})
