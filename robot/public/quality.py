"""What the stickprov of a process has shown, period by period, as it can be published.

Only periods whose figures are journalled are told. Of errors the bound is told, in whole per cent and rounded up, and
never how many were found: one error could be somebody's. Counts are rounded as in `robot.public.figures`.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from sqlmodel import Session, col, select

from audit.log.journal import Journal
from audit.stickprov.period import EVALUATED, chain, periods
from robot.engine.sample_figures import opinions
from robot.public.figures import FEWEST_FOR_TIMES, told
from robot.store.tables import SampleTaskRow

COLUMNS = (
    "period",
    "beslut",
    "granskade",
    "andel_fel_hogst_procent",
    "sakerhet_procent",
    "granskade_klagomal",
    "klagomal_med_fel",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """One period's row in the order of `COLUMNS`, as text; "" is not told."""

    period: str
    cells: tuple[str, ...]


def checked_periods(journal: Journal, session: Session, process: str) -> list[Checked]:
    """The evaluated periods of the process, the oldest first."""
    found = []
    for period in periods(session, process):
        evaluated = [one for one in journal.entries(session, chain(process, period)) if one.type == EVALUATED]
        if evaluated:
            shown = evaluated[-1].body["together"]
            bound = _bound(shown["cases"], shown["sampled"], shown["upper_errors"], Fraction(shown["risk"]))
            found.append(Checked(period, (period, *bound, *_complaints(journal, session, process, period))))
    return found


def _bound(cases: int, sampled: int, upper_errors: int, risk: Fraction) -> tuple[str, str, str, str]:
    """Decisions, reviewed, and at most so many per cent of the decisions wrong with such certainty."""
    if min(cases, sampled) < FEWEST_FOR_TIMES:
        return told(cases), told(sampled), "", ""
    certainty = 100 * (1 - risk)
    sure = f"{(Decimal(certainty.numerator) / certainty.denominator).normalize():f}"
    return told(cases), told(sampled), str(ceil(Fraction(100 * upper_errors, cases))), sure


def _complaints(journal: Journal, session: Session, process: str, period: str) -> tuple[str, str]:
    """Reviewed complaints about the period's decisions, and how many of these found an error."""
    answered = select(SampleTaskRow.case_ref).where(
        SampleTaskRow.process == process,
        SampleTaskRow.lane == "complaint",
        SampleTaskRow.period == period,
        col(SampleTaskRow.answered_at).is_not(None),
    )
    opinion = [opinions(journal.entries(session, case), "complaint")[0] for case in session.exec(answered)]
    wrong = [one for one in opinion if one is not None and one.found not in {"right", "cannot_tell"}]
    return told(len(opinion)), told(len(wrong))
