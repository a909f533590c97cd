"""What the reviews of a period show: the records that `audit.stickprov.figures` counts, read from the journal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, select

from audit.log.entry import Entry
from audit.log.journal import Journal
from audit.log.tables import EntryRow
from audit.stickprov.figures import Opinion, Record
from audit.stickprov.frame import Member, frame
from audit.stickprov.period import Period
from robot.engine.sampling import ASSIGNED, RESULT, SETTLED
from robot.store.tables import CaseRow, SampleTaskRow

REVIEWS = (ASSIGNED, RESULT, SETTLED)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A random-lane review with an answer: when the first reviewer gave it, and the opinion that stands now.

    ``rules``: the version of the rules that the case is handled by.
    """

    case: str
    stratum: str
    period: str
    rules: str
    at: datetime
    standing: Opinion
    cause: str
    disadvantage: bool


def records(journal: Journal, session: Session, period: Period, now: datetime) -> list[Record]:
    """A record per case of the period's frame. An unanswered review whose day has passed is overdue."""
    members = [found for found in frame(journal, session, period) if found.stratum in period.strata]
    counted: dict[str, list[Member]] = {}
    for found in members:
        counted.setdefault(found.stratum, []).append(found)
    return [
        _record(journal.entries(session, found.case), found, _chance(period, found.stratum, counted), now)
        for found in members
    ]


def reviewed(session: Session, process: str) -> list[Reviewed]:
    """Every answered review of the process's random lane, in the order of the first answers."""
    place = (SampleTaskRow.case_ref, SampleTaskRow.stratum, SampleTaskRow.period, CaseRow.version)
    tasks = select(*place).where(
        CaseRow.ref == SampleTaskRow.case_ref,
        SampleTaskRow.process == process,
        SampleTaskRow.lane == "random",
        SampleTaskRow.number == 1,
        col(SampleTaskRow.answered_at).is_not(None),
    )
    places = {case: (stratum, period, rules) for case, stratum, period, rules in session.exec(tasks)}
    rows = session.exec(select(EntryRow.case_ref, EntryRow.data).where(col(EntryRow.type).in_((RESULT, SETTLED))))
    entries: dict[str, list[Entry]] = {}
    for case, data in rows:
        if case in places:
            entries.setdefault(case, []).append(Entry.parse(data))
    found = [_reviewed(places[case], sorted(told, key=_number)) for case, told in entries.items()]
    return sorted((one for one in found if one is not None), key=lambda one: (one.at, one.case))


def opinions(entries: Iterable[Entry], lane: str) -> tuple[Opinion | None, Opinion | None, Opinion | None]:
    """First, second and settled opinion of a case in a lane."""
    by_number: dict[int, Opinion] = {}
    settled = None
    for entry in entries:
        if entry.type == RESULT and entry.body["lane"] == lane:
            by_number[entry.body["number"]] = _opinion(entry.body)
        elif entry.type == SETTLED and entry.body["lane"] == lane:
            settled = _opinion(entry.body)
    return by_number.get(1), by_number.get(2), settled


def _record(entries: Sequence[Entry], found: Member, chance: Fraction, now: datetime) -> Record:
    lanes = {entry.body["lane"] for entry in entries if entry.type == ASSIGNED}
    if found.picked:
        lanes.add("random")
    first, second, settled = opinions(entries, "random")
    due = [
        datetime.fromisoformat(entry.body["due_at"])
        for entry in entries
        if entry.type == ASSIGNED and entry.body["task"] == "random-1"
    ]
    late = found.picked and first is None and bool(due) and due[0] < now
    # Whoever named a case for its risk chose it with certainty.
    certain = bool(lanes & {"risk", "complaint"})
    return Record(
        stratum=found.stratum,
        probability=Fraction(1) if certain else chance,
        amount_ore=found.entry.body.get("amount_ore"),
        rules=(found.entry.actor.rules or "") if found.by_robot else "",
        build=(found.entry.actor.build or "") if found.by_robot else "",
        lanes=frozenset(lanes),
        first=first,
        second=second,
        settled=settled,
        overdue=late,
    )


def _chance(period: Period, stratum: str, counted: Mapping[str, Sequence[Member]]) -> Fraction:
    """The chance that a case of the stratum had: n of N when the period is closed, the rate while it is open."""
    members = counted[stratum]
    picked = sum(found.picked for found in members)
    if period.revealed and picked:
        return Fraction(picked, len(members))
    return period.strata[stratum].rate


def _reviewed(place: tuple[str, str, str], entries: Sequence[Entry]) -> Reviewed | None:
    first = next((one for one in entries if one.type == RESULT and _is_first(one.body)), None)
    if first is None:
        return None
    given, second, settled = opinions(entries, "random")
    standing = Record("", Fraction(1), first=given, second=second, settled=settled).standing
    if standing is None:
        return None
    told = entries[-1].body if settled is not None else first.body
    return Reviewed(first.case, *place, first.at(), standing, told["cause"], told["disadvantage"])


def _is_first(body: Mapping[str, Any]) -> bool:
    return bool(body["lane"] == "random" and body["number"] == 1)


def _opinion(body: Mapping[str, Any]) -> Opinion:
    return Opinion(body["reviewer"], body["class"], body["difference_ore"])


def _number(entry: Entry) -> int:
    return entry.case_seq
