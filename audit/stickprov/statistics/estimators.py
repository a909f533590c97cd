"""Estimates: totals from unequal probabilities, agreement between reviewers, and rates corrected for their misses."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

from audit.errors import StatisticsError
from audit.stickprov.statistics.exact import ratio


@dataclass(frozen=True)
class Total:
    """An estimated total, its estimated variance, and the inclusion probability of each observed unit."""

    total: Fraction
    variance: Fraction | None
    pi: tuple[Fraction, ...]


def total_with_replacement(y: Sequence[Fraction], p: Sequence[Fraction], draws: int) -> Total:
    """Horvitz–Thompson over the distinct units of ``draws`` draws with replacement, p being each unit's share per draw.

    pi(i) = 1 − (1 − p(i))^draws; pi(i,j) = pi(i) + pi(j) − 1 + (1 − p(i) − p(j))^draws. The variance is the unbiased
    estimator Σ (1 − pi)/pi²·y² + Σ Σ (pi(i,j) − pi(i)·pi(j))/(pi(i)·pi(j)·pi(i,j))·y(i)·y(j). Exact.
    """
    pi = tuple(1 - (1 - one) ** draws for one in p)
    total = sum((value / one for value, one in zip(y, pi, strict=True)), Fraction(0))
    variance = Fraction(0)
    for i, first in enumerate(pi):
        variance += (1 - first) / first**2 * y[i] ** 2
        for j in range(i):
            both = first + pi[j] - 1 + (1 - p[i] - p[j]) ** draws
            if both <= 0:
                return Total(total, None, pi)
            variance += 2 * (both - first * pi[j]) / (first * pi[j] * both) * y[i] * y[j]
    return Total(total, variance, pi)


def total_without_replacement(y: Sequence[Fraction], p: Sequence[Fraction], draws: int) -> Total:
    """Horvitz–Thompson for a sample of fixed size whose inclusion probabilities are draws·p(i), as in systematic PPS.

    The pairs' probabilities do not follow from p, so the variance is Hájek's (1964) approximation, which is exactly
    N²·(1 − n/N)·s²/n when all p are 1/N. None with fewer than two units. Raises `StatisticsError` when draws·p > 1.
    """
    pi = tuple(one * draws for one in p)
    if any(one > 1 for one in pi):
        raise StatisticsError(
            f"draw_p: expected at most 1/draws ({Fraction(1, draws)}) each without replacement, found {max(p)}: take "
            "such a unit for certain, and draw among the others"
        )
    weighted = [value / one for value, one in zip(y, pi, strict=True)]
    total = sum(weighted, Fraction(0))
    spread = sum((1 - one for one in pi), Fraction(0))
    if len(y) < 2 or spread == 0:
        return Total(total, Fraction(0) if y and spread == 0 else None, pi)
    centre = sum(((1 - one) * value for one, value in zip(pi, weighted, strict=True)), Fraction(0)) / spread
    squares = sum(((1 - one) * (value - centre) ** 2 for one, value in zip(pi, weighted, strict=True)), Fraction(0))
    return Total(total, squares * len(y) / (len(y) - 1), pi)


def total_of_independent(y: Sequence[Fraction], pi: Sequence[Fraction]) -> Total:
    """Horvitz–Thompson where each unit was picked on its own lot with probability pi, as tickets do. Exact."""
    total = sum((value / one for value, one in zip(y, pi, strict=True)), Fraction(0))
    variance = sum(((1 - one) / one**2 * value**2 for value, one in zip(y, pi, strict=True)), Fraction(0))
    return Total(total, variance, tuple(pi))


def cohen_kappa(table: Sequence[Sequence[int]]) -> Fraction | None:
    """Agreement of two reviewers beyond chance (Cohen 1960), from a square table: rows one, columns the other.

    Unweighted and exact. None when chance alone gives full agreement (all in one class): kappa is then undefined.
    """
    size = len(table)
    if size < 2 or any(len(row) != size for row in table):
        raise StatisticsError(
            f"table: expected as many columns as rows, at least 2, found {[len(row) for row in table]}"
        )
    total = sum(map(sum, table))
    if total == 0:
        raise StatisticsError("table: expected at least one case, found none")
    agreed = Fraction(sum(table[i][i] for i in range(size)), total)
    columns = [sum(row[j] for row in table) for j in range(size)]
    chance = Fraction(sum(sum(table[i]) * columns[i] for i in range(size)), total**2)
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def fleiss_kappa(table: Sequence[Sequence[int]]) -> Fraction | None:
    """Agreement of several reviewers beyond chance (Fleiss 1971): a row per case, a column per class, counts in them.

    Every row has the same sum, the number of reviewers (at least 2). Exact; None when all chose one class.
    """
    raters = {sum(row) for row in table}
    if not table or len(raters) != 1 or min(raters) < 2 or len({len(row) for row in table}) != 1:
        raise StatisticsError(
            f"table: expected rows of one length and one sum of at least 2 (the reviewers), found sums {sorted(raters)}"
        )
    (each,) = raters
    cases = len(table)
    agreed = Fraction(sum(cell * (cell - 1) for row in table for cell in row), cases * each * (each - 1))
    shares = [Fraction(sum(row[j] for row in table), cases * each) for j in range(len(table[0]))]
    chance = sum((one**2 for one in shares), Fraction(0))
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def rogan_gladen(positives: int, tested: int, sensitivity: Fraction, specificity: Fraction) -> Fraction:
    """The true rate behind a found rate (Rogan and Gladen 1978).

    (found + specificity − 1) / (sensitivity + specificity − 1), cut to 0 … 1.
    Raises `StatisticsError` when sensitivity + specificity ≤ 1: such a reviewer tells nothing.
    """
    skill = sensitivity + specificity - 1
    if skill <= 0:
        raise StatisticsError(
            f"sensitivity: expected more than 1 − specificity ({1 - specificity}), found {sensitivity}: a reviewer no "
            "better than chance tells nothing about the rate"
        )
    return min(Fraction(1), max(Fraction(0), (Fraction(positives, tested) + specificity - 1) / skill))


def size_for_margin(margin: Fraction, share: Fraction, population: int | None, risk: Fraction) -> float:
    """The sample size, not rounded, for a two-sided margin by the normal approximation, with the finite correction.

    z²·N·P·(1 − P) / (margin²·(N − 1) + z²·P·(1 − P)): Krejcie and Morgan 1970; without N: z²·P·(1 − P)/margin².
    """
    z = NormalDist().inv_cdf(1 - ratio(risk) / 2)
    variance = z * z * ratio(share * (1 - share))
    if population is None:
        return variance / ratio(margin**2)
    return population * variance / (ratio(margin**2) * (population - 1) + variance)


def systematic(values: Sequence[Fraction], interval: Fraction, start: Fraction) -> list[int]:
    """Positions of the units hit by start, start + interval, …: unit i holds the points above the sum before it, up to
    and with its own sum. A unit larger than the interval can be hit more than once, and is then given as often.

    Raises `StatisticsError` unless 0 < start ≤ interval.
    """
    if not 0 < start <= interval:
        raise StatisticsError(f"start: expected more than 0 and at most the interval {interval}, found {start}")
    picked = []
    passed, point = Fraction(0), start
    for position, value in enumerate(values):
        passed += value
        while point <= passed:
            picked.append(position)
            point += interval
    return picked
