"""Figures of a period: what counts as wrong, and what each bound rests on."""

from fractions import Fraction

import pytest

from audit.errors import StatisticsError
from audit.stickprov.figures import Canaries, Opinion, Record, by_stratum, by_version, over_lanes, together
from audit.stickprov.statistics.attribute import most_errors

RISK = Fraction(1, 20)
HALF = Fraction(1, 2)
RIGHT, WRONG = Opinion("a", "right"), Opinion("a", "wrong_amount", 50_000)
PICKED = frozenset({"random"})


def case(first: Opinion | None = RIGHT, **known: object) -> Record:
    """A reviewed case of the random lane."""
    given = {"stratum": "bifall", "probability": HALF, "amount_ore": 500_000, "lanes": PICKED, "first": first}
    return Record(**(given | known))  # type: ignore[arg-type] # each keyword is a field


def unpicked(number: int, stratum: str = "bifall", amount: int = 500_000) -> list[Record]:
    """Cases that were not picked."""
    return [Record(stratum, HALF, amount)] * number


def test_the_sentence_states_the_exact_bound() -> None:
    """Sixty reviewed of 130 with no error say in words what the hypergeometric bound says."""
    (found,) = by_stratum([*[case()] * 60, *unpicked(70)], RISK)
    assert found.upper_errors == most_errors(0, 60, 130, RISK) == 4
    assert found.sentence == "Med 95 % säkerhet är högst 4 av 130 beslut fel."
    assert found.estimate == 0
    assert found.lower_errors == 0


def test_everything_reviewed_needs_no_confidence() -> None:
    """When all cases are reviewed and right, the sentence says so."""
    (found,) = by_stratum([case()] * 7, RISK)
    assert found.sentence == "Alla 7 beslut är granskade och inget är fel."


@pytest.mark.parametrize(
    "doubtful",
    [
        case(None, overdue=True),
        case(Opinion("a", "cannot_tell")),
        case(RIGHT, second=Opinion("b", "wrong_outcome")),
        case(WRONG, second=Opinion("b", "cannot_tell")),
    ],
)
def test_doubt_counts_as_wrong_above_only(doubtful: Record) -> None:
    """Overdue, "cannot tell" and unsettled disagreement raise the upper bounds like an error, and lower none."""
    (found,) = by_stratum([*[case()] * 30, doubtful, *unpicked(70)], RISK)
    (error,) = by_stratum([*[case()] * 30, case(WRONG), *unpicked(70)], RISK)
    assert found.upper_errors == error.upper_errors
    assert found.sequence[1] == error.sequence[1]
    assert (found.counts.errors, found.counts.unknown, found.lower_errors) == (0, 1, 0)
    assert found.kronor.over_upper_ore >= error.kronor.over_upper_ore


def test_a_settled_disagreement_is_what_was_settled() -> None:
    """What a named person settled counts, whatever the two reviewers said."""
    cleared = case(WRONG, second=Opinion("b", "right"), settled=Opinion("c", "right"))
    (found,) = by_stratum([*[case()] * 30, cleared, *unpicked(70)], RISK)
    assert (found.counts.errors, found.counts.unknown) == (0, 0)


def test_a_review_that_is_not_due_is_left_out() -> None:
    """A picked case that waits within its time is neither reviewed nor wrong, and is shown as waiting."""
    (found,) = by_stratum([*[case()] * 30, case(None), *unpicked(70)], RISK)
    assert (found.waiting, found.counts.sampled, found.counts.counted) == (1, 30, 0)


def test_only_the_random_lane_makes_a_rate() -> None:
    """Errors found by risk or complaint change no figure of the stratum, except that they are cases of it."""
    risky = case(WRONG, lanes=frozenset({"risk"}))
    (found,) = by_stratum([*[case()] * 30, *[risky] * 20, *unpicked(50)], RISK)
    (without,) = by_stratum([*[case()] * 30, *unpicked(70)], RISK)
    assert (found.counts, found.upper_errors) == (without.counts, without.upper_errors)


def test_too_much_and_too_little_are_apart() -> None:
    """What was paid too much is bounded in kronor; what was paid too little is counted in cases and never set off."""
    little = case(Opinion("a", "wrong_amount", -80_000))
    (found,) = by_stratum([*[case()] * 58, case(WRONG), little, *unpicked(70)], RISK)
    assert (found.kronor.over_found_ore, found.kronor.under_found_ore, found.kronor.under_cases) == (50_000, 80_000, 1)
    assert found.kronor.under_upper_cases == most_errors(1, 60, 130, RISK)
    assert 50_000 * 130 // 60 < found.kronor.over_upper_ore < 130 * 500_000


def test_refusals_have_a_count_of_their_own() -> None:
    """Decisions that pay nothing cannot be overpaid: they are bounded by number."""
    refusals = [case(stratum="avslag", amount_ore=0)] * 10 + unpicked(30, "avslag", 0)
    (found,) = by_stratum(refusals, RISK)
    assert found.kronor.over_upper_ore == 0
    assert (found.nothing_paid.population, found.nothing_paid_upper) == (40, most_errors(0, 10, 40, RISK))


def test_kronor_speak_only_of_what_has_an_amount() -> None:
    """Cases with no recorded amount are told apart: they neither thin out the kronor nor count as zero decisions."""
    measured = [*[case()] * 58, case(WRONG), *unpicked(70)]
    by_hand = [case(Opinion("a", "cannot_tell"), amount_ore=None)] * 2 + [Record("bifall", HALF, None)] * 8
    (alone,), (found,) = by_stratum(measured, RISK), by_stratum([*measured, *by_hand], RISK)
    assert found.kronor.over_upper_ore == alone.kronor.over_upper_ore
    assert (found.kronor.unmeasured, alone.kronor.unmeasured) == (10, 0)
    assert found.nothing_paid.population == 0
    assert (found.counts.unknown, found.upper_errors > alone.upper_errors) == (2, True)


def test_what_a_second_reviewer_finds_is_added() -> None:
    """Of 100 agreed cases 20 are reviewed again and one is wrong: five are estimated, and the bound knows it."""
    again = [case(RIGHT, second=Opinion("b", "right"))] * 19
    missed = [case(RIGHT, second=Opinion("b", "wrong_outcome"), settled=Opinion("c", "wrong_outcome"))]
    (found,) = by_stratum([*again, *missed, *[case()] * 80, *unpicked(300)], RISK)
    assert found.adjusted is not None
    assert found.adjusted[0] == Fraction(5, 100)
    assert found.adjusted_upper_errors is not None
    assert found.adjusted_upper_errors > found.upper_errors
    assert found.agreement.pairs == 20
    assert found.agreement.agreed == Fraction(19, 20)


def test_nothing_reviewed_again_says_nothing_about_misses() -> None:
    """Without a second review there is no adjusted rate, and the bound for it is everything not reviewed."""
    (found,) = by_stratum([*[case()] * 50, *unpicked(50)], RISK)
    assert found.adjusted is None
    assert found.adjusted_upper_errors == 100


def test_canaries_widen_the_bound() -> None:
    """Reviewers who saw half of the canaries give a wider bound than those who saw all, and none shown gives none."""
    records = [*[case()] * 60, *unpicked(70)]
    half, most, none = (
        by_stratum(records, RISK, canaries=Canaries(shown, seen))[0].canary_upper_errors
        for shown, seen in ((40, 20), (40, 40), (0, 0))
    )
    assert half is not None
    assert most is not None
    assert 4 < most < half < 130
    assert none == 130


def test_together_adds_stricter_bounds() -> None:
    """All strata: counts are summed, and the bound is the sum of bounds at a share of the risk."""
    records = [*[case()] * 40, *unpicked(40), *[case(stratum="avslag", amount_ore=0)] * 10, *unpicked(30, "avslag", 0)]
    found = together(records, RISK)
    assert found.counts.population == 120
    assert found.upper_errors == most_errors(0, 40, 80, RISK / 2) + most_errors(0, 10, 40, RISK / 2)
    assert found.sentence == f"Med 95 % säkerhet är högst {found.upper_errors} av 120 beslut fel."


def test_every_version_has_figures_of_its_own() -> None:
    """Errors under old rules say nothing of the new ones, and what people decided belongs to no version."""
    old = [case(WRONG, rules="a", build="1"), *[case(rules="a", build="1")] * 9]
    new = [*[case(rules="b", build="1")] * 20, *[Record("bifall", HALF, 500_000, rules="b", build="1")] * 20]
    found = by_version([*old, *new, case(stratum="person_bifall")], RISK)
    assert set(found) == {("a", "1"), ("b", "1")}
    assert found["a", "1"].counts.errors == 1
    assert (found["b", "1"].counts.errors, found["b", "1"].upper_errors) == (0, most_errors(0, 20, 40, RISK))


def test_lanes_are_combined_by_their_probability_only() -> None:
    """Over lanes each error weighs one over its probability; a reviewed case without a probability is refused."""
    risky = case(WRONG, lanes=frozenset({"risk"}), probability=Fraction(1))
    total = over_lanes([case(WRONG), *[case()] * 9, risky, *unpicked(10)])
    assert total.total == 3
    assert total.variance == 2
    with pytest.raises(StatisticsError, match="probability: expected more than 0"):
        over_lanes([case(probability=Fraction(0))])


def test_the_sequence_goes_on_over_periods() -> None:
    """Earlier periods with the same rules are part of the running sequence, and of nothing else."""
    records = [*[case()] * 30, *unpicked(70)]
    (alone,) = by_stratum(records, RISK)
    (longer,) = by_stratum(records, RISK, history={"bifall": (86, 0, 0)})
    assert longer.sequence[1] <= 0.05 < alone.sequence[1]
    assert longer.upper_errors == alone.upper_errors
