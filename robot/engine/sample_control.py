"""Holds every stratum's reviews against its goal: raises and lowers the rate, and pulls the stratum's brake.

Nothing is remembered between two looks: the standing is worked out anew from the reviews, the ended periods and the
releases in the journal, and only what differs from the plan and the brakes is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

import structlog

from audit.log.entry import Actor, Entry
from audit.stickprov.close import pick_more
from audit.stickprov.frame import frame
from audit.stickprov.period import EVALUATED, RATE, VERSION, Period, chain, change_rate, periods, read_period
from audit.stickprov.rate import Control, Finding, Goal, after_period, after_review, begin, released, renewed
from audit.stickprov.scribe import Scribe
from robot.definition.model import Stickprov
from robot.engine.brake import RELEASED, Brakes, Puller
from robot.engine.brake import chain as brake_chain
from robot.engine.drawing import Drawing, strata_of
from robot.engine.ledger import Ledger
from robot.engine.review import Person
from robot.engine.sample_figures import Reviewed, reviewed
from robot.engine.scope import Scope

log = structlog.get_logger(__name__)
CONTROL = Actor(kind="system", id="stickprov")
WATCH = Puller("stickprov", "Stickprovet", person=False)
BY_PERSON = "person"


class RateError(Exception):
    """The rate cannot be changed so; the message says why, in Swedish."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a stratum stands, and why it came there: the cause of the last change, "" when nothing has changed.

    ``rules``: the newest that the robot decides by; "" where the journal does not say.
    """

    control: Control
    cause: str
    rules: str = ""

    def counts(self, review: Reviewed) -> bool:
        """Whether the running sequence counts it: new rules are not proven by what was right under the old ones."""
        return _counts(review, self.rules)


class SampleControl:
    """The rate control and the brake of one installation."""

    def __init__(self, ledger: Ledger, drawing: Drawing, brakes: Brakes) -> None:
        self._ledger = ledger
        self._drawing = drawing
        self._brakes = brakes

    def look(self, process: str, plan: Stickprov) -> dict[str, Standing]:
        """Bring rates and brakes to where the reviews say; the standing of every stratum of the robot's decisions."""
        found = self.standings(process, plan)
        for stratum, standing in found.items():
            if standing.control.stopped:
                self._pull(process, stratum, plan, standing)
        self._change_rates(process, found)
        return found

    def standings(self, process: str, plan: Stickprov) -> dict[str, Standing]:
        """Where every stratum stands now."""
        return standings(self._ledger, process, plan)

    def set_rate(
        self, process: str, plan: Stickprov, stratum: str, rate: Fraction, person: Person, *, motivation: str
    ) -> Period:
        """Another lowest rate for a stratum, by a named person: higher at once, backwards too; lower from next month.

        The rate control goes on from there. Raises `RateError`.
        """
        with self._ledger.database.read() as session:
            known = periods(session, process)
        standing = self.standings(process, plan).get(stratum)
        lowest = plan.rates.get(stratum) or plan.people or Fraction(1)

        def change(scribe: Scribe) -> Period:
            period = read_period(scribe.journal, scribe.session, process, known[-1]) if known else None
            _must_be_possible(period, stratum, rate, lowest, motivation)
            assert period is not None  # noqa: S101 - asked for above
            if rate < period.strata[stratum].rate and standing is not None and standing.control.doubled:
                msg = "Andelen är höjd för att fel har hittats. Den sänks av sig själv när gränsen har varit låg länge."
                raise RateError(msg)
            period = change_rate(scribe, period, stratum, rate, cause=BY_PERSON, figures={}, motivation=motivation)
            pick_more(scribe, period, list(frame(scribe.journal, scribe.session, period)), final=False)
            return period

        name = chain(process, known[-1]) if known else chain(process, "")
        return self._drawing.written(name, change, actor=person.actor)

    def _pull(self, process: str, stratum: str, plan: Stickprov, standing: Standing) -> None:
        control = standing.control
        lower, upper = control.sequence(Goal(plan.rates[stratum], plan.tolerable, plan.target).risk)
        figures = {
            "granskade": str(control.reviewed),
            "fel": str(control.errors),
            "utan svar": str(control.unknown),
            "andel fel minst": f"{100 * lower:.1f} %",
            "andel fel som mest": f"{100 * upper:.1f} %",
            "tolererad andel": str(plan.tolerable),
        }
        scope = Scope("stratum", stratum)
        self._brakes.pull(process, scope, WATCH, code=f"stickprov.{control.stopped}", figures=figures)

    def _change_rates(self, process: str, found: Mapping[str, Standing]) -> None:
        with self._ledger.database.read() as session:
            known = periods(session, process)
            newest = read_period(self._ledger.journal, session, process, known[-1]) if known else None
        if newest is None or newest.closed or not any(_differs(newest, name, one) for name, one in found.items()):
            return

        def change(scribe: Scribe) -> list[str]:
            period = read_period(scribe.journal, scribe.session, process, newest.period)
            for name, standing in found.items():
                if period is not None and not period.closed and _differs(period, name, standing):
                    figures = {"granskade": str(standing.control.reviewed), "fel": str(standing.control.errors)}
                    period = change_rate(
                        scribe, period, name, standing.control.rate, cause=standing.cause or "floor", figures=figures
                    )
                    log.warning("stickprov.rate", process=process, stratum=name, rate=str(standing.control.rate))
            if period is None or period.closed:
                return []
            members = list(frame(scribe.journal, scribe.session, period))
            return pick_more(scribe, period, members, final=False)

        self._drawing.written(newest.chain, change, actor=CONTROL)


def standings(ledger: Ledger, process: str, plan: Stickprov) -> dict[str, Standing]:
    """Where every stratum of the robot's decisions stands now."""
    with ledger.database.read() as session:
        reviews = reviewed(session, process)
        chains = [ledger.journal.entries(session, chain(process, one)) for one in periods(session, process)]
        releases = ledger.journal.entries(session, brake_chain(process))
    found: dict[str, Standing] = {}
    for stratum in strata_of(plan):
        if stratum.name not in plan.rates:
            continue
        goal = Goal(plan.rates[stratum.name], plan.tolerable, plan.target, max(1, plan.minimum))
        mine = [one for one in reviews if one.stratum == stratum.name]
        free = [one.at() for one in releases if one.type == RELEASED and one.body["target"] in {stratum.name, ""}]
        found[stratum.name] = _replayed(goal, mine, chains, free, stratum.name)
    return found


def _differs(period: Period, stratum: str, standing: Standing) -> bool:
    planned = period.strata.get(stratum)
    if planned is None:
        return False
    wanted = standing.control.rate
    return wanted > planned.rate or (wanted < planned.rate and period.falls.get(stratum) != wanted)


def _must_be_possible(period: Period | None, stratum: str, rate: Fraction, lowest: Fraction, motivation: str) -> None:
    if period is None or period.closed or stratum not in period.strata:
        msg = "Det finns ingen öppen period för gruppen. Perioden öppnas vid månadens första beslut."
        raise RateError(msg)
    if not lowest <= rate <= 1:
        msg = f"Andelen ska vara minst {lowest}, som står i process.yaml, och högst 1."
        raise RateError(msg)
    if rate == period.falls.get(stratum, period.strata[stratum].rate):
        msg = "Andelen är redan så."
        raise RateError(msg)
    if not motivation.strip():
        msg = "Skriv varför andelen ändras. Skälet sparas i journalen med ditt namn."
        raise RateError(msg)


def _chosen(chains: Sequence[Sequence[Entry]], stratum: str) -> list[tuple[datetime, Fraction]]:
    """When persons chose another lowest rate for the stratum, and which."""
    return [
        (entry.at(), Fraction(entry.body["to"]))
        for entries in chains
        for entry in entries
        if entry.type == RATE and entry.body["cause"] == BY_PERSON and entry.body["stratum"] == stratum
    ]


def _renewed(chains: Sequence[Sequence[Entry]]) -> list[tuple[datetime, str]]:
    """When rules first decided, and which."""
    seen: dict[str, datetime] = {}
    for entry in (entry for entries in chains for entry in entries if entry.type == VERSION):
        seen.setdefault(entry.body["rules"], entry.at())
    return [(at, rules) for rules, at in seen.items()]


def _counts(review: Reviewed, rules: str) -> bool:
    return review.rules == rules or not rules or review.standing.found != "right"


def _ended(chains: Sequence[Sequence[Entry]]) -> list[datetime]:
    """When the periods were evaluated, in order."""
    return sorted(entry.at() for entries in chains for entry in entries if entry.type == EVALUATED)


def _replayed(
    goal: Goal,
    reviews: Sequence[Reviewed],
    chains: Sequence[Sequence[Entry]],
    free: Sequence[datetime],
    stratum: str,
) -> Standing:
    """What the rules of `audit.stickprov.rate` make of everything that has happened, in the order of time."""
    happened: list[tuple[datetime, int, Reviewed | Fraction | str | None]] = [
        *((at, -1, rules) for at, rules in _renewed(chains)),
        *((one.at, 0, one) for one in reviews),
        *((at, 1, None) for at in _ended(chains)),
        *((at, 2, None) for at in free),
        *((at, 3, rate) for at, rate in _chosen(chains, stratum)),
    ]
    control, cause, current = begin(goal), "", ""
    known: set[str] = set()
    for _, order, what in sorted(happened, key=lambda one: one[:2]):
        if isinstance(what, Fraction):
            goal, control, cause = replace(goal, floor=what), replace(control, rate=what), BY_PERSON
            continue
        if isinstance(what, str):
            control, current = renewed(control), what
            continue
        if what is not None and not _counts(what, current):
            continue
        if what is not None:
            finding = _finding(what)
            if finding.result == "error":
                known.add(finding.kind)
            step = after_review(control, goal, finding)
        elif order == 1:
            step = after_period(control, goal)
        else:
            # Whoever lets go answers for it that what was wrong is corrected: the sequence begins again.
            control = released(control, known=frozenset(known), anew=True)
            continue
        control, cause = step.control, step.cause or cause
    return Standing(control, cause, current)


def _finding(review: Reviewed) -> Finding:
    kind = review.standing.found
    if kind == "right":
        return Finding("right")
    if kind == "cannot_tell":
        return Finding("unknown")
    return Finding("error", f"{kind}:{review.cause}", review.disadvantage and kind == "wrong_outcome")
