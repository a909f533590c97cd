"""Drift: whether the robot approves more, or less, or other amounts than in the thirty days before.

Measured are the proposals that the robot's own decide step has written. The newest of them, of the whole process and of
each stratum, are held against the others of thirty days. Two figures are watched:

- the share that the robot approves by itself. A hypergeometric test, exact for every share and size: how likely is it
  that so few or so many approvals fall among the newest, if the newest are like the others?
- the mean amount of those. The difference is held against the error that it has when the newest are like the others.

A brake that drift has pulled is measured anew from its release: the person who let go has judged the new level right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import comb

import structlog
from sqlmodel import Session, col, func, select

from audit.clock import Clock
from audit.log.entry import Entry, timestamp
from audit.log.tables import EntryRow
from robot.engine.brake import Brakes, Puller
from robot.engine.scope import Scope
from robot.store.database import Database

log = structlog.get_logger(__name__)
DAYS = timedelta(days=30)
PROPOSED = "decision.proposed"
SHARE, AMOUNT = "drift.andel", "drift.belopp"
UNLIKELY = Fraction(1, 100_000)
FEWEST_AMOUNTS = 20
# Amounts that people get are skewed: a few high ones raise a mean by chance, and nothing lowers it so.
RISE, FALL = Fraction(9, 2), Fraction(7, 2)  # standard errors
WATCH = Puller("drift", "Driftvakten", person=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """One proposal: its stratum, whether the robot would decide it alone, and the amount in öre when it would."""

    at: datetime
    stratum: str | None
    alone: bool
    amount_ore: int | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """What has drifted, with the figures as a person reads them."""

    code: str
    figures: dict[str, str]


def measure(samples: Sequence[Sample], *, recent: int, at_least: int) -> Alarm | None:
    """Whether the newest ``recent`` samples differ from the others, of which there must be ``at_least``.

    ``samples`` in order of time. False alarms, simulated with 50 newest and 300 others in thousand months of 300 cases
    without drift, looked at after every tenth case: 9 months with a share of 60 per cent, 0 with 5, 7 with 97. Found
    in at least nineteen of twenty: a share that goes from 60 to 20 or 98 per cent, amounts that go to 220 or 30.
    """
    new, others = samples[-recent:], samples[:-recent]
    if len(new) < recent or len(others) < at_least:
        return None
    approved, before = [sum(sample.alone for sample in part) for part in (new, others)]
    if 2 * min(_tails(approved, len(new), approved + before, len(samples))) < UNLIKELY:
        figures = {
            "andel nu": f"{approved} av {len(new)}",
            "andel tidigare": f"{before} av {len(others)}",
        }
        return Alarm(SHARE, figures)
    return _amounts(_granted(new), _granted(others), at_least=at_least // 2)


def _tails(found: int, drawn: int, good: int, everything: int) -> tuple[Fraction, Fraction]:
    """P(X <= found) and P(X >= found) when ``drawn`` of ``everything`` are drawn and ``good`` of all are good."""
    ways = [comb(good, count) * comb(everything - good, drawn - count) for count in range(drawn + 1)]
    every = comb(everything, drawn)
    return Fraction(sum(ways[: found + 1]), every), Fraction(sum(ways[found:]), every)


def _granted(samples: Iterable[Sample]) -> list[int]:
    return [sample.amount_ore for sample in samples if sample.alone and sample.amount_ore is not None]


def _amounts(new: Sequence[int], others: Sequence[int], *, at_least: int) -> Alarm | None:
    if len(new) < FEWEST_AMOUNTS or len(others) < at_least:
        return None
    mean, before = Fraction(sum(new), len(new)), Fraction(sum(others), len(others))
    variance = Fraction(sum(amount * amount for amount in others), len(others)) - before**2
    bound = RISE if mean > before else FALL
    if (mean - before) ** 2 <= bound**2 * variance * (Fraction(1, len(new)) + Fraction(1, len(others))):
        return None
    figures = {"medelbelopp nu": f"{round(mean / 100)} kr", "medelbelopp tidigare": f"{round(before / 100)} kr"}
    return Alarm(AMOUNT, figures | {"antal nu": str(len(new)), "antal tidigare": str(len(others))})


class DriftWatch:
    """Looks at every process and pulls its brakes."""

    def __init__(self, database: Database, brakes: Brakes, clock: Clock, *, recent: int, at_least: int) -> None:
        """``recent`` and ``at_least`` as `measure` has them; ``recent`` 0 never looks."""
        self._database = database
        self._brakes = brakes
        self._clock = clock
        self._recent = recent
        self._at_least = at_least

    def look(self) -> int:
        """Pull what has drifted; how many brakes were pulled."""
        if not self._recent:
            return 0
        since = self._clock.now() - DAYS
        with self._database.read() as session:
            by_process = _samples(session, since)
        return sum(self._look_at(process, samples) for process, samples in by_process.items())

    def _look_at(self, process: str, samples: list[Sample]) -> int:
        strata = sorted({sample.stratum for sample in samples if sample.stratum is not None})
        pulled = 0
        for scope in (Scope(), *(Scope("stratum", name) for name in strata)):
            released = self._brakes.released_at(process, scope)
            counted = [
                sample
                for sample in samples
                if scope.name in {"", sample.stratum} and (released is None or sample.at > released)
            ]
            alarm = measure(counted, recent=self._recent, at_least=self._at_least)
            if alarm is not None:
                pulled += self._brakes.pull(process, scope, WATCH, code=alarm.code, figures=alarm.figures)
        return pulled


def _samples(session: Session, since: datetime) -> dict[str, list[Sample]]:
    """The robot's own proposals since then, by process, in order of time."""
    first = _first_entry(session, since)
    query = select(EntryRow.data).where(col(EntryRow.type) == PROPOSED, col(EntryRow.id) >= first)
    # Once for each case: one that a brake has held is proposed again when it goes on.
    found: dict[str, dict[str, Sample]] = {}
    for data in session.exec(query.order_by(col(EntryRow.id))):
        entry = Entry.parse(data)
        # A person who changes a fact gets a new proposal too; that is not the robot's work.
        if entry.actor.kind == "robot" and entry.at() >= since and "alone" in entry.body:
            found.setdefault(entry.actor.id, {})[entry.case] = _sample(entry)
    return {process: sorted(samples.values(), key=lambda sample: sample.at) for process, samples in found.items()}


def _sample(entry: Entry) -> Sample:
    body = entry.body
    return Sample(entry.at(), body["stratum"], body["alone"], body["amount_ore"] if body["alone"] else None)


def _first_entry(session: Session, since: datetime) -> int:
    """An id before which no entry is as young as ``since``: entries lie nearly in order of time, so halving finds it.

    An hour is taken off, because writers on several machines end their transactions out of order.
    """
    text = timestamp(since - timedelta(hours=1))
    low, high = session.exec(select(func.min(EntryRow.id), func.max(EntryRow.id))).one()
    if low is None or high is None:
        return 0
    while low < high:
        middle = (low + high) // 2
        at = session.exec(select(EntryRow.ts).where(col(EntryRow.id) >= middle).order_by(col(EntryRow.id))).first()
        low, high = (middle + 1, high) if at is not None and at < text else (low, middle)
    return low
