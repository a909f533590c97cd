"""Where a case must end, worked out from how it was made: own arithmetic, own table, nothing from the process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from testbed.scenario.draft import Draft, Row
from testbed.scenario.norm import (
    CONFIRMED,
    FIRST_YEAR,
    LAST_YEAR,
    LUNCH_DERIVED,
    child_amount,
    norm_of,
    shared_amount,
)
from testbed.scenario.people import Child

PRICE_BASE_AMOUNT_FROM = (
    2023  # the price base amount is known from this year: without it children's pay cannot be judged
)
ACTIVITY_DUTY_FROM = date(2026, 10, 1)  # proposed law; until it is confirmed a person decides
STOPPED_AT_ONCE = frozenset({"skyddad", "identitet_utan_registertraff"})
NOT_OURS_TO_REFUSE = "beslutsratt.avslag"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Expected:
    """The end of a case. ``amount`` is SEK for the month and None unless the robot decides.

    Every one of ``reasons`` must be among those given; one that ends with a dot is the beginning of a code.
    """

    ends: Literal["decided", "person"]
    outcome: Literal["bifall"] | None = None
    amount: Decimal | None = None
    reasons: frozenset[str] = frozenset()


def expected_of(draft: Draft) -> Expected:
    """The end of a finished draft."""
    reasons = frozenset(draft.reasons)
    if not reasons & STOPPED_AT_ONCE:
        reasons |= reasons_of_the_month(draft.month, draft.children)
    if not FIRST_YEAR <= draft.month.year <= LAST_YEAR:
        reasons -= {NOT_OURS_TO_REFUSE}  # without the norm there is no outcome to refuse
    if reasons:
        return Expected("person", reasons=reasons)
    amount = deficit(
        month=draft.month,
        adults=len(draft.adults),
        children=draft.children,
        living_in_home=draft.living_in_home,
        income=counted_income(draft.incomes, stimulus=draft.job_stimulus),
        costs=total(draft.expenses) + total(draft.special),
    )
    if amount <= 0:
        raise ValueError(f"archetype '{draft.archetype}': decided without a deficit ({amount} SEK); lower its incomes")
    return Expected("decided", "bifall", amount)


def reasons_of_the_month(month: date, children: Sequence[Child]) -> frozenset[str]:
    """What sends every case of a month to a person: amounts that are not known or not confirmed."""
    lunch = any(not child.lunch_at_home for child in children)
    unknown_lunch = any(
        child_amount(norm_of(month), child.age(month), lunch_at_home=child.lunch_at_home) is None for child in children
    )
    known = FIRST_YEAR <= month.year <= LAST_YEAR
    reasons = set()
    if not known or month.year < PRICE_BASE_AMOUNT_FROM or unknown_lunch:
        reasons.add("belopp_saknas")
    if (known and month.year not in CONFIRMED) or (lunch and month.year in LUNCH_DERIVED):
        reasons.add("norm_faststalld")
    if ACTIVITY_DUTY_FROM <= month <= date(LAST_YEAR, 12, 1):
        reasons.add("aktivitetskrav_ej_tillampligt")
    return frozenset(reasons)


def norm_total(month: date, *, adults: int, children: Sequence[Child], living_in_home: int | None) -> Decimal:
    """The household's norm, SEK/month. Raises ValueError when a child's column is not known that year."""
    norm = norm_of(month)
    personal = norm.couple if adults == 2 else norm.single
    for child in children:
        amount = child_amount(norm, child.age(month), lunch_at_home=child.lunch_at_home)
        if amount is None:
            raise ValueError(f"the column without lunch is not known for {month.year}")
        personal += amount
    return personal + shared_amount(norm, adults + len(children), living_in_home)


def deficit(
    *, month: date, adults: int, children: Sequence[Child], living_in_home: int | None, income: Decimal, costs: Decimal
) -> Decimal:
    """Norm and costs minus counted income, SEK/month. Negative when the income is enough."""
    return norm_total(month, adults=adults, children=children, living_in_home=living_in_home) + costs - income


def counted_income(rows: Sequence[Row], *, stimulus: bool) -> Decimal:
    """Incomes, SEK/month; with jobbstimulans a fourth of the applicant's wage does not count (öre, half up)."""
    wage = total([row for row in rows if row.kind == "SALARY" and row.person == 1])
    disregarded = (wage / 4).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) if stimulus else ZERO
    return total(rows) - disregarded


def total(rows: Sequence[Row]) -> Decimal:
    """The sum of some rows, SEK."""
    return sum((row.amount for row in rows), ZERO)
