"""Tails of the binomial and the hypergeometric distribution: floats for bounds, integers where a comparison decides.

A plan's size is a whole number, so it hangs on one comparison: is the tail at most the risk? The float tail is right to
about 10 digits. Where it lies closer to the risk than a millionth of it, integers of any length decide instead.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import comb, exp, expm1, lgamma, log, log1p

from audit.stickprov.statistics.exact import ratio

NEAR = 1e-6
NEGLIGIBLE = 1e-18


def binomial_at_most(x: int, n: int, p: float) -> float:
    """P(X ≤ x) for n trials with probability p, 0 < p < 1; relative error about 1e-11 for n up to a million."""
    if x < 0:
        return 0.0
    if x >= n:
        return 1.0
    if x == 0:
        return exp(n * log1p(-p))
    return min(1.0, _summed(_binomial(x, n, p), (i * (1 - p) / ((n - i + 1) * p) for i in range(x, 0, -1))))


def binomial_at_least(x: int, n: int, p: float) -> float:
    """P(X ≥ x) for n trials with probability p, 0 < p < 1."""
    if x <= 0:
        return 1.0
    if x > n:
        return 0.0
    if x == 1:
        return -expm1(n * log1p(-p))
    return min(1.0, _summed(_binomial(x, n, p), ((n - i) * p / ((i + 1) * (1 - p)) for i in range(x, n))))


def binomial_within(x: int, n: int, p: Fraction, risk: Fraction) -> bool:
    """Whether P(X ≤ x) ≤ risk, for 0 < p < 1: exact."""
    guess = binomial_at_most(x, n, ratio(p)) / ratio(risk) - 1
    if abs(guess) > NEAR:
        return guess < 0
    hit, miss = p.numerator, p.denominator - p.numerator
    term: int = miss**n
    whole: int = p.denominator**n
    tail = term
    for i in range(min(x, n)):
        term = term * (n - i) * hit // ((i + 1) * miss)
        tail += term
    return tail * risk.denominator <= risk.numerator * whole


def hypergeometric_at_most(x: int, *, population: int, errors: int, n: int) -> float:
    """P(X ≤ x) errors among n drawn without replacement from a population that holds so many errors."""
    lowest, highest = max(0, n - (population - errors)), min(n, errors)
    if x < lowest:
        return 0.0
    if x >= highest:
        return 1.0
    logged = _log_choose(errors, x) + _log_choose(population - errors, n - x) - _log_choose(population, n)
    steps = (i * (population - errors - n + i) / ((errors - i + 1) * (n - i + 1)) for i in range(x, lowest, -1))
    return min(1.0, _summed(exp(logged), steps))


def hypergeometric_within(x: int, risk: Fraction, *, population: int, errors: int, n: int) -> bool:
    """Whether P(X ≤ x) ≤ risk without replacement: exact."""
    guess = hypergeometric_at_most(x, population=population, errors=errors, n=n) / ratio(risk) - 1
    if abs(guess) > NEAR:
        return guess < 0
    lowest, highest = max(0, n - (population - errors)), min(n, errors, x)
    tail = sum(comb(errors, i) * comb(population - errors, n - i) for i in range(lowest, highest + 1))
    return tail * risk.denominator <= risk.numerator * comb(population, n)


def _binomial(x: int, n: int, p: float) -> float:
    return exp(_log_choose(n, x) + x * log(p) + (n - x) * log1p(-p))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _summed(first: float, factors: Iterable[float]) -> float:
    """First · (1 + f1 + f1·f2 + …), ended where a falling term no longer counts."""
    term = total = 1.0
    for factor in factors:
        term *= factor
        total += term
        if factor < 1 and term < NEGLIGIBLE * total:
            break
    return first * total
