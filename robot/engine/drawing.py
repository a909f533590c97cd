"""The stickprov draw of a case: the period opened, the keeper asked, the ticket journalled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from audit.errors import DrawError, JournalConflictError
from audit.log.entry import Actor
from audit.log.journal import Journal
from audit.stickprov.draw import drawn, question, write_ticket
from audit.stickprov.frame import PEOPLE, member
from audit.stickprov.keeper import Question
from audit.stickprov.period import Period, Stratum, chain, open_period, read_period
from audit.stickprov.scribe import Scribe
from audit.stickprov.versions import note_version
from connectors.contract import Failed
from robot.definition.model import Stickprov
from robot.engine.case import CaseState
from robot.engine.keepers import KeeperDoor
from robot.engine.ledger import CONFLICTS, StaleCaseError
from robot.store.database import Database, alone

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws with the keeper of the draw key. Nothing in the robot holds the key of a keeper that is a service."""

    database: Database
    journal: Journal
    keeper: KeeperDoor = field(repr=False)

    async def draw(self, state: CaseState, stratum: str, plan: Stickprov, *, actor: Actor) -> Failed | None:
        """Draw the case's ticket in the month of the robot's decision, and journal it; nothing when it has one.

        A keeper that does not answer gives its failure: nothing is drawn then, and nothing is passed over.

        Raises:
            DrawError: The keeper's key is not the one the period was committed to, or the period is closed.

        """
        with self.database.read() as session:
            entries = self.journal.entries(session, state.ref)
        if drawn(entries) is not None:
            return None
        asked = question(state.process, entries)
        opened = await self.opened(asked.log, asked.period, strata_of(plan), actor=actor)
        if isinstance(opened, Failed):
            return opened
        answer = await self.keeper.ask(asked)
        if isinstance(answer, Failed):
            return answer
        if answer.commitment != opened.commitment:
            msg = f"{opened.chain}: the keeper answered with another key than the committed one; nothing was drawn"
            raise DrawError(msg)

        def ticketed(scribe: Scribe) -> None:
            _ticketed(scribe, asked, stratum, strata_of(plan), answer.u)

        self.written(chain(asked.log, asked.period), ticketed, actor=actor)
        return None

    async def opened(
        self, log: str, period: str, strata: tuple[Stratum, ...], *, actor: Actor, randomness: str = "none"
    ) -> Period | Failed:
        """The period, opened and with every stratum planned: the commitment is journalled before anything is asked."""
        with self.database.read() as session:
            found = read_period(self.journal, session, log, period)
        if found is not None and (found.closed or all(_is_planned(found, one) for one in strata)):
            return found
        pledge = await self.keeper.pledge(log, period)
        if isinstance(pledge, Failed):
            return pledge
        return self.written(
            chain(log, period),
            lambda scribe: open_period(scribe, pledge, strata, keeper=self.keeper.kind, randomness=randomness),
            actor=actor,
        )

    def written(self, name: str, work: Callable[[Scribe], Done], *, actor: Actor) -> Done:
        """Do the work in one transaction, alone with the period's chain; again when the journal was written meanwhile.

        Raises:
            StaleCaseError: It was, again and again.

        """
        for _ in range(CONFLICTS):
            try:
                with self.database.write() as session:
                    # Between a look at the plan and the ticket another could raise the rate, and pass this case over.
                    alone(session, name)
                    return work(Scribe(self.journal, session, actor))
            except JournalConflictError:
                continue
        msg = f"{name}: {CONFLICTS} journal conflicts in a row while drawing; another process keeps writing"
        raise StaleCaseError(msg)


def strata_of(plan: Stickprov) -> tuple[Stratum, ...]:
    """The strata as the process wants them: what the robot decides, and what people decide where that is sampled."""
    robot = tuple(
        Stratum(name, rate, plan.minimum, "follow_up" if name in plan.follow_up else "hold", plan.new)
        for name, rate in plan.rates.items()
    )
    if plan.people is None:
        return robot
    return robot + tuple(Stratum(name, plan.people, plan.minimum, "follow_up") for name in PEOPLE)


def _is_planned(period: Period, wanted: Stratum) -> bool:
    found = period.strata.get(wanted.name)
    return found is not None and found.rate >= wanted.rate and found.minimum >= wanted.minimum


def _ticketed(scribe: Scribe, asked: Question, stratum: str, strata: tuple[Stratum, ...], u: int) -> None:
    period = read_period(scribe.journal, scribe.session, asked.log, asked.period)
    found = member(scribe.entries(asked.case))
    if period is None or found is None or stratum not in period.strata:
        msg = f"{asked.case}: the period {asked.period} has no plan for the stratum {stratum!r}"
        raise DrawError(msg)
    actor = found.entry.actor
    if actor.rules and actor.build:
        period = note_version(scribe, period, actor.rules, actor.build, strata)
    write_ticket(scribe, period, found, period.strata[stratum], u)
