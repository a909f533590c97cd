"""Holds every stratum's reviews against its goal: raises and lowers the rate, and pulls the stratum's brake.

Nothing is remembered between two looks: the standing is worked out anew from the reviews, the ended periods and the
releases in the journal, and only what differs from the plan and the brakes is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from audit.log.entry import Actor, Entry
from audit.stickprov.close import pick_more
from audit.stickprov.frame import frame
from audit.stickprov.period import EVALUATED, Period, chain, change_rate, periods, read_period
from audit.stickprov.rate import Control, Finding, Goal, after_period, after_review, begin, released
from audit.stickprov.scribe import Scribe
from robot.definition.model import Stickprov
from robot.engine.brake import RELEASED, Brakes, Puller
from robot.engine.brake import chain as brake_chain
from robot.engine.drawing import Drawing, strata_of
from robot.engine.ledger import Ledger
from robot.engine.sample_figures import Reviewed, reviewed
from robot.engine.scope import Scope

log = structlog.get_logger(__name__)
CONTROL = Actor(kind="system", id="stickprov")
WATCH = Puller("stickprov", "Stickprovet", person=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a stratum stands, and why it came there: the cause of the last change, "" when nothing has changed."""

    control: Control
    cause: str


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
        with self._ledger.database.read() as session:
            reviews = reviewed(session, process)
            ended = _ended(
                self._ledger.journal.entries(session, chain(process, one)) for one in periods(session, process)
            )
            releases = self._ledger.journal.entries(session, brake_chain(process))
        found: dict[str, Standing] = {}
        for stratum in strata_of(plan):
            if stratum.name not in plan.rates:
                continue
            goal = Goal(plan.rates[stratum.name], plan.tolerable, plan.target, max(1, plan.minimum))
            mine = [one for one in reviews if one.stratum == stratum.name]
            free = [one.at() for one in releases if one.type == RELEASED and one.body["target"] in {stratum.name, ""}]
            found[stratum.name] = _replayed(goal, mine, ended, free)
        return found

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


def _differs(period: Period, stratum: str, standing: Standing) -> bool:
    planned = period.strata.get(stratum)
    if planned is None:
        return False
    wanted = standing.control.rate
    return wanted > planned.rate or (wanted < planned.rate and period.falls.get(stratum) != wanted)


def _ended(chains: Iterator[Sequence[Entry]]) -> list[datetime]:
    """When the periods were evaluated, in order."""
    return sorted(entry.at() for entries in chains for entry in entries if entry.type == EVALUATED)


def _replayed(goal: Goal, reviews: Sequence[Reviewed], ended: Sequence[datetime], free: Sequence[datetime]) -> Standing:
    """What the rules of `audit.stickprov.rate` make of everything that has happened, in the order of time."""
    happened: list[tuple[datetime, int, Reviewed | None]] = [
        *((one.at, 0, one) for one in reviews),
        *((at, 1, None) for at in ended),
        *((at, 2, None) for at in free),
    ]
    control, cause = begin(goal), ""
    known: set[str] = set()
    for _, order, review in sorted(happened, key=lambda one: one[:2]):
        if review is not None:
            finding = _finding(review)
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
    return Standing(control, cause)


def _finding(review: Reviewed) -> Finding:
    kind = review.standing.found
    if kind == "right":
        return Finding("right")
    if kind == "cannot_tell":
        return Finding("unknown")
    return Finding("error", f"{kind}:{review.cause}", review.disadvantage and kind == "wrong_outcome")
