"""What the controller's plan stands on: decisions a month, review times, and what a goal or a rate costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from audit.stickprov.period import Period, periods, read_period
from audit.stickprov.plan import SPANS, Goal, Span, StratumGoal
from audit.stickprov.plan import plan as planned
from audit.stickprov.statistics.attribute import most_errors
from desk.web import Desk
from robot.definition.model import Stickprov
from robot.engine.periods import RISK
from robot.engine.sample_goal import SampleGoal, StatedGoal, stated_goal
from robot.engine.sample_history import History, read_history

MINUTES = Fraction(30)


@dataclass(frozen=True)
class Work:
    """What a rate costs in a stratum and month: ``decisions``, of them ``reviews``, and what these can show.

    ``upper``: at most so many decisions are wrong, when no error is found.
    """

    stratum: str
    rate: Fraction
    decisions: int
    reviews: int
    upper: int
    hours: float


@dataclass(frozen=True)
class Ground:
    """What the plan of a process stands on. ``goal``: the one that a controller has set."""

    process: str
    plan: Stickprov
    period: Period | None
    history: History
    minutes: Fraction
    goal: StatedGoal | None

    def work(self, changed: Mapping[str, Fraction] | None = None) -> list[Work]:
        """Every stratum of the open period, with other rates where they are changed."""
        strata = self.period.strata.values() if self.period else ()
        return [self._work(one.name, (changed or {}).get(one.name, one.rate), one.minimum) for one in strata]

    def spans(self, goal: SampleGoal, today: date) -> list[Span]:
        """What the goal costs in a month, a quarter, a year and the time until it must be shown.

        Nothing when the journal knows no decisions yet. Raises `StatisticsError` for a goal that no review can show.
        """
        strata = tuple(
            StratumGoal(name, known.a_month, largest_ore=max(known.amounts, default=0), paid_ore=known.paid_ore)
            for name, known in sorted(self.history.strata.items())
            if known.a_month
        )
        if not strata:
            return []
        left = months_left(goal, today)
        wanted = Goal(strata, tolerable=goal.tolerable, kronor_ore=goal.kronor_ore)
        return planned(wanted, (*SPANS, *([left] if left else [])))

    def _work(self, stratum: str, rate: Fraction, minimum: int) -> Work:
        known = self.history.strata.get(stratum)
        decisions = known.a_month if known else 0
        drawn = -(-decisions * rate.numerator // rate.denominator)
        reviews = min(decisions, max(minimum, drawn))
        again = reviews * (1 + self.plan.second)
        return Work(
            stratum,
            rate,
            decisions,
            reviews,
            most_errors(0, reviews, decisions, RISK) if decisions else 0,
            float(again * self.minutes / 60),
        )


def ground_of(desk: Desk, process: str, plan: Stickprov) -> Ground:
    """The ground of a process that has a stickprov."""
    journal = desk.house.ledger.journal
    with desk.house.database.read() as session:
        known = periods(session, process)
        period = read_period(journal, session, process, known[-1]) if known else None
        history = read_history(session, process)
        goal = stated_goal(journal, session, process)
    return Ground(process, plan, period, history, history.minutes or MINUTES, goal)


def months_left(goal: SampleGoal, today: date) -> int | None:
    """The months until the goal must be shown, this and the last counted; None without a date, 0 when it is past."""
    if goal.by is None:
        return None
    return max(0, (goal.by.year - today.year) * 12 + goal.by.month - today.month + 1)
