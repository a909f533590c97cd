"""How many kronor are wrong: monetary unit sampling, and the Stringer bound for overstatement."""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, lgamma, log

from audit.errors import StatisticsError
from audit.stickprov.statistics.attribute import upper_share
from audit.stickprov.statistics.exact import ratio

MOST_UNITS = 10_000_000
SERIES_ENDS = 1e-17
TINY = 1e-300


def plan_units(tolerable: Fraction, expected_share: Fraction, risk: Fraction) -> int:
    """The smallest number n of monetary units with P(Gamma(1 + n·tolerable·expected_share) ≤ n·tolerable) ≥ 1 − risk.

    ``tolerable`` is the tolerable misstatement as a share of the book value, ``expected_share`` the expected
    misstatement as a share of the tolerable. The convention of the AICPA audit guide's MUS table: the expected number
    of wrong units is not rounded. 95 % and tolerable 5 %: 60 with none expected, 93 with 0.2.
    """
    if not 0 <= expected_share < 1:
        raise StatisticsError(
            f"ratio_expected_to_tolerable: expected from 0 to less than 1, found {expected_share}: what is expected "
            "must be less than what is tolerable"
        )
    wanted = 1 - ratio(risk)

    def enough(n: int) -> bool:
        units = ratio(n * tolerable)
        return gamma_share(1 + units * ratio(expected_share), units) >= wanted

    low, high = 0, 1
    while not enough(high):
        low, high = high, 2 * high
        if low > MOST_UNITS:
            raise StatisticsError(
                f"ratio_expected_to_tolerable: {expected_share} lies so close to 1 that more than {MOST_UNITS} units "
                "are needed. Raise the tolerable misstatement or lower the confidence"
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def stringer(n: int, taints: Sequence[Fraction], risk: Fraction) -> tuple[Fraction, float]:
    """(most likely, upper) misstatement as shares of the book value, from n monetary units drawn with replacement.

    upper = p(0) + Σ (p(j) − p(j−1))·t(j), with p(j) the one-sided Clopper–Pearson limit for j errors among n, and the
    taints t (0 to 1, overstatement only) from the largest to the smallest. Taints of 0 may be left out.
    """
    if len(taints) > n:
        raise StatisticsError(f"taints: expected at most n ({n}) of them, found {len(taints)}")
    upper = upper_share(0, n, risk)
    for rank, taint in enumerate(sorted(taints, reverse=True), 1):
        upper += (upper_share(rank, n, risk) - upper_share(rank - 1, n, risk)) * ratio(taint)
    return sum(taints, Fraction(0)) / n, upper


def gamma_share(a: float, x: float) -> float:
    """P(Gamma(a) ≤ x): the regularized lower incomplete gamma function, relative error about 1e-13. a > 0, x ≥ 0."""
    if x <= 0:
        return 0.0
    if x < a + 1:
        term = total = 1 / a
        step = a
        while term > SERIES_ENDS * total:
            step += 1
            term *= x / step
            total += term
        return total * exp(a * log(x) - x - lgamma(a))
    return 1 - _upper_gamma(a, x)


def _upper_gamma(a: float, x: float) -> float:
    """The continued fraction for x ≥ a + 1, by Lentz's method."""
    b = x + 1 - a
    c, d = 1 / TINY, 1 / b
    found = d
    step = 0
    change = 0.0
    while abs(change - 1) > 1e-15:
        step += 1
        weight = -step * (step - a)
        b += 2
        d = 1 / ((weight * d + b) or TINY)
        c = (b + weight / c) or TINY
        change = c * d
        found *= change
        if step > MOST_UNITS:
            break
    return found * exp(a * log(x) - x - lgamma(a))
