"""Bounds that hold although reviewers miss errors: by a second review of a share, or by known-wrong cases."""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from audit.stickprov.statistics.attribute import lower_share, most_errors
from audit.stickprov.statistics.exact import ratio
from audit.stickprov.statistics.sequence import running_sequence
from audit.stickprov.statistics.tails import binomial_at_most


@dataclass(frozen=True)
class Phases:
    """A sample reviewed in two phases: every disagreement with the robot again, and a random share of the agreements.

    ``wrong`` and ``cleared``: cases where the first reviewer disagreed with the robot, and that proved wrong or right.
    ``agreed``: where the first reviewer agreed; ``again`` of them drawn for a second review, of which ``missed`` wrong.
    """

    wrong: int
    cleared: int
    agreed: int
    again: int
    missed: int

    @property
    def sampled(self) -> int:
        """How many cases the sample holds."""
        return self.wrong + self.cleared + self.agreed


def adjusted_rate(phases: Phases, population: int) -> tuple[Fraction, float] | None:
    """(rate, standard deviation) by the two-phase estimator that SNAP quality control uses (GAO RCED-87-4).

    None when nothing is reviewed, or nothing of what was agreed to has been reviewed again.
    """
    n, agreed, again = phases.sampled, phases.agreed, phases.again
    if n == 0 or (agreed and not again):
        return None
    share = Fraction(phases.missed, again) if again else Fraction(0)
    rate = (phases.wrong + agreed * share) / n
    drawn_once = rate * (1 - rate) / max(1, n - 1) * (1 - Fraction(n, population))
    spread = share * (1 - share) / max(1, again - 1) * (1 - Fraction(again, agreed)) if again else Fraction(0)
    return rate, sqrt(ratio(drawn_once + Fraction(agreed, n) ** 2 * spread))


def most_errors_two_phase(phases: Phases, population: int, risk: Fraction) -> int:
    """At most so many errors in the population, with confidence 1 − risk, when the second review is the truth.

    Half the risk bounds what the first reviewer missed among the agreed, half bounds the population from all that.
    """
    hidden = most_errors(phases.missed, phases.again, phases.agreed, risk / 2)
    return most_errors(phases.wrong + hidden, phases.sampled, population, risk / 2)


def most_errors_by_canaries(found: int, sampled: int, population: int, *, seen: int, shown: int, risk: Fraction) -> int:
    """At most so many errors in the population when reviewers ``found`` so many in the sample and miss some.

    ``seen`` of ``shown`` canaries bound how many real errors a reviewer finds: it holds as far as canaries are as hard
    to find as real errors, and errors that are found really are errors. A third of the risk each goes to the canaries,
    to the misses in the sample, and to the draw.
    """
    third = risk / 3
    sensitivity = lower_share(seen, shown, third) if shown else 0.0
    if sensitivity == 0.0:
        return population
    limit, real = ratio(third), found
    while real < sampled and binomial_at_most(found, real + 1, sensitivity) > limit:
        real += 1
    return most_errors(real, sampled, population, third)


def running_upper_by_canaries(found: int, reviewed: int, *, seen: int, shown: int, alpha: Fraction) -> float:
    """The running sequence's upper bound for the true rate when reviewers miss some errors; valid at every look.

    Half of alpha for the rate of errors found, half for the share of canaries seen, which divides it.
    """
    upper = running_sequence(found, reviewed, alpha / 2)[1]
    sensitivity = running_sequence(seen, shown, alpha / 2)[0]
    return 1.0 if upper >= sensitivity else upper / sensitivity
