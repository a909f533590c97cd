"""A period of the stickprov as its chain "stickprov-<log>-<YYYY-MM>" tells it: commitment, plan per stratum, rates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from sqlalchemy import func
from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.canonical import JSONInput
from audit.errors import DrawError, JournalConflictError
from audit.log.entry import Entry
from audit.log.journal import Journal
from audit.log.tables import EntryRow
from audit.stickprov.keeper import Pledge
from audit.stickprov.month import bounds
from audit.stickprov.scribe import Scribe
from audit.stickprov.ticket import METHOD, threshold

COMMIT, PLAN, TICKET, PICK = "sample.commit", "sample.plan", "sample.ticket", "sample.pick"
CLOSED, QUESTIONS, REVEAL, EVALUATED = "sample.closed", "sample.questions", "sample.reveal", "sample.evaluated"
RATE, VERSION = "rate.changed", "sample.version"
RANDOM = "random"
NO_RANDOMNESS = "none"

Mode = Literal["hold", "follow_up"]


@dataclass(frozen=True)
class Stratum:
    """How a stratum is sampled: ``rate`` of its cases, and at least ``minimum`` of them in a period.

    ``hold``: drawn when the robot has decided, and a picked case waits for its review. ``follow_up``: drawn when the
    period is closed, and reviewed afterwards. ``first``: the rate while the stratum, the rules or the program is new.
    """

    name: str
    rate: Fraction
    minimum: int = 0
    mode: Mode = "hold"
    first: Fraction | None = None

    @property
    def limit(self) -> int:
        """A case is picked when its ticket is below this."""
        return threshold(self.rate)


@dataclass(frozen=True)
class Period:
    """A period that is open or has been. ``since`` and ``until`` bound the decisions in it; ``entries`` in its chain.

    ``falls``: the rates that were lowered in the period, from the next on. ``versions``: the rules and programs, as
    content hash and name, that have decided in it.
    """

    log: str
    period: str
    since: str
    until: str
    commitment: str
    keeper_key: str
    randomness: str
    entries: int
    strata: Mapping[str, Stratum] = field(default_factory=dict)
    falls: Mapping[str, Fraction] = field(default_factory=dict)
    versions: frozenset[tuple[str, str]] = frozenset()
    closed: bool = False
    revealed: bool = False
    evaluated: bool = False

    @property
    def chain(self) -> str:
        """The name of its chain."""
        return chain(self.log, self.period)


def chain(log: str, period: str) -> str:
    """The name of a period's chain."""
    return f"stickprov-{log}-{period}"


def fold_period(entries: Iterable[Entry]) -> Period | None:
    """The period that the entries of its chain add up to; None when it was never opened."""
    found: Period | None = None
    for entry in entries:
        body = entry.body
        if entry.type == COMMIT:
            texts = {name: body[name] for name in ("log", "period", "commitment", "keeper_key", "randomness")}
            found = Period(since=body["from"], until=body["to"], entries=0, **texts)
        if found is None:
            raise DrawError(f"{entry.case}: a period begins with {COMMIT}, found {entry.type}")
        found = replace(_after(found, entry), entries=entry.case_seq + 1)
    return found


def read_period(journal: Journal, session: Session, log: str, period: str) -> Period | None:
    """The period as it is now; None when it was never opened."""
    return fold_period(journal.entries(session, chain(log, period)))


def periods(session: Session, log: str) -> list[str]:
    """The log's periods that were ever opened, the oldest first."""
    first = chain(log, "")
    query = select(EntryRow.case_ref).where(
        col(EntryRow.case_ref) > first, col(EntryRow.case_ref) < f"{first}:", EntryRow.case_seq == 0
    )
    return sorted(ref.removeprefix(first) for ref in session.scalars(query))


def open_period(
    scribe: Scribe,
    pledge: Pledge,
    strata: Iterable[Stratum],
    *,
    keeper: Literal["dragare", "embedded"],
    randomness: str = NO_RANDOMNESS,
) -> Period:
    """Open the period, or add what its plan lacks, in the caller's transaction.

    ``strata``: as the process wants them; one that the period before did not have begins at its ``first`` rate. A rate
    that was raised stays raised, from one period to the next, until it falls; a plan only rises within its period.
    ``randomness`` names in advance what the follow-up draw will use. Raises `DrawError` when the keeper has another key
    than the period was committed to, `JournalConflictError` when another wrote the chain at the same time.
    """
    found = read_period(scribe.journal, scribe.session, pledge.log, pledge.period)
    if found is None:
        since, until = bounds(pledge.log, pledge.period)
        body = {
            "log": pledge.log,
            "period": pledge.period,
            "method": METHOD,
            "commitment": pledge.commitment,
            "from": since,
            "to": until,
            "keeper": keeper,
            "keeper_key": pledge.keeper_key,
            "randomness": randomness,
        }
        found = _first(scribe, chain(pledge.log, pledge.period), body)
    if found.commitment != pledge.commitment:
        raise DrawError(
            f"{found.chain}: expected the draw key whose hash was journalled before the period "
            f"({found.commitment[:16]}…), found another ({pledge.commitment[:16]}…): put the right key file back; a "
            "new key begins with a new period"
        )
    if found.closed:
        return found
    wishes = tuple(strata)
    carried = {} if all(one.name in found.strata for one in wishes) else _carried(scribe, pledge)
    for wanted in wishes:
        planned = found.strata.get(wanted.name)
        before = carried.get(wanted.name, wanted.first or wanted.rate) if planned is None else planned.rate
        stratum = replace(wanted, rate=max(wanted.rate, before))
        if planned is None or stratum.rate > planned.rate or stratum.minimum > planned.minimum:
            found = plan_stratum(scribe, found, stratum)
    return found


def plan_stratum(scribe: Scribe, period: Period, stratum: Stratum) -> Period:
    """Journal how a stratum is sampled from here on. Raises `DrawError` for a plan that falls within its period."""
    planned = period.strata.get(stratum.name)
    if period.closed:
        raise DrawError(f"{period.chain}: the period is closed: its plan cannot change any more")
    if planned is not None:
        if stratum.rate < planned.rate or stratum.mode != planned.mode:
            raise DrawError(
                f"{period.chain}/{stratum.name}: expected {planned.mode} at a rate of at least {planned.rate}, found "
                f"{stratum.mode} at {stratum.rate}: within a period a rate can rise, and fall only from the next"
            )
        stratum = replace(stratum, minimum=max(stratum.minimum, planned.minimum))
    body: dict[str, JSONInput] = {
        "lane": RANDOM,
        "stratum": stratum.name,
        "mode": stratum.mode,
        "rate": str(stratum.rate),
        "threshold": f"{stratum.limit:016x}",
        "minimum": stratum.minimum,
    }
    return write_to(scribe, period, PLAN, body)


def change_rate(
    scribe: Scribe,
    period: Period,
    stratum: str,
    rate: Fraction,
    *,
    cause: str,
    figures: Mapping[str, str],
    motivation: str = "",
) -> Period:
    """Journal another rate for a stratum: a higher one from the period's beginning, a lower one from the next period.

    ``motivation``: why a person wanted it; kept in the vault.

    The earlier cases that a raised rate picks are for `audit.stickprov.close.pick_raised`. Raises as `plan_stratum`.
    """
    planned = period.strata.get(stratum)
    if planned is None:
        raise DrawError(f"{period.chain}: there is no stratum {stratum!r}; there are: {', '.join(period.strata)}")
    if rate == planned.rate:
        return period
    raised = rate > planned.rate
    body = {
        "stratum": stratum,
        "from": str(planned.rate),
        "to": str(rate),
        "cause": cause,
        "effective": "now" if raised and not period.closed else "next",
        "figures": dict(figures),
    }
    period = write_to(scribe, period, RATE, body, {"motivation": motivation} if motivation else None)
    if raised and not period.closed:
        period = plan_stratum(scribe, period, replace(planned, rate=rate))
    return period


def write_to(
    scribe: Scribe,
    period: Period,
    kind: str,
    body: Mapping[str, JSONInput],
    personal: Mapping[str, JSONInput] | None = None,
) -> Period:
    """Append to the period's chain. Raises `JournalConflictError` when somebody has written there since it was read."""
    written = scribe.append(period.chain, kind, body, personal=personal)
    _must_be_number(written, period.entries)
    return replace(_after(period, written), entries=period.entries + 1)


def _first(scribe: Scribe, name: str, body: Mapping[str, JSONInput]) -> Period:
    written = scribe.append(name, COMMIT, body)
    _must_be_number(written, 0)
    found = fold_period([written])
    assert found is not None  # noqa: S101 - it was folded from its first entry
    return found


def _must_be_number(written: Entry, number: int) -> None:
    # Since we read the chain, another worker may have written to the period and committed. The number tells:
    # if the chain has grown, what we are about to say was decided on an old reading.
    if written.case_seq != number:
        raise JournalConflictError(
            f"{written.case}: another worker wrote to the period's chain: roll back and run again"
        )


def _after(period: Period, entry: Entry) -> Period:
    body = entry.body
    if entry.type == PLAN:
        stratum = Stratum(body["stratum"], Fraction(body["rate"]), body["minimum"], body["mode"])
        return replace(period, strata={**period.strata, stratum.name: stratum})
    if entry.type == VERSION:
        return replace(period, versions=period.versions | {(body["rules"], body["build"])})
    if entry.type == RATE:
        falls = {name: rate for name, rate in period.falls.items() if name != body["stratum"]}
        later = {body["stratum"]: Fraction(body["to"])} if body["effective"] == "next" else {}
        return replace(period, falls=falls | later)
    return replace(
        period,
        closed=period.closed or entry.type == CLOSED,
        revealed=period.revealed or entry.type == REVEAL,
        evaluated=period.evaluated or entry.type == EVALUATED,
    )


def _carried(scribe: Scribe, pledge: Pledge) -> dict[str, Fraction]:
    """The rates that the period before ended with, or that were decided in it for the next."""
    newest = select(func.max(EntryRow.case_ref)).where(
        col(EntryRow.case_ref) > chain(pledge.log, ""), col(EntryRow.case_ref) < chain(pledge.log, pledge.period)
    )
    before = scribe.session.scalar(newest)
    if before is None:
        return {}
    found = fold_period(scribe.entries(before))
    return {} if found is None else {name: one.rate for name, one in found.strata.items()} | dict(found.falls)
