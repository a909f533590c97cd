"""Rate control and brake of a stratum: when more is reviewed, when less, and when the robot stops. Pure functions.

The rate begins at a floor. The first error since it stood at the floor doubles it, and so does every time two of five
periods had errors (ISO 2859-1's rule for tightening). Both take effect at once, backwards in the period. It is halved,
from the next period, only when the upper bound has been below the target for ten periods. The robot stops in the
stratum when the running sequence shows that the error rate has passed what is tolerable, or on a wrong outcome of a new
kind to somebody's disadvantage; only a named person lets it go on.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from audit.errors import StatisticsError
from audit.stickprov.statistics.exact import ratio
from audit.stickprov.statistics.sequence import running_sequence

Cause = Literal["", "first_error", "two_of_five", "calm", "lower_bound", "new_kind"]
Result = Literal["right", "error", "unknown"]
WINDOW, REFUSED = 5, 2


@dataclass(frozen=True)
class Goal:
    """What the controller wants of a stratum. Rates are shares of its decisions.

    ``floor`` is the lowest rate and ``minimum`` the lowest number of reviews a period; ``tolerable`` is the error rate
    the robot must not pass, ``target`` the one the upper bound must be below before less is reviewed; ``risk`` is
    1 − confidence. Raises `StatisticsError`.
    """

    floor: Fraction
    tolerable: Fraction
    target: Fraction
    minimum: int = 5
    risk: Fraction = Fraction(1, 20)
    calm_periods: int = 10

    def __post_init__(self) -> None:
        if not 0 < self.floor <= 1 or not 0 < self.target <= self.tolerable < 1 or not 0 < self.risk < 1:
            raise StatisticsError(
                "goal: expected 0 < floor ≤ 1, 0 < target ≤ tolerable < 1 and 0 < risk < 1, found "
                f"floor {self.floor}, target {self.target}, tolerable {self.tolerable}, risk {self.risk}"
            )


@dataclass(frozen=True)
class Control:
    """Where a stratum stands. ``reviewed``, ``errors`` and ``unknown`` run over periods, since the sequence began."""

    rate: Fraction
    reviewed: int = 0
    errors: int = 0
    unknown: int = 0
    period_errors: int = 0
    doubled: bool = False
    recent: tuple[bool, ...] = ()
    calm: int = 0
    known: frozenset[str] = frozenset()
    stopped: Cause = ""

    def sequence(self, risk: Fraction) -> tuple[float, float]:
        """(lower, upper) for the error rate: what could not be told counts as right below and as wrong above."""
        lower = running_sequence(self.errors, self.reviewed, risk)[0]
        return lower, running_sequence(self.errors + self.unknown, self.reviewed, risk)[1]


@dataclass(frozen=True)
class Finding:
    """A review's result: "unknown" is "cannot tell" and overdue.

    ``kind`` names what was wrong, for example class and cause ("wrong_outcome:inkomst"); ``disadvantage``: the outcome
    was wrong to the person's disadvantage.
    """

    result: Result
    kind: str = ""
    disadvantage: bool = False


@dataclass(frozen=True)
class Step:
    """What follows: the stratum's new standing, and why it changed.

    ``effective`` "now" means backwards in the period, "next" from the next. ``stop``: pull the brake on the stratum.
    """

    control: Control
    cause: Cause = ""
    effective: Literal["now", "next"] = "now"

    @property
    def stop(self) -> bool:
        """Whether the robot must stop in the stratum."""
        return self.cause in ("lower_bound", "new_kind")


def begin(goal: Goal, rate: Fraction | None = None) -> Control:
    """A stratum with nothing reviewed, at the rate or at the goal's floor: a new stratum, or a new build."""
    return Control(goal.floor if rate is None else max(rate, goal.floor))


def after_review(control: Control, goal: Goal, finding: Finding) -> Step:
    """The standing after one more review of the random lane."""
    wrong = finding.result == "error"
    found = replace(
        control,
        reviewed=control.reviewed + 1,
        errors=control.errors + wrong,
        unknown=control.unknown + (finding.result == "unknown"),
        period_errors=control.period_errors + wrong,
    )
    if wrong and finding.disadvantage and finding.kind not in found.known:
        return Step(replace(found, stopped="new_kind"), "new_kind")
    if wrong and found.sequence(goal.risk)[0] > ratio(goal.tolerable):
        return Step(replace(found, stopped="lower_bound"), "lower_bound")
    if wrong and not found.doubled:
        return Step(replace(found, rate=_double(found.rate), doubled=True), "first_error")
    return Step(found)


def after_period(control: Control, goal: Goal) -> Step:
    """The standing when a period has ended and all its reviews are in or overdue."""
    recent = (*control.recent, control.period_errors > 0)[-WINDOW:]
    calm = control.calm + 1 if control.sequence(goal.risk)[1] < ratio(goal.target) else 0
    ended = replace(control, recent=recent, calm=calm, period_errors=0)
    if sum(recent) >= REFUSED:
        return Step(replace(ended, rate=_double(ended.rate), doubled=True, recent=()), "two_of_five", "next")
    if calm >= goal.calm_periods and ended.rate > goal.floor:
        rate = max(goal.floor, ended.rate / 2)
        return Step(replace(ended, rate=rate, calm=0, doubled=rate > goal.floor), "calm", "next")
    return Step(ended)


def released(control: Control, *, known: frozenset[str] = frozenset(), anew: bool = False) -> Control:
    """The standing after a named person let the robot go on.

    ``known``: kinds of error the person has decided about, which do not stop the robot again by themselves. ``anew``:
    the rules were corrected, so the sequence begins again; the rate stays.
    """
    free = replace(control, stopped="", known=control.known | known)
    return renewed(free) if anew else free


def renewed(control: Control) -> Control:
    """The standing when other rules begin to decide: the sequence begins again; rate and stop are what they were."""
    return replace(control, reviewed=0, errors=0, unknown=0, calm=0, recent=())


def _double(rate: Fraction) -> Fraction:
    return min(Fraction(1), 2 * rate)
