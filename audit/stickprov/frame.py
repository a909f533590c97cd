"""The frame of a period: which decisions belong to it, in which stratum, and what was drawn of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.log.entry import Entry
from audit.log.journal import Journal
from audit.log.tables import EntryRow
from audit.stickprov.period import PICK, TICKET, Period

DECIDED, TAKEN, PROPOSED = "decision.made", "human.review.taken", "decision.proposed"
_PROTECTION = ("case.cleared", "case.protected")
BY_HAND = "person_by_hand"
PEOPLE = ("person_bifall", "person_avslag", BY_HAND)
"""The strata of what people decide, or take over from the robot."""


@dataclass(frozen=True)
class Member:
    """A case of the frame: its stratum, and the entry that is drawn (`decision.made`, or `human.review.taken`)."""

    case: str
    stratum: str
    entry: Entry
    ticket: Entry | None
    picked: bool

    @property
    def by_robot(self) -> bool:
        """Whether the robot made the decision."""
        return self.entry.body.get("by") == "robot"


def member(entries: Sequence[Entry]) -> Member | None:
    """What the case has for a frame: the robot's decision, else a person's first, else that a person took it over.

    The stratum of the robot's decision is the one it was proposed in. A case that a person took over while it was
    restricted for protected persons is in no frame: reviewing it would show it to more people.
    """
    drawn = _drawn(entries)
    if drawn is None:
        return None
    ticket = next((entry for entry in entries if entry.type == TICKET), None)
    picked = any(entry.type == PICK and entry.body["lane"] == "random" for entry in entries)
    return Member(drawn.case, _stratum(drawn, entries), drawn, ticket, picked)


def frame(journal: Journal, session: Session, period: Period) -> Iterator[Member]:
    """Every member of the period, in the order of case references. Reads each case that was decided in the period."""
    query = (
        select(EntryRow.case_ref)
        .where(col(EntryRow.type).in_((DECIDED, TAKEN)), EntryRow.ts >= period.since, EntryRow.ts < period.until)
        .distinct()
    )
    for case in sorted(session.scalars(query)):
        entries = journal.entries(session, case)
        opened = entries[0]
        if opened.type != "case.opened" or opened.body.get("process") != period.log:
            continue
        found = member(entries)
        if found is not None and period.since <= found.entry.ts < period.until:
            yield found


def _drawn(entries: Sequence[Entry]) -> Entry | None:
    decisions = [entry for entry in entries if entry.type == DECIDED]
    for entry in decisions:
        if entry.body.get("by") == "robot":
            return entry
    taken = next((entry for entry in entries if entry.type == TAKEN), None)
    if decisions and (taken is None or decisions[0].case_seq < taken.case_seq):
        return decisions[0]
    return taken if taken is not None and _is_cleared(entries[: taken.case_seq]) else None


def _stratum(drawn: Entry, entries: Sequence[Entry]) -> str:
    if drawn.type == TAKEN:
        return BY_HAND
    if drawn.body.get("by") != "robot":
        return f"person_{drawn.body['outcome']}"
    proposed = [entry for entry in entries[: drawn.case_seq] if entry.type == PROPOSED]
    return str(proposed[-1].body.get("stratum")) if proposed else ""


def _is_cleared(entries: Sequence[Entry]) -> bool:
    said = [entry.body["restricted"] for entry in entries if entry.type in _PROTECTION]
    return bool(said) and said[-1] is False
