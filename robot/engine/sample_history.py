"""What the journal knows that a plan needs: decisions, amounts and review minutes per stratum of a process."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.log.entry import Entry
from audit.log.tables import EntryRow
from audit.stickprov.frame import DECIDED
from audit.stickprov.period import TICKET

RESULT = "review.result"


@dataclass
class StratumHistory:
    """A stratum in the journal: its tickets per period, and what its robot decisions pay, in öre."""

    per_period: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    amounts: list[int] = field(default_factory=list)

    @property
    def a_month(self) -> int:
        """The mean number of decisions in the periods that have any, rounded up."""
        return -(-sum(self.per_period.values()) // max(1, len(self.per_period)))

    @property
    def paid_ore(self) -> int:
        """The mean of what a period's decisions pay, rounded up."""
        return -(-sum(self.amounts) // max(1, len(self.per_period)))


@dataclass(frozen=True)
class History:
    """The strata by name, and the median minutes of a review; None when none was timed."""

    strata: dict[str, StratumHistory] = field(default_factory=dict)
    minutes: Fraction | None = None


def read_history(session: Session, process: str) -> History:
    """What the journal holds of the process. Reads its tickets, decisions and review results."""
    strata: dict[str, StratumHistory] = defaultdict(StratumHistory)
    of_case: dict[str, str] = {}
    for entry in _entries(session, TICKET):
        if entry.body["log"] == process:
            strata[entry.body["stratum"]].per_period[entry.body["period"]] += 1
            of_case[entry.case] = entry.body["stratum"]
    for entry in _entries(session, DECIDED):
        if entry.case in of_case and entry.body["by"] == "robot":
            strata[of_case[entry.case]].amounts.append(entry.body["amount_ore"])
    timed = [
        entry.body["seconds"]
        for entry in _entries(session, RESULT)
        if entry.case in of_case and entry.body.get("seconds") is not None
    ]
    return History(dict(strata), Fraction(median(timed)) / 60 if timed else None)


def _entries(session: Session, kind: str) -> list[Entry]:
    return [Entry.parse(data) for data in session.scalars(select(EntryRow.data).where(col(EntryRow.type) == kind))]
