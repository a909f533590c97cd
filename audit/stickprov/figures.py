"""What a period's stratified sample shows: errors, kronor and reviewers, per stratum and together. Pure functions.

Only the random lane says how often the robot is wrong. Within a stratum its sample is the n smallest tickets, a simple
random sample of the N cases, so the closed-period bound is exact (hypergeometric). "Cannot tell", unsettled
disagreements and overdue reviews count as errors in every upper bound. Reviews that are not yet due are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import ceil
from operator import attrgetter
from typing import Literal, get_args

from audit.errors import StatisticsError
from audit.stickprov.statistics.attribute import fewest_errors, most_errors
from audit.stickprov.statistics.estimators import Total, cohen_kappa, total_of_independent
from audit.stickprov.statistics.kronor import stringer
from audit.stickprov.statistics.reviewers import (
    Phases,
    adjusted_rate,
    most_errors_by_canaries,
    most_errors_two_phase,
)
from audit.stickprov.statistics.sequence import running_sequence

ResultClass = Literal["right", "wrong_outcome", "wrong_amount", "wrong_reasons", "wrong_procedure", "cannot_tell"]
CLASSES: tuple[ResultClass, ...] = get_args(ResultClass)
Lane = Literal["random", "risk", "complaint", "canary"]


@dataclass(frozen=True)
class Opinion:
    """What a reviewer found. ``difference_ore``: the robot's amount minus the right one, in öre (+: paid too much)."""

    reviewer: str
    found: ResultClass
    difference_ore: int = 0


@dataclass(frozen=True)
class Record:
    """A case of the period's frame, picked or not.

    ``amount_ore`` is what the decision pays, 0 for a refusal, None when nobody has recorded it. ``lanes``: where it was
    picked; a canary is no case and has no record. ``probability``: the chance it had to be picked in any lane it could
    be. ``settled`` is what a named person decided when first and second reviewer differ.
    ``rules`` and ``build``: what the robot decided by, "" for what people decided.
    """

    stratum: str
    probability: Fraction
    amount_ore: int | None = 0
    lanes: frozenset[Lane] = frozenset()
    first: Opinion | None = None
    second: Opinion | None = None
    settled: Opinion | None = None
    overdue: bool = False
    rules: str = ""
    build: str = ""

    @property
    def standing(self) -> Opinion | None:
        """The result that counts: settled, else what the reviewers agree on; "cannot tell" while one says wrong."""
        if self.settled is not None or self.second is None or self.first is None:
            return self.settled or self.second or self.first
        both = {self.first.found, self.second.found}
        one_verdict = both == {"right"} or not both & {"right", "cannot_tell"}
        return self.second if one_verdict else Opinion("", "cannot_tell")


@dataclass(frozen=True)
class Canaries:
    """How many known-wrong cases reviewers were shown, and how many they called wrong."""

    shown: int
    seen: int


@dataclass(frozen=True)
class Kronor:
    """Amounts in öre. ``over_upper_ore`` bounds what the cases were paid too much; too little is counted in cases.

    ``unmeasured``: cases with no recorded amount. No sum here says anything of them.
    """

    over_found_ore: int
    over_upper_ore: int
    under_found_ore: int
    under_cases: int
    under_upper_cases: int
    unmeasured: int


@dataclass(frozen=True)
class Counts:
    """N cases, n drawn and reviewed or overdue, of them errors, and unknown (cannot tell, unsettled, overdue)."""

    population: int
    sampled: int
    errors: int
    unknown: int

    @property
    def counted(self) -> int:
        """What counts as wrong in an upper bound."""
        return self.errors + self.unknown

    def upper(self, risk: Fraction) -> int:
        """At most so many of the N are wrong, with confidence 1 − risk."""
        return most_errors(self.counted, self.sampled, self.population, risk)


@dataclass(frozen=True)
class Agreement:
    """First against second reviewer: pairs, the share that agree on right or wrong, and Cohen's kappa.

    With rare errors kappa swings: read it beside the share. None without pairs, or where it is undefined.
    """

    pairs: int
    agreed: Fraction | None
    kappa: Fraction | None


@dataclass(frozen=True)
class Figures:
    """What the sample of one stratum, or of all, shows at the confidence 1 − ``risk``."""

    stratum: str
    risk: Fraction
    counts: Counts
    overdue: int
    waiting: int
    estimate: Fraction | None
    lower_errors: int
    upper_errors: int
    sequence: tuple[float, float]
    kronor: Kronor
    nothing_paid: Counts
    nothing_paid_upper: int
    adjusted: tuple[Fraction, float] | None
    adjusted_upper_errors: int | None
    canary_upper_errors: int | None
    agreement: Agreement

    @property
    def sentence(self) -> str:
        """The bound in words, for the controller."""
        if self.counts.population == 0:
            return "Det finns inga beslut i perioden."
        if self.upper_errors == 0:
            return f"Alla {self.counts.population} beslut är granskade och inget är fel."
        percent = f"{Decimal(100) * (1 - self.risk).numerator / (1 - self.risk).denominator:.4g}".replace(".", ",")
        return f"Med {percent} % säkerhet är högst {self.upper_errors} av {self.counts.population} beslut fel."


def by_stratum(
    records: Iterable[Record],
    risk: Fraction,
    *,
    history: Mapping[str, tuple[int, int, int]] | None = None,
    canaries: Canaries | None = None,
) -> list[Figures]:
    """The figures per stratum, by name.

    ``history``: (reviewed, errors, unknown) of earlier periods with the same rules, per stratum, which the running
    sequence goes on from.
    """
    ordered = sorted(records, key=attrgetter("stratum"))
    earlier = history or {}
    return [
        _figures(name, list(group), risk, earlier.get(name, (0, 0, 0)), canaries)
        for name, group in groupby(ordered, key=attrgetter("stratum"))
    ]


def together(
    records: Sequence[Record],
    risk: Fraction,
    *,
    history: Mapping[str, tuple[int, int, int]] | None = None,
    canaries: Canaries | None = None,
) -> Figures:
    """All strata: sums, a weighted estimate, and bounds that are the sums of bounds at risk / number of strata.

    The sum holds whatever the strata's rates are, because each part holds with a higher confidence (Bonferroni).
    """
    parts = by_stratum(records, risk, history=history, canaries=canaries)
    if len(parts) < 2:
        return replace(parts[0], stratum="") if parts else _figures("", [], risk, (0, 0, 0), None)
    strict = by_stratum(records, risk / len(parts), history=history, canaries=canaries)
    everything = sum(part.counts.population for part in parts)

    def weighted(value: Sequence[float]) -> float:
        shares = (part.counts.population for part in parts)
        return sum(one * size for one, size in zip(value, shares, strict=True)) / everything

    known = [part for part in parts if part.estimate is not None]
    covers = len(known) == len([part for part in parts if part.counts.population])
    estimate = sum(((part.estimate or Fraction(0)) * part.counts.population for part in known), Fraction(0)) / max(
        1, everything
    )
    return Figures(
        stratum="",
        risk=risk,
        counts=_sum(part.counts for part in parts),
        overdue=sum(part.overdue for part in parts),
        waiting=sum(part.waiting for part in parts),
        estimate=estimate if covers else None,
        lower_errors=sum(part.lower_errors for part in strict),
        upper_errors=sum(part.upper_errors for part in strict),
        sequence=(weighted([part.sequence[0] for part in strict]), weighted([part.sequence[1] for part in strict])),
        kronor=_sum_kronor(strict),
        nothing_paid=_sum(part.nothing_paid for part in parts),
        nothing_paid_upper=sum(part.nothing_paid_upper for part in strict),
        adjusted=None,
        adjusted_upper_errors=_sum_known([part.adjusted_upper_errors for part in strict]),
        canary_upper_errors=_sum_known([part.canary_upper_errors for part in strict]),
        agreement=_agreement(records),
    )


def by_version(records: Sequence[Record], risk: Fraction) -> dict[tuple[str, str], Figures]:
    """The figures of each (rules, build) that the robot has decided by, all strata together.

    Of a stratum's cases the ones by a version are drawn as all of it: their sample is a simple random sample of them.
    """
    versions = sorted({(record.rules, record.build) for record in records if record.rules})
    return {
        version: together([record for record in records if (record.rules, record.build) == version], risk)
        for version in versions
    }


def over_lanes(records: Iterable[Record]) -> Total:
    """Horvitz–Thompson estimate of the number of errors from every lane's reviews, each weighted by 1/probability.

    For complete frames where every case had a positive chance, whichever lane it came by. Not for canaries. Raises
    `StatisticsError` for a reviewed case without a probability.
    """
    reviewed = [record for record in records if record.lanes and record.standing is not None]
    if any(not 0 < record.probability <= 1 for record in reviewed):
        raise StatisticsError("probability: expected more than 0 and at most 1 for every reviewed case, found another")
    wrong = [Fraction(_is_error(record)) for record in reviewed]
    return total_of_independent(wrong, [record.probability for record in reviewed])


def _figures(
    stratum: str,
    records: Sequence[Record],
    risk: Fraction,
    earlier: tuple[int, int, int],
    canaries: Canaries | None,
) -> Figures:
    picked = [record for record in records if "random" in record.lanes]
    sampled = [record for record in picked if record.standing is not None or record.overdue]
    counts = _counts(len(records), sampled)
    nothing = _counts(
        sum(record.amount_ore == 0 for record in records), [record for record in sampled if record.amount_ore == 0]
    )
    told = counts.sampled - sum(record.standing is None for record in sampled)
    reviewed, errors, unknown = earlier
    trials = reviewed + counts.sampled
    lower = running_sequence(errors + counts.errors, trials, risk)[0]
    upper = running_sequence(errors + unknown + counts.counted, trials, risk)[1]
    phases = _phases(sampled)
    return Figures(
        stratum=stratum,
        risk=risk,
        counts=counts,
        overdue=sum(record.standing is None for record in sampled),
        waiting=len(picked) - len(sampled),
        estimate=Fraction(counts.errors, told) if told else None,
        lower_errors=fewest_errors(counts.errors, counts.sampled, counts.population, risk),
        upper_errors=counts.upper(risk),
        sequence=(lower, upper),
        kronor=_kronor(records, sampled, risk),
        nothing_paid=nothing,
        nothing_paid_upper=nothing.upper(risk),
        adjusted=adjusted_rate(phases, counts.population),
        adjusted_upper_errors=most_errors_two_phase(phases, counts.population, risk) if sampled else None,
        canary_upper_errors=None
        if canaries is None
        else most_errors_by_canaries(
            counts.counted, counts.sampled, counts.population, seen=canaries.seen, shown=canaries.shown, risk=risk
        ),
        agreement=_agreement(sampled),
    )


def _counts(population: int, sampled: Sequence[Record]) -> Counts:
    errors = sum(map(_is_error, sampled))
    return Counts(population, len(sampled), errors, sum(map(_is_unknown, sampled)))


def _is_error(record: Record) -> bool:
    return record.standing is not None and record.standing.found not in ("right", "cannot_tell")


def _is_unknown(record: Record) -> bool:
    return record.standing is None or record.standing.found == "cannot_tell"


def _phases(sampled: Sequence[Record]) -> Phases:
    """What nobody could tell counts as wrong."""
    wrong = cleared = agreed = again = missed = 0
    for record in sampled:
        bad = _is_error(record) or _is_unknown(record)
        if record.first is None or record.first.found != "right":
            wrong += bad
            cleared += not bad
            continue
        agreed += 1
        again += record.second is not None
        missed += record.second is not None and bad
    return Phases(wrong, cleared, agreed, again, missed)


def _kronor(records: Sequence[Record], sampled: Sequence[Record], risk: Fraction) -> Kronor:
    """The bound for overpayment takes every case as large as the largest paid: the draw is by case, not by krona.

    The picked among the cases with an amount are a simple random sample of these.
    """
    amounts = [record.amount_ore for record in records if record.amount_ore is not None]
    over = [_over(record, record.amount_ore) for record in sampled if record.amount_ore is not None]
    population, largest = len(amounts), max(amounts, default=0)
    under = [
        -record.standing.difference_ore
        for record in sampled
        if record.standing is not None and record.standing.difference_ore < 0
    ]
    if largest == 0:
        upper = 0
    elif len(over) == population:
        upper = sum(over)
    elif not over:
        upper = sum(amounts)
    else:
        taints = [min(Fraction(1), Fraction(one, largest)) for one in over if one]
        bound = ceil(Fraction(stringer(len(over), taints, risk)[1]) * largest * population)
        upper = min(bound, sum(amounts))
    unknown = sum(map(_is_unknown, sampled))
    return Kronor(
        over_found_ore=sum(over),
        over_upper_ore=upper,
        under_found_ore=sum(under),
        under_cases=len(under),
        under_upper_cases=most_errors(len(under) + unknown, len(sampled), len(records), risk),
        unmeasured=len(records) - population,
    )


def _over(record: Record, amount_ore: int) -> int:
    """Öre paid too much; all of it when nobody could tell."""
    if _is_unknown(record) or record.standing is None:
        return amount_ore
    return max(0, record.standing.difference_ore)


def _agreement(records: Iterable[Record]) -> Agreement:
    table = [[0, 0], [0, 0]]
    for record in records:
        if record.first is not None and record.second is not None:
            table[record.first.found == "right"][record.second.found == "right"] += 1
    pairs = sum(map(sum, table))
    if not pairs:
        return Agreement(0, None, None)
    return Agreement(pairs, Fraction(table[0][0] + table[1][1], pairs), cohen_kappa(table))


def _sum(parts: Iterable[Counts]) -> Counts:
    found = list(parts)
    return Counts(
        sum(part.population for part in found),
        sum(part.sampled for part in found),
        sum(part.errors for part in found),
        sum(part.unknown for part in found),
    )


def _sum_kronor(parts: Sequence[Figures]) -> Kronor:
    found = [part.kronor for part in parts]
    return Kronor(
        over_found_ore=sum(one.over_found_ore for one in found),
        over_upper_ore=sum(one.over_upper_ore for one in found),
        under_found_ore=sum(one.under_found_ore for one in found),
        under_cases=sum(one.under_cases for one in found),
        under_upper_cases=sum(one.under_upper_cases for one in found),
        unmeasured=sum(one.unmeasured for one in found),
    )


def _sum_known(values: Sequence[int | None]) -> int | None:
    return None if None in values else sum(value for value in values if value is not None)
