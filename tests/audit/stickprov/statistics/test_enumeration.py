"""The statistics against counting every possibility, in whole numbers and fractions."""

from fractions import Fraction
from itertools import product
from math import comb, exp, factorial

import pytest

from audit.stickprov.statistics import attribute, compute, estimators, kronor, tails

RISKS = (Fraction(1, 20), Fraction(1, 10), Fraction(1, 100))


def binomial(x: int, n: int, p: Fraction) -> Fraction:
    """P(X ≤ x), exactly."""
    return sum((comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(x + 1)), Fraction(0))


def hypergeometric(x: int, population: int, errors: int, n: int) -> Fraction:
    """P(X ≤ x) without replacement, exactly."""
    ways = sum(comb(errors, i) * comb(population - errors, n - i) for i in range(min(x, n) + 1))
    return Fraction(ways, comb(population, n))


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("allowed", [0, 1, 3])
@pytest.mark.parametrize("rate", [Fraction(1, 10), Fraction(1, 4)])
def test_a_plan_is_the_smallest(rate: Fraction, allowed: int, risk: Fraction) -> None:
    """The planned n holds the risk, and n − 1 does not."""
    n = attribute.plan_fixed(rate, allowed, risk)
    assert binomial(allowed, n, rate) <= risk < binomial(allowed, n - 1, rate)


@pytest.mark.parametrize(("tolerable", "expected"), [("1/10", "1/100"), ("1/10", "1/25"), ("1/5", "1/10")])
def test_an_expected_rate_is_rounded_up_exactly(tolerable: str, expected: str) -> None:
    """No smaller n holds the risk when it allows its own expected deviations, rounded up without floats."""
    found = compute(
        "attribute_plan_binomial", {"tolerable_rate": tolerable, "expected_rate": expected, "confidence": "0.9"}
    )
    rate, share = Fraction(tolerable), Fraction(expected)
    holding = (n for n in range(1, 500) if binomial(-(-n * share // 1), n, rate) <= Fraction(1, 10))
    n = next(holding)
    assert found == {"n": n, "allowed_deviations": -(-n * share // 1)}


@pytest.mark.parametrize("population", [20, 40, 140])
@pytest.mark.parametrize("allowed", [0, 1])
def test_a_finite_plan_is_the_smallest(population: int, allowed: int) -> None:
    """Without replacement the plan holds for ceil(N · rate) errors: 5 % of 140 is 7, which no float may make 8."""
    risk, rate = Fraction(1, 20), Fraction(1, 10) if population < 100 else Fraction(1, 20)
    n = attribute.plan_finite(population, rate, allowed, risk)
    errors = -(-population * rate // 1)
    assert hypergeometric(allowed, population, errors, n) <= risk
    assert hypergeometric(allowed, population, errors, n - 1) > risk


def test_bounds_in_a_finite_population() -> None:
    """For every outcome of every sample from 12 cases the counts not rejected are those that counting gives."""
    population, half = 12, Fraction(1, 40)
    for n in range(1, population + 1):
        for x in range(n + 1):
            possible = range(x, population - n + x + 1)
            up = [k for k in possible if hypergeometric(x, population, k, n) > half]
            down = [k for k in possible if 1 - hypergeometric(x - 1, population, k, n) > half]
            found = compute("hypergeometric_two_sided_count", {"x": x, "n": n, "N": population, "confidence": "0.95"})
            assert (found["K_low_not_rejected"], found["K_high_not_rejected"]) == (min(down), max(up))


def test_a_tie_is_decided_exactly() -> None:
    """A tail that equals the risk to the last digit is within it, and one that passes it by 1e-30 is not."""
    rate = Fraction(1, 10)
    tail = binomial(2, 50, rate)
    near = tail - Fraction(1, 10**30)
    assert tails.binomial_within(2, 50, rate, tail)
    assert not tails.binomial_within(2, 50, rate, near)
    finite = hypergeometric(1, 50, 5, 20)
    assert tails.hypergeometric_within(1, finite, population=50, errors=5, n=20)
    assert not tails.hypergeometric_within(1, finite - Fraction(1, 10**30), population=50, errors=5, n=20)


@pytest.mark.parametrize(("x", "n"), [(0, 7), (1, 30), (5, 30), (29, 30), (3, 400)])
def test_clopper_pearson_lies_where_the_tail_is_the_risk(x: int, n: int) -> None:
    """At each limit the exact tail equals the risk."""
    risk = Fraction(1, 20)
    upper, lower = Fraction(attribute.upper_share(x, n, risk)), Fraction(attribute.lower_share(x, n, risk))
    assert binomial(x, n, upper) == pytest.approx(0.05, rel=1e-9)
    assert lower == 0 if x == 0 else 1 - binomial(x - 1, n, lower) == pytest.approx(0.05, rel=1e-9)


def test_two_stages_accept_with_the_risk() -> None:
    """By counting all outcomes of both stages: the planned n holds the risk, and n − 1 does not."""
    rate, risk = Fraction(1, 10), Fraction(1, 10)

    def accepted(n: int) -> Fraction:
        weights = [comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(n + 1)]
        return sum(
            (weights[a] * weights[b] for a in range(n + 1) for b in range(n + 1) if a <= 1 or (a <= 3 and a + b <= 3)),
            Fraction(0),
        )

    n = attribute.plan_two_stages(rate, 1, 3, risk)
    assert accepted(n) <= risk < accepted(n - 1)


@pytest.mark.parametrize("x", [0.5, 3.0, 12.0, 40.0])
@pytest.mark.parametrize("a", [1, 2, 7, 30])
def test_the_gamma_function_counts_poisson(a: int, x: float) -> None:
    """P(Gamma(a) ≤ x) is the chance of at least a events where x are expected."""
    fewer = sum(exp(-x) * x**i / factorial(i) for i in range(a))
    assert kronor.gamma_share(a, x) == pytest.approx(1 - fewer, rel=1e-9, abs=1e-12)


def test_stringer_between_its_ends() -> None:
    """Without taints the bound is that for no error, with whole taints that for so many; between, in between."""
    risk, whole = Fraction(1, 20), [Fraction(1)] * 3
    none, half = kronor.stringer(80, [], risk)[1], kronor.stringer(80, [Fraction(1, 2)] * 3, risk)[1]
    assert none == attribute.upper_share(0, 80, risk)
    assert kronor.stringer(80, whole, risk)[1] == pytest.approx(attribute.upper_share(3, 80, risk))
    assert half == pytest.approx((none + attribute.upper_share(3, 80, risk)) / 2)
    mixed = [Fraction(1, 10), Fraction(1), Fraction(1, 2)]
    steps = [attribute.upper_share(k, 80, risk) for k in range(4)]
    by_hand = steps[0] + (steps[1] - steps[0]) + (steps[2] - steps[1]) / 2 + (steps[3] - steps[2]) / 10
    likely, upper = kronor.stringer(80, mixed, risk)
    assert likely == Fraction(2, 100)
    assert upper == pytest.approx(by_hand)


def test_horvitz_thompson_is_unbiased() -> None:
    """Over all draws with replacement from four units, total and variance estimate what they claim, exactly."""
    y, p, draws = [Fraction(v) for v in (3, 10, 0, 7)], [Fraction(v, 10) for v in (1, 4, 2, 3)], 3
    mean = square = spread = Fraction(0)
    for drawn in product(range(4), repeat=draws):
        chance = p[drawn[0]] * p[drawn[1]] * p[drawn[2]]
        units = sorted(set(drawn))
        found = estimators.total_with_replacement([y[i] for i in units], [p[i] for i in units], draws)
        assert found.variance is not None
        mean += chance * found.total
        square += chance * found.total**2
        spread += chance * found.variance
    assert mean == sum(y)
    assert spread == square - mean**2


def test_equal_shares_without_replacement_are_a_simple_sample() -> None:
    """With draw_p = 1/N the variance is N²·(1 − n/N)·s²/n."""
    y = [Fraction(v) for v in (4, 9, 11)]
    found = estimators.total_without_replacement(y, [Fraction(1, 10)] * 3, 3)
    mean = sum(y, Fraction(0)) / 3
    s2 = sum(((v - mean) ** 2 for v in y), Fraction(0)) / 2
    assert found.total == 10 * mean
    assert found.variance == 100 * (1 - Fraction(3, 10)) * s2 / 3


def test_systematic_picks_by_size() -> None:
    """Over all starts each unit is hit in proportion to its size, a large one more than once."""
    values, interval = [Fraction(v) for v in (1, 5, 2, 0, 10)], Fraction(6)
    hits = [0] * 5
    for start in range(1, 7):
        for place in estimators.systematic(values, interval, Fraction(start)):
            hits[place] += 1
    assert hits == values
