"""The plan by goal."""

from fractions import Fraction

import pytest

from audit.errors import StatisticsError
from audit.stickprov.plan import Goal, StratumGoal, plan
from audit.stickprov.statistics.attribute import most_errors, plan_finite

RISK = Fraction(1, 20)
FIVE = Fraction(1, 20)


def test_a_stratum_gets_the_exact_size() -> None:
    """One stratum's goal needs the hypergeometric size for the span's decisions, and its bound is then met."""
    spans = plan(Goal((StratumGoal("bifall", 130, FIVE),)))
    assert [span.months for span in spans] == [1, 3, 12]
    for span in spans:
        (row,) = span.rows
        assert row.n == plan_finite(row.population, FIVE, 0, RISK)
        assert most_errors(0, row.n, row.population, RISK) < FIVE * row.population


def test_an_expected_rate_is_survived() -> None:
    """With errors expected the plan allows them, and still shows the goal when it finds so many."""
    (span,) = plan(Goal((StratumGoal("bifall", 400, FIVE, Fraction(1, 100)),)), (1,))
    (row,) = span.rows
    assert row.allowed >= row.n * Fraction(1, 100)
    assert most_errors(row.allowed, row.n, row.population, RISK) < FIVE * row.population


def test_a_small_stratum_must_be_reviewed_whole() -> None:
    """In a month with 12 decisions nearly all must be seen to show 2 %; with none allowed to be wrong, all."""
    (span,) = plan(Goal((StratumGoal("avslag", 12, Fraction(1, 50)),)), (1,))
    assert span.rows[0].n == 12
    assert span.rows[0].whole


def test_todays_rate_is_compared() -> None:
    """Each row tells what today's rate would leave open without finding any error."""
    (span,) = plan(Goal((StratumGoal("bifall", 100, FIVE),), present=Fraction(1, 20)), (1,))
    assert (span.rows[0].present_n, span.rows[0].present_upper) == (5, most_errors(0, 5, 100, RISK))


def test_a_total_is_met_together() -> None:
    """A goal for all strata is met by bounds at a share of the risk, and a thousandth less would not meet it."""
    strata = (StratumGoal("a", 600, largest_ore=1_000_000, paid_ore=300_000_000), StratumGoal("b", 300))
    (span,) = plan(Goal(strata, tolerable=Fraction(1, 50), kronor_ore=30_000_000), (1,))
    assert span.upper_errors <= span.population / 50
    assert span.upper_kronor_ore <= 30_000_000
    fewer = [row.n - 1 - row.population // 1000 for row in span.rows]
    errors = sum(most_errors(0, n, row.population, RISK / 2) for n, row in zip(fewer, span.rows, strict=True))
    assert errors > span.population / 50 or span.upper_kronor_ore > 29_000_000


def test_a_longer_span_needs_less_each_month() -> None:
    """A pooled year reaches the same goal with fewer reviews a month than a month does."""
    month, _, year = plan(Goal((StratumGoal("bifall", 130, FIVE),)))
    assert year.reviews / 12 < month.reviews / 2


def test_hours_follow_the_minutes() -> None:
    """Review hours are reviews times minutes."""
    (span,) = plan(Goal((StratumGoal("bifall", 130, FIVE),)), (1,))
    assert span.hours(Fraction(20)) == Fraction(span.reviews, 3)


def test_an_expected_rate_above_the_tolerable_is_refused() -> None:
    """No plan shows less than what is expected."""
    with pytest.raises(StatisticsError, match="bifall: expected an expected rate below the tolerable"):
        Goal((StratumGoal("bifall", 130, FIVE, FIVE),))
