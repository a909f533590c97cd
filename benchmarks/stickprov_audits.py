"""Simulated audits: whether stated bounds hold when people stop early, rates change and reviewers miss errors."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import sqrt
from typing import Any

from audit.stickprov.figures import Opinion, Record, together
from audit.stickprov.rate import Control, Finding, Goal, after_period, after_review, begin
from audit.stickprov.statistics.attribute import most_errors
from audit.stickprov.statistics.exact import ratio
from audit.stickprov.statistics.reviewers import (
    Phases,
    most_errors_by_canaries,
    most_errors_two_phase,
    running_upper_by_canaries,
)
from audit.stickprov.statistics.sequence import running_sequence
from audit.stickprov.statistics.tails import binomial_at_least, binomial_at_most

RISK = Fraction(1, 20)
GOAL = Goal(floor=Fraction(1, 10), tolerable=Fraction(1, 20), target=Fraction(1, 20), minimum=8)
TARGET = ratio(GOAL.target)
RATES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.15)
SENSITIVITY, FALSE_ALARM, SECOND_SHARE = 0.6, 0.002, 0.2
MONTHS, STRATA, CANARIES_A_MONTH, KRONOR_EVERY = 12, 3, 4, 20
FIRST_LOOK, LOOK_EVERY = 20, 5
IGNORED = "misses ignored (not a bound to state)"


@dataclass
class Tally:
    """How many stated bounds held, per kind and, for the exact ones, per true rate."""

    held: Counter[str] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, held: bool) -> None:
        """Count one stated bound."""
        self.stated[kind] += 1
        self.held[kind] += held

    def coverage(self, kind: str) -> dict[str, float]:
        """The share that held, its Monte Carlo standard error, and how many were stated."""
        stated = self.stated[kind]
        share = self.held[kind] / stated
        return {"coverage": round(share, 5), "error": round(sqrt(share * (1 - share) / stated), 5), "stated": stated}


@dataclass
class Stratum:
    """A stratum in one audit, with what is not known to the audit: its true rate, and the second reviewer's skill."""

    rate: float
    size: int
    second: float
    control: Control = field(default_factory=lambda: begin(GOAL))
    failed: set[str] = field(default_factory=set)
    open: bool = True
    months: list["Month"] = field(default_factory=list)

    @property
    def findable(self) -> float:
        """The rate of errors that the reviewers find: what the sequence of found errors estimates."""
        return self.rate * (SENSITIVITY + (1 - SENSITIVITY) * SECOND_SHARE * self.second)


@dataclass
class Canaries:
    """What reviewers made of the known-wrong cases so far."""

    shown: int = 0
    seen: int = 0


@dataclass
class Month:
    """One month of one stratum: tickets and truths, and what the reviews of the picked cases gave."""

    cases: list[tuple[float, bool]]
    reviewed: set[int] = field(default_factory=set)
    reached: float = 0.0
    wrong: int = 0
    cleared: int = 0
    agreed: int = 0
    again: int = 0
    missed: int = 0

    @property
    def errors(self) -> int:
        """How many of the decisions really are wrong."""
        return sum(wrong for _, wrong in self.cases)

    @property
    def drawn(self) -> int:
        """How many of the reviewed ones really are wrong."""
        return sum(self.cases[case][1] for case in self.reviewed)


def simulate(audits: int, seed: int) -> dict[str, Any]:
    """Run the audits. Half have a second reviewer who finds everything, half one who also finds 60 %."""
    tally = Tally()
    reviews = stopped = 0
    for number in range(audits):
        rng = random.Random(f"{seed}/audit/{number}")
        reviewed, ended = _audit(rng, tally, expert=number % 2 == 0, kronor=number % KRONOR_EVERY == 0)
        reviews += reviewed
        stopped += ended
    kinds = [kind for kind in tally.stated if not kind.startswith(("looks:", "rate "))]
    exact = {kind.removeprefix("rate "): tally.coverage(kind) for kind in sorted(tally.stated) if kind[:5] == "rate "}
    return {
        "audits": audits,
        "reviews": reviews,
        "strata_stopped_or_assured_early": stopped,
        "coverage": {kind: tally.coverage(kind) for kind in sorted(kinds)},
        "coverage_exact_by_true_rate": exact,
        "repeated_looks": {
            kind.removeprefix("looks:"): {
                "failed": round(1 - found["coverage"], 5),
                "error": found["error"],
                "runs": int(found["stated"]),
            }
            for kind in sorted(tally.stated)
            if kind.startswith("looks:")
            for found in [tally.coverage(kind)]
        },
    }


def _audit(rng: random.Random, tally: Tally, *, expert: bool, kronor: bool) -> tuple[int, int]:
    second = 1.0 if expert else SENSITIVITY
    strata = [Stratum(rng.choice(RATES), rng.randint(30, 90), second) for _ in range(STRATA)]
    canaries = Canaries()
    reviews = 0
    for _ in range(MONTHS):
        for _ in range(CANARIES_A_MONTH):
            canaries.shown += 1
            canaries.seen += rng.random() < SENSITIVITY
        months = [(stratum, _month(rng, stratum, canaries)) for stratum in strata if stratum.open]
        for stratum, month in months:
            reviews += len(month.reviewed)
            stratum.months.append(month)
            _state(tally, "month", [month], canaries, expert=expert)
            exact = _errors(month.drawn, [month]) >= month.errors
            tally.add(f"rate {stratum.rate}", exact)
            stratum.control = after_period(stratum.control, GOAL).control
        _state_together(tally, months)
        if kronor and months:
            _state_kronor(rng, tally, months)
        for stratum in strata:
            _stop_if_shown(rng, stratum)
    for stratum in strata:
        if len(stratum.months) == MONTHS:
            _state(tally, "year", stratum.months, canaries, expert=expert)
        for kind in ("sequence", "clopper_pearson", "true_rate_by_canaries"):
            tally.add(f"looks:{kind}", kind not in stratum.failed)
        if stratum.findable >= TARGET:
            for kind in ("sequence assures falsely", "clopper_pearson assures falsely"):
                tally.add(f"looks:{kind}", kind not in stratum.failed)
    return reviews, sum(not stratum.open for stratum in strata)


def _month(rng: random.Random, stratum: Stratum, canaries: Canaries) -> Month:
    month = Month([(rng.random(), rng.random() < stratum.rate) for _ in range(stratum.size)])
    month.reached = ratio(stratum.control.rate)
    for arrived, (u, _) in enumerate(month.cases):
        if u < month.reached:
            _review(rng, stratum, month, arrived, canaries)
            _backwards(rng, stratum, month, arrived, canaries)
    for n in sorted(range(len(month.cases)), key=lambda n: month.cases[n][0])[: GOAL.minimum]:
        if n not in month.reviewed:
            _review(rng, stratum, month, n, canaries)
    _backwards(rng, stratum, month, len(month.cases) - 1, canaries)
    return month


def _backwards(rng: random.Random, stratum: Stratum, month: Month, arrived: int, canaries: Canaries) -> None:
    """A rate that rose reaches the earlier cases too, and what is found there can raise it again."""
    while (rate := ratio(stratum.control.rate)) > month.reached:
        month.reached = rate
        for n in range(arrived + 1):
            if month.cases[n][0] < rate and n not in month.reviewed:
                _review(rng, stratum, month, n, canaries)


def _review(rng: random.Random, stratum: Stratum, month: Month, n: int, canaries: Canaries) -> None:
    month.reviewed.add(n)
    wrong = month.cases[n][1]
    flagged = rng.random() < (SENSITIVITY if wrong else FALSE_ALARM)
    error = flagged and wrong
    if flagged:
        month.wrong += wrong
        month.cleared += not wrong
    else:
        month.agreed += 1
        if rng.random() < SECOND_SHARE:
            month.again += 1
            error = wrong and rng.random() < stratum.second
            month.missed += error
    step = after_review(stratum.control, GOAL, Finding("error" if error else "right"))
    stratum.control = step.control
    if error or stratum.control.reviewed % LOOK_EVERY == 0:
        _look(stratum, canaries)


@cache
def _read(x: int, n: int) -> tuple[float, float, bool]:
    """What a person can read after n reviews with x errors: the sequence, and whether the exact test assures."""
    lower, upper = running_sequence(x, n, RISK)
    return lower, upper, binomial_at_most(x, n, TARGET) < ratio(RISK)


@cache
def _read_by_canaries(x: int, n: int, seen: int, shown: int) -> float:
    return running_upper_by_canaries(x, n, seen=seen, shown=shown, alpha=RISK)


def _look(stratum: Stratum, canaries: Canaries) -> None:
    """What could be read here, and whether it was true."""
    x, n, q = stratum.control.errors, stratum.control.reviewed, stratum.findable
    lower, upper, assured = _read(x, n)
    if not lower <= q <= upper:
        stratum.failed.add("sequence")
    if upper < TARGET <= q:
        stratum.failed.add("sequence assures falsely")
    if _read_by_canaries(x, n, canaries.seen, canaries.shown) < stratum.rate:
        stratum.failed.add("true_rate_by_canaries")
    if n >= FIRST_LOOK and q > 0:
        # The rate lies outside the two-sided Clopper–Pearson limits when one of its tails is at most half the risk.
        if min(binomial_at_least(x, n, q), binomial_at_most(x, n, q)) <= ratio(RISK) / 2:
            stratum.failed.add("clopper_pearson")
        if assured and q >= TARGET:
            stratum.failed.add("clopper_pearson assures falsely")


def _state(tally: Tally, span: str, months: Sequence[Month], canaries: Canaries, *, expert: bool) -> None:
    """A closed span's bounds, each against the errors that there really were."""
    n, size = sum(len(month.reviewed) for month in months), sum(len(month.cases) for month in months)
    errors = sum(month.errors for month in months)
    found = sum(month.wrong + month.missed for month in months)
    tally.add(f"{span}, reviewers who find all", _errors(sum(month.drawn for month in months), months) >= errors)
    tally.add(f"{span}, {IGNORED}", most_errors(found, n, size, RISK) >= errors)
    if expert:
        wrong, cleared, agreed, again, missed = (
            sum(one) for one in zip(*((m.wrong, m.cleared, m.agreed, m.again, m.missed) for m in months), strict=True)
        )
        phases = Phases(wrong, cleared, agreed, again, missed)
        tally.add(f"{span}, second review of a share", most_errors_two_phase(phases, size, RISK) >= errors)
    bound = most_errors_by_canaries(found, n, size, seen=canaries.seen, shown=canaries.shown, risk=RISK)
    tally.add(f"{span}, misses by canaries", bound >= errors)


def _errors(drawn: int, months: Sequence[Month], risk: Fraction = RISK) -> int:
    """The exact bound, pooled over the months."""
    n, size = sum(len(month.reviewed) for month in months), sum(len(month.cases) for month in months)
    return most_errors(drawn, n, size, risk)


def _state_together(tally: Tally, months: list[tuple[Stratum, Month]]) -> None:
    if months:
        risk = RISK / len(months)
        bound = sum(_errors(month.drawn, [month], risk) for _, month in months)
        tally.add("month, all strata together", bound >= sum(month.errors for _, month in months))


def _state_kronor(rng: random.Random, tally: Tally, months: list[tuple[Stratum, Month]]) -> None:
    records, over = [], 0
    for place, (_, month) in enumerate(months):
        for n, (_, wrong) in enumerate(month.cases):
            amount = rng.randint(200_000, 1_500_000)
            too_much = round(amount * rng.random() ** 2) if wrong else 0
            over += too_much
            opinion = Opinion("a", "wrong_amount" if wrong else "right", too_much)
            picked = n in month.reviewed
            records.append(
                Record(
                    f"stratum {place}",
                    Fraction(1, 20),
                    amount,
                    frozenset({"random"}) if picked else frozenset(),
                    opinion if picked else None,
                )
            )
    tally.add("month, kronor paid too much", together(records, RISK).kronor.over_upper_ore >= over)


def _stop_if_shown(rng: random.Random, stratum: Stratum) -> None:
    """People stop when the figure suits them: assured below the target, or alarmed above what is tolerable."""
    if not stratum.open:
        return
    lower, upper = stratum.control.sequence(RISK)
    if lower > TARGET or (upper < TARGET and rng.random() < 0.5):
        stratum.open = False
