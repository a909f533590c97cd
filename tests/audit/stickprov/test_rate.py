"""Rate control and brake of a stratum."""

from dataclasses import replace
from fractions import Fraction

import pytest

from audit.errors import StatisticsError
from audit.stickprov.rate import Control, Finding, Goal, Step, after_period, after_review, begin, released, renewed

GOAL = Goal(floor=Fraction(1, 20), tolerable=Fraction(1, 20), target=Fraction(1, 50))
RIGHT, WRONG, UNKNOWN = Finding("right"), Finding("error", "wrong_amount:hyra"), Finding("unknown")


def reviewed(control: Control, *findings: Finding) -> Control:
    """The standing after the reviews."""
    for finding in findings:
        control = after_review(control, GOAL, finding).control
    return control


def test_the_first_error_doubles_the_rate_at_once() -> None:
    """The first error since the floor doubles the rate, backwards in the period; the second does not."""
    step = after_review(begin(GOAL), GOAL, WRONG)
    assert (step.cause, step.effective, step.control.rate, step.stop) == ("first_error", "now", Fraction(1, 10), False)
    second = after_review(reviewed(step.control, *[RIGHT] * 60), GOAL, WRONG)
    assert (second.cause, second.control.rate) == ("", Fraction(1, 10))


def test_two_periods_of_five_with_errors_double_it() -> None:
    """Two of five periods with errors tighten from the next period, and the counting begins anew."""
    control = begin(GOAL)
    causes = []
    for findings in ([WRONG], [RIGHT], [RIGHT], [RIGHT], [WRONG], [RIGHT]):
        step = after_period(reviewed(control, *[RIGHT] * 60, *findings), GOAL)
        control = step.control
        causes.append(step.cause)
    assert causes == ["", "", "", "", "two_of_five", ""]
    assert control.rate == Fraction(1, 5)


def test_errors_six_periods_apart_do_not_tighten() -> None:
    """An error that is older than five periods is forgotten."""
    control = begin(GOAL)
    for findings in ([WRONG], *[[RIGHT]] * 4, [WRONG]):
        control = after_period(reviewed(control, *[RIGHT] * 60, *findings), GOAL).control
    assert control.rate == Fraction(1, 10)


def test_the_rate_never_passes_all() -> None:
    """Doubling ends at every case."""
    control = replace(begin(GOAL), rate=Fraction(3, 4))
    assert reviewed(control, WRONG).rate == 1


def test_the_brake_waits_for_the_lower_bound() -> None:
    """The robot stops exactly when the running sequence's lower bound passes what is tolerable."""
    control = begin(GOAL)
    steps: list[Step] = []
    while not steps or not steps[-1].stop:
        steps.append(after_review(control, GOAL, WRONG))
        control = steps[-1].control
    assert steps[-1].cause == control.stopped == "lower_bound"
    assert control.sequence(GOAL.risk)[0] > 0.05
    assert len(steps) > 1
    assert steps[-2].control.sequence(GOAL.risk)[0] <= 0.05


def test_doubt_never_pulls_the_brake() -> None:
    """What nobody can tell raises the upper bound and not the lower."""
    control = reviewed(begin(GOAL), *[UNKNOWN] * 50)
    assert control.stopped == ""
    assert control.sequence(GOAL.risk)[0] == 0
    assert control.sequence(GOAL.risk)[1] == 1


def test_a_new_kind_of_disadvantage_stops_at_once() -> None:
    """A wrong outcome to somebody's disadvantage stops the robot the first time, until a person has decided."""
    harm = Finding("error", "wrong_outcome:inkomst", disadvantage=True)
    step = after_review(begin(GOAL), GOAL, harm)
    assert (step.cause, step.stop) == ("new_kind", True)
    free = released(step.control, known=frozenset({"wrong_outcome:inkomst"}))
    again = after_review(reviewed(free, *[RIGHT] * 60), GOAL, harm)
    assert (free.stopped, again.stop) == ("", False)
    other = replace(harm, kind="wrong_outcome:hyra")
    assert after_review(free, GOAL, other).cause == "new_kind"


def test_it_is_lowered_only_after_ten_calm_periods() -> None:
    """Ten periods in a row with the upper bound below the target halve the rate, from the next period, to the floor."""
    control = replace(begin(GOAL), rate=Fraction(1, 5), doubled=True, reviewed=400)
    causes = []
    for _ in range(31):
        step = after_period(control, GOAL)
        control = step.control
        causes.append((step.cause, step.effective, control.rate))
    assert causes[8][0] == ""
    assert causes[9] == ("calm", "next", Fraction(1, 10))
    assert causes[19] == ("calm", "next", Fraction(1, 20))
    assert {cause for cause, _, _ in causes[20:]} == {""}


def test_few_reviews_are_never_calm() -> None:
    """Without errors, but with too few reviews to know, nothing is lowered."""
    control = replace(begin(GOAL), rate=Fraction(1, 5), doubled=True)
    for _ in range(12):
        control = after_period(reviewed(control, RIGHT), GOAL).control
    assert (control.rate, control.calm) == (Fraction(1, 5), 0)


def test_new_rules_prove_themselves_and_free_nobody() -> None:
    """The sequence begins again when other rules decide; the rate stays, and so does a stop until a person lets go."""
    before = Control(Fraction(1, 5), reviewed=300, errors=2, unknown=1, calm=4, doubled=True, stopped="new_kind")
    after = renewed(before)
    assert after.sequence(Fraction(1, 20)) == (0.0, 1.0)
    assert (after.rate, after.doubled, after.stopped) == (before.rate, True, "new_kind")


def test_corrected_rules_begin_a_new_sequence() -> None:
    """After a correction the sequence starts again at the same rate; without one it goes on."""
    control = reviewed(begin(GOAL), WRONG, RIGHT)
    anew, on = released(control, anew=True), released(control)
    assert (anew.reviewed, anew.errors, anew.rate) == (0, 0, control.rate)
    assert (on.reviewed, on.errors) == (2, 1)


@pytest.mark.parametrize("wrong", [{"floor": 0}, {"target": Fraction(1, 10)}, {"risk": Fraction(1)}])
def test_an_impossible_goal_is_refused(wrong: dict[str, Fraction]) -> None:
    """A goal without a floor, with a target above what is tolerable, or without risk is refused."""
    with pytest.raises(StatisticsError, match="goal: expected 0 < floor"):
        replace(GOAL, **wrong)  # type: ignore[arg-type] # none of them is the whole number
