"""The plan by goal: how many to review until the goal is shown, and what a month, a quarter or a year cannot show.

Sizes are for closed periods, drawn without replacement, and exact. A goal for one stratum stands by itself. A goal for
all strata together adds up bounds that each hold at risk / number of strata, as the figures do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from audit.errors import StatisticsError
from audit.stickprov.statistics.attribute import most_errors, plan_finite, upper_share

SPANS = (1, 3, 12)
FINEST = 1000


@dataclass(frozen=True)
class StratumGoal:
    """What must be shown of a stratum with so many decisions a month.

    ``tolerable``: at most this share wrong; None for a stratum that only the total speaks of. ``expected``: the error
    rate the plan must survive, and still show the goal. ``largest_ore`` bounds what one decision pays and ``paid_ore``
    what all of a month pay; 0 for refusals.
    """

    name: str
    a_month: int
    tolerable: Fraction | None = None
    expected: Fraction = Fraction(0)
    largest_ore: int = 0
    paid_ore: int = 0


@dataclass(frozen=True)
class Goal:
    """What the controller wants shown, with confidence 1 − ``risk``.

    ``tolerable`` and ``kronor_ore`` (paid too much in a month, öre) speak of all strata together; None: no such goal.
    ``present``: the rate that is reviewed today, for comparison.
    """

    strata: tuple[StratumGoal, ...]
    risk: Fraction = Fraction(1, 20)
    tolerable: Fraction | None = None
    kronor_ore: int | None = None
    present: Fraction = Fraction(1, 20)

    def __post_init__(self) -> None:
        if not self.strata or not 0 < self.risk < 1:
            raise StatisticsError("goal: expected at least one stratum, and a risk between 0 and 1")
        for stratum in self.strata:
            if stratum.tolerable is not None and not stratum.expected < stratum.tolerable < 1:
                raise StatisticsError(
                    f"{stratum.name}: expected an expected rate below the tolerable, and that below 1, found "
                    f"{stratum.expected} and {stratum.tolerable}"
                )


@dataclass(frozen=True)
class Row:
    """A stratum in a span: review ``n`` of ``population``; up to ``allowed`` errors among them still show the goal.

    ``present_n`` cases are what today's rate gives, and ``present_upper`` is how many of the population could then be
    wrong without one error being found. ``whole``: nothing less than all cases shows the goal.
    """

    name: str
    population: int
    n: int
    allowed: int
    present_n: int
    present_upper: int

    @property
    def whole(self) -> bool:
        """Whether every case must be reviewed."""
        return self.n >= self.population


@dataclass(frozen=True)
class Span:
    """The plan for so many months. The upper figures are what the plan shows when no error is found; None: no goal."""

    months: int
    rows: tuple[Row, ...]
    upper_errors: int
    upper_kronor_ore: int

    @property
    def population(self) -> int:
        """How many decisions the span holds."""
        return sum(row.population for row in self.rows)

    @property
    def reviews(self) -> int:
        """How many reviews the span needs."""
        return sum(row.n for row in self.rows)

    def hours(self, minutes: Fraction) -> Fraction:
        """The hours of review, with so many minutes each."""
        return self.reviews * minutes / 60


def plan(goal: Goal, spans: Sequence[int] = SPANS) -> list[Span]:
    """The plan for each span, in months; the shortest first."""
    return [_span(goal, months) for months in sorted(set(spans))]


def _span(goal: Goal, months: int) -> Span:
    needed = [_needed(stratum, months, goal.risk) for stratum in goal.strata]
    each = goal.risk / len(goal.strata)
    populations = [stratum.a_month * months for stratum in goal.strata]

    def sizes(share: int) -> list[int]:
        return [
            max(n, min(population, -(-population * share // FINEST)))
            for (n, _), population in zip(needed, populations, strict=True)
        ]

    def errors(drawn: Sequence[int]) -> int:
        return sum(most_errors(0, n, size, each) for n, size in zip(drawn, populations, strict=True))

    def kronor(drawn: Sequence[int]) -> int:
        return sum(_kronor(stratum, n, months, each) for stratum, n in zip(goal.strata, drawn, strict=True))

    def enough(share: int) -> bool:
        drawn = sizes(share)
        few = goal.tolerable is None or errors(drawn) <= goal.tolerable * sum(populations)
        return few and (goal.kronor_ore is None or kronor(drawn) <= goal.kronor_ore * months)

    drawn = sizes(_first(enough))
    rows = tuple(
        _row(stratum.name, size, n, allowed, goal)
        for stratum, size, n, (_, allowed) in zip(goal.strata, populations, drawn, needed, strict=True)
    )
    return Span(months, rows, errors(drawn), kronor(drawn))


def _row(name: str, population: int, n: int, allowed: int, goal: Goal) -> Row:
    present = min(population, -(-population * goal.present.numerator // goal.present.denominator))
    return Row(name, population, n, allowed, present, most_errors(0, present, population, goal.risk))


def _needed(stratum: StratumGoal, months: int, risk: Fraction) -> tuple[int, int]:
    """(n, allowed) for the stratum's own goal: the smallest that survives its expected rate, or all cases."""
    population = stratum.a_month * months
    if stratum.tolerable is None or population == 0:
        return 0, 0
    allowed = 0
    while allowed < stratum.tolerable * population:
        n = plan_finite(population, stratum.tolerable, allowed, risk)
        if n * stratum.expected <= allowed:
            return n, allowed
        allowed += 1
    return population, floor(stratum.tolerable * population)


def _kronor(stratum: StratumGoal, n: int, months: int, risk: Fraction) -> int:
    """The bound for what is paid too much, in öre, when no error is found: as the figures state it."""
    population = stratum.a_month * months
    if n >= population:
        return 0
    bound = ceil(Fraction(upper_share(0, n, risk)) * population * stratum.largest_ore)
    return min(stratum.paid_ore * months, bound)


def _first(enough: Callable[[int], bool]) -> int:
    """The smallest share, in thousandths, that is enough; all cases always are."""
    low, high = -1, FINEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
