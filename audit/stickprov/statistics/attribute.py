"""How many decisions are wrong: sample sizes and exact bounds for a share, with or without a known population.

Every bound and plan is conservative: it rests on the whole tail of the binomial or hypergeometric distribution, never
on the normal approximation. ``confidence`` is one-sided unless the name says two-sided.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from audit.errors import StatisticsError
from audit.stickprov.statistics.exact import ratio
from audit.stickprov.statistics.tails import (
    binomial_at_least,
    binomial_at_most,
    binomial_within,
    hypergeometric_within,
)

MOST_DEVIATIONS = 5_000
CLOSE = 1e-15


def plan_fixed(tolerable: Fraction, allowed: int, risk: Fraction) -> int:
    """The smallest n such that P(X ≤ allowed | n, tolerable) ≤ risk.

    Finding at most ``allowed`` deviations among n then shows, with confidence 1 − risk, that the rate is below
    ``tolerable``. 0 < tolerable < 1. At 95 %: 59 for 5 % and 0 allowed, 299 for 1 %.
    """
    return _smallest(lambda n: binomial_within(allowed, n, tolerable, risk), allowed + 1)


def plan_expected(tolerable: Fraction, expected: Fraction, risk: Fraction) -> tuple[int, int]:
    """The smallest n, and how many deviations it allows: the expected share of n, rounded up exactly.

    The convention of the AICPA audit guide's tables (which print n and the allowed number). Raises `StatisticsError`
    when the expected rate is not below the tolerable, or so close that more than 5 000 deviations would be allowed.
    """
    if not expected < tolerable:
        raise StatisticsError(
            f"expected_rate: expected less than the tolerable rate {tolerable}, found {expected}: no sample can show "
            "that a rate is below what it is"
        )
    n = 1
    for allowed in range(MOST_DEVIATIONS + 1):
        n = _smallest(lambda size, k=allowed: binomial_within(k, size, tolerable, risk), max(n, allowed + 1))  # type: ignore[misc] # k is bound now
        if n * expected <= allowed:
            return n, allowed
    raise StatisticsError(
        f"expected_rate: {expected} lies too close to the tolerable rate {tolerable}: the sample would allow more than "
        f"{MOST_DEVIATIONS} deviations. Raise the tolerable rate or lower the confidence"
    )


def plan_finite(population: int, tolerable: Fraction, allowed: int, risk: Fraction) -> int:
    """The smallest n drawn without replacement such that P(X ≤ allowed) ≤ risk.

    The population holds the smallest whole number of errors that reaches the tolerable rate: ceil(N · rate), exactly.
    Raises `StatisticsError` when that number is not above ``allowed``: then not even all N could show it.
    """
    errors = -(-population * tolerable.numerator // tolerable.denominator)
    if errors <= allowed:
        raise StatisticsError(
            f"allowed_deviations: expected fewer than the {errors} errors that {tolerable} of {population} is, found "
            f"{allowed}: not even a review of everything could show that the rate is lower"
        )
    return _smallest(
        lambda n: n >= population or hypergeometric_within(allowed, risk, population=population, errors=errors, n=n),
        allowed + 1,
    )


def plan_two_stages(tolerable: Fraction, stop_if: int, extend_if: int, risk: Fraction) -> int:
    """The smallest n for each of two equal stages.

    After the first stage: accept with at most ``stop_if`` deviations, go on with more but at most ``extend_if``. After
    the second: accept when both stages together hold at most ``extend_if``. The probability to accept at the tolerable
    rate is at most ``risk``. Raises `StatisticsError` unless 0 ≤ stop_if < extend_if.
    """
    if not 0 <= stop_if < extend_if:
        raise StatisticsError(
            f"extend_if: expected more than stop_at_stage1_if ({stop_if}), found {extend_if}: nothing would be extended"
        )
    rate, limit = ratio(tolerable), ratio(risk)

    def within(n: int) -> bool:
        accepted = binomial_at_most(stop_if, n, rate)
        for found in range(stop_if + 1, extend_if + 1):
            exactly = binomial_at_most(found, n, rate) - binomial_at_most(found - 1, n, rate)
            accepted += exactly * binomial_at_most(extend_if - found, n, rate)
        return accepted <= limit

    return _smallest(within, extend_if + 1)


@lru_cache(maxsize=65536)
def upper_share(x: int, n: int, risk: Fraction) -> float:
    """The one-sided upper Clopper–Pearson limit: the p with P(X ≤ x | n, p) = risk; 1 when x = n. Right to 1e-12."""
    if x >= n:
        return 1.0
    limit = ratio(risk)
    return _crossing(lambda p: binomial_at_most(x, n, p) > limit)


@lru_cache(maxsize=65536)
def lower_share(x: int, n: int, risk: Fraction) -> float:
    """The one-sided lower Clopper–Pearson limit: the p with P(X ≥ x | n, p) = risk; 0 when x = 0. Right to 1e-12."""
    if x <= 0:
        return 0.0
    limit = ratio(risk)
    return _crossing(lambda p: binomial_at_least(x, n, p) < limit)


@lru_cache(maxsize=65536)
def most_errors(x: int, n: int, population: int, risk: Fraction) -> int:
    """The largest number of errors in the population that x errors among n drawn do not reject: P(X ≤ x) > risk.

    "At most so many of N are wrong", with confidence 1 − risk: exact, without replacement.
    """
    low, high = x, population - (n - x)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeometric_within(x, risk, population=population, errors=middle, n=n):
            high = middle - 1
        else:
            low = middle
    return low


def fewest_errors(x: int, n: int, population: int, risk: Fraction) -> int:
    """The smallest number of errors in the population that x errors among n drawn do not reject: P(X ≥ x) > risk."""
    return population - most_errors(n - x, n, population, risk)


def _smallest(holds: Callable[[int], bool], least: int) -> int:
    """The smallest whole number ≥ least that holds, when all larger ones hold too."""
    high = max(1, least)
    if holds(high):
        return high
    low = high
    while not holds(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _crossing(below: Callable[[float], bool]) -> float:
    """Where a condition that holds for small p in (0, 1) stops holding."""
    low, high = 0.0, 1.0
    while high - low > CLOSE * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2
