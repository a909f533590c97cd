"""The months of the stickprov: opened before they are drawn, closed when over, evaluated when reviews are in."""

import asyncio
import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import structlog
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from audit.canonical import JSONInput
from audit.errors import DrawError
from audit.log.entry import Actor, Entry
from audit.log.journal import Journal
from audit.log.tables import CheckpointRow, CosignatureRow, EntryRow, LeafRow
from audit.stickprov.close import DrawHead, close_period, draw_follow_up, pick_more, strays, undrawn, write_reveal
from audit.stickprov.draw import question, write_ticket
from audit.stickprov.figures import Figures, by_stratum, together
from audit.stickprov.frame import Member, frame
from audit.stickprov.keeper import Reveal
from audit.stickprov.month import period_of
from audit.stickprov.period import CLOSED, EVALUATED, NO_RANDOMNESS, REVEAL, Period, periods, read_period, write_to
from audit.stickprov.scribe import Scribe
from connectors.contract import Failed
from robot.definition.model import Stickprov
from robot.engine.brake import Brakes
from robot.engine.canaries import measured
from robot.engine.drawing import Drawing, strata_of
from robot.engine.ledger import Ledger, StaleCaseError
from robot.engine.library import Library
from robot.engine.sample_control import SampleControl
from robot.engine.sample_figures import records
from robot.engine.sampling import assigned, second_drafts
from robot.store.tables import CaseRow, SampleTaskRow

log = structlog.get_logger(__name__)
CLERK = Actor(kind="system", id="stickprov")
GRACE = timedelta(hours=1)
"""How long after the month's end its last transactions may still become visible."""
BLIND_SHARE = Fraction(1, 5)
RISK = Fraction(1, 20)


class PeriodError(DrawError):
    """The period cannot be opened or closed now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What a close came to. ``strays``: questions to the keeper that no decision explains; there should be none."""

    period: Period
    cases: int
    picked: int
    tasks: int
    strays: tuple[dict[str, str], ...] = ()
    followed_up: bool = False


@dataclass(frozen=True, slots=True)
class Periods:
    """Opens, closes and evaluates the periods of every process that has a stickprov."""

    ledger: Ledger
    library: Library
    drawing: Drawing
    brakes: Brakes
    control: SampleControl = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "control", SampleControl(self.ledger, self.drawing, self.brakes))

    async def open(self, process: str, period: str = "", *, randomness: str = NO_RANDOMNESS) -> Period:
        """Open a period, this month unless another is named. ``randomness`` names what the follow-up draw will use.

        Raises `PeriodError` when the keeper does not answer, and `DrawError`.
        """
        plan = self._plan(process)
        wanted = period or period_of(self.ledger.clock.now())
        opened = await self.drawing.opened(process, wanted, strata_of(plan), actor=CLERK, randomness=randomness)
        if isinstance(opened, Failed):
            raise PeriodError(f"{process} {wanted}: the keeper of the draw key does not answer: {opened.reason}")
        return opened

    async def close(self, process: str, period: str, *, value: str = "", actor: Actor = CLERK) -> Closed:
        """Close a period that is over, reveal its key, meet every minimum, and draw what is followed up.

        Broken off, it goes on where it was. ``value``: what the dice or the beacon named at the opening showed, after
        the checkpoint was signed. Raises `PeriodError`, and `DrawError` for what does not fit together.
        """
        plan = self._plan(process)
        now = self.ledger.clock.now()
        found = self._read(process, period)
        if now < datetime.fromisoformat(found.until) + GRACE:
            raise PeriodError(f"{found.chain}: the period lasts until {found.until}, and an hour more for late entries")
        if not found.closed:
            found = await self._close(found, value, actor)
        if not found.revealed:
            found = await self._reveal(found, actor)
        followed = self._follow_up(found)
        self._top_up_blind(found, plan)
        tasks = self.assign_missing(process, plan)
        with self.ledger.database.read() as session:
            members = self._members(session, found)
            reveal = _told(self.ledger.journal, session, found)
        return Closed(
            found,
            len(members),
            sum(one.picked for one in members),
            tasks,
            tuple(strays(reveal, members)),
            followed_up=followed,
        )

    def evaluate(self, process: str, period: str) -> Figures | None:
        """Journal what a closed period shows, when every review is in or overdue; None while some are awaited."""
        found = self._read(process, period)
        now = self.ledger.clock.now()
        with self.ledger.database.read() as session:
            counted = records(self.ledger.journal, session, found, now)
            shown = measured(session, process, period)
        canaries = shown if shown.shown else None
        waiting = [one for one in counted if "random" in one.lanes and one.first is None and not one.overdue]
        if not found.revealed or found.evaluated or waiting or not counted:
            return None
        figures = together(counted, RISK, canaries=canaries)
        strata = {one.stratum: _plain(one) for one in by_stratum(counted, RISK, canaries=canaries)}
        body: dict[str, JSONInput] = {"log": process, "period": period, "together": _plain(figures), "strata": strata}

        def write(scribe: Scribe) -> None:
            write_to(scribe, found, EVALUATED, body)

        self.drawing.written(found.chain, write, actor=CLERK)
        return figures

    async def look(self) -> None:
        """What the scheduler does: open this month, close and evaluate those that are over, hold reviews against goals.

        A period that waits for dice is left to the person who throws them.
        """
        now = self.ledger.clock.now()
        for process in self._sampled():
            plan = self._plan(process)
            await self.open(process)
            with self.ledger.database.read() as session:
                known = [read_period(self.ledger.journal, session, process, one) for one in periods(session, process)]
            for period in known:
                if period is None or period.evaluated:
                    continue
                over = now >= datetime.fromisoformat(period.until) + GRACE
                if over and not period.revealed and (period.closed or period.randomness == NO_RANDOMNESS):
                    closed = await self.close(process, period.period)
                    log.info("stickprov.closed", process=process, period=period.period, picked=closed.picked)
                    if closed.strays:
                        log.error("stickprov.strays", process=process, period=period.period, count=len(closed.strays))
                elif period.revealed:
                    self.evaluate(process, period.period)
            self.assign_missing(process, plan)
            self.control.look(process, plan)

    def watch(self) -> None:
        """`look`, from a thread that has no event loop. The keeper's connections are closed afterwards."""

        async def once() -> None:
            try:
                await self.look()
            finally:
                await self.drawing.keeper.aclose()

        asyncio.run(once())

    def assign_missing(self, process: str, plan: Stickprov) -> int:
        """Give every picked case without a review its task, and say how many. What was picked late is not held."""
        with self.ledger.database.read() as session:
            tasked = select(SampleTaskRow.case_ref).where(SampleTaskRow.task == "random-1")
            picks = (
                select(EntryRow.case_ref)
                .where(EntryRow.type == "sample.pick", col(EntryRow.case_ref).not_in(tasked))
                .distinct()
            )
            mine = select(CaseRow.ref).where(CaseRow.process == process, col(CaseRow.ref).in_(picks))
            cases = sorted(session.scalars(mine).all())
        done = 0
        for case in cases:
            state = self.ledger.load(case)
            if state.ticket is None or "random-1" in state.tasks:
                continue
            drafts = [assigned(state, plan, self.ledger.clock.now(), why="pick")]
            try:
                self.ledger.write(state, drafts, actor=CLERK)
            except StaleCaseError:
                continue  # the next look takes it
            done += 1
        return done

    async def _close(self, period: Period, value: str, actor: Actor) -> Period:
        with self.ledger.database.read() as session:
            members = self._members(session, period)
            head = _head(session, members)
            follows = any(one.mode == "follow_up" for one in period.strata.values())
            if head is None and follows and session.scalars(select(func.count()).select_from(CheckpointRow)).one():
                raise PeriodError(f"{period.chain}: no signed checkpoint covers the period yet: wait for the next one")
            asked = [
                question(period.log, self.ledger.journal.entries(session, one.case)) for one in undrawn(period, members)
            ]
        tickets: dict[str, int] = {}
        for one in asked:
            answer = await self.drawing.keeper.ask(one)
            if isinstance(answer, Failed):
                raise PeriodError(f"{period.chain}: {len(asked)} decisions have no ticket, and {answer.reason}")
            tickets[one.case] = answer.u

        def close(scribe: Scribe) -> Period:
            for one in undrawn(period, self._members(scribe.session, period)):
                if one.case in tickets:
                    write_ticket(scribe, period, one, period.strata[one.stratum], tickets[one.case])
            pick_more(scribe, period, self._members(scribe.session, period), final=True)
            return close_period(scribe, period, self._members(scribe.session, period), head=head, value=value)

        return self.drawing.written(period.chain, close, actor=actor)

    async def _reveal(self, period: Period, actor: Actor) -> Period:
        reveal = await self.drawing.keeper.reveal(period.log, period.period)
        if isinstance(reveal, Failed):
            raise PeriodError(f"{period.chain}: the period is closed, but its key is not revealed: {reveal.reason}")

        def write(scribe: Scribe) -> Period:
            head, value = _closed_with(scribe.entries(period.chain))
            revealed, key = write_reveal(scribe, period, reveal, head=head, value=value)
            if key is not None:
                members = draw_follow_up(scribe, revealed, self._members(scribe.session, revealed), key)
                pick_more(scribe, revealed, members, final=True)
            return revealed

        return self.drawing.written(period.chain, write, actor=actor)

    def _follow_up(self, period: Period) -> bool:
        with self.ledger.database.read() as session:
            entries = self.ledger.journal.entries(session, period.chain)
        return next(one.body["follow_up_key"] is not None for one in entries if one.type == REVEAL)

    def _top_up_blind(self, period: Period, plan: Stickprov) -> None:
        """Send agreements to second blind reviewers until a fifth of the picks has been, or will be, seen blind."""
        with self.ledger.database.read() as session:
            picked = [one.case for one in self._members(session, period) if one.picked]
        states = [self.ledger.load(case) for case in picked]
        blind = sum(any(task.blind for task in state.tasks.values()) for state in states)
        missing = -(-len(states) * BLIND_SHARE.numerator // BLIND_SHARE.denominator) - blind
        for state in states:
            first = state.tasks.get("random-1")
            if missing <= 0:
                return
            if first is None or first.found is None or "random-2" in state.tasks or first.blind:
                continue
            drafts = second_drafts(state, plan, self.ledger.clock.now(), "blind_share")
            self.ledger.write(state, drafts, actor=CLERK)
            missing -= 1

    def _members(self, session: Session, period: Period) -> list[Member]:
        return [one for one in frame(self.ledger.journal, session, period) if one.stratum in period.strata]

    def _read(self, process: str, period: str) -> Period:
        with self.ledger.database.read() as session:
            found = read_period(self.ledger.journal, session, process, period)
            known = periods(session, process)
        if found is None:
            raise PeriodError(
                f"{process} {period}: the period was never opened; there are: {', '.join(known) or 'none'}"
            )
        return found

    def _sampled(self) -> list[str]:
        """The processes that have cases and a stickprov."""
        with self.ledger.database.read() as session:
            names = session.scalars(select(CaseRow.process).distinct()).all()
        return sorted(name for name in names if self.library.current(name).stickprov is not None)

    def _plan(self, process: str) -> Stickprov:
        plan = self.library.current(process).stickprov
        if plan is None:
            raise PeriodError(f"{process} has no stickprov in its process.yaml")
        return plan


def _head(session: Session, members: list[Member]) -> DrawHead | None:
    """The newest checkpoint that covers every decision of the period; one with a witness, where there are witnesses."""
    last = -1
    for one in members:
        place = select(LeafRow.position).join(EntryRow, col(EntryRow.id) == LeafRow.entry_id)
        position = session.scalars(
            place.where(EntryRow.case_ref == one.case, EntryRow.case_seq == one.entry.case_seq)
        ).first()
        if position is None:
            return None
        last = max(last, position)
    query = select(CheckpointRow).where(col(CheckpointRow.size) > last)
    if session.scalars(select(func.count()).select_from(CosignatureRow)).one():
        query = query.where(col(CheckpointRow.size).in_(select(CosignatureRow.size)))
    row = session.scalars(query.order_by(col(CheckpointRow.size).desc()).limit(1)).first()
    return None if row is None else DrawHead(row.size, row.root)


def _closed_with(entries: list[Entry]) -> tuple[DrawHead | None, str]:
    body = next(entry.body for entry in entries if entry.type == CLOSED)
    checkpoint = body["checkpoint"]
    head = None if checkpoint is None else DrawHead(checkpoint["size"], base64.b64decode(checkpoint["root"]))
    return head, body["randomness"]["value"]


def _told(journal: Journal, session: Session, period: Period) -> Reveal:
    """The reveal as the journal tells it."""
    entries = journal.entries(session, period.chain)
    listed: list[dict[str, str]] = []
    for entry in entries:
        if entry.type == "sample.questions":
            listed += entry.body["questions"]
    body = next(entry.body for entry in entries if entry.type == REVEAL)
    return Reveal(period.log, period.period, body["key"], tuple(listed), body["digest"], body["signature"])


def _plain(figures: Figures) -> dict[str, Any]:
    """Figures as the journal writes them: no floats."""
    lower, upper = figures.sequence
    return {
        "risk": str(figures.risk),
        "cases": figures.counts.population,
        "sampled": figures.counts.sampled,
        "errors": figures.counts.errors,
        "unknown": figures.counts.unknown,
        "overdue": figures.overdue,
        "upper_errors": figures.upper_errors,
        "lower_errors": figures.lower_errors,
        "sequence": [f"{lower:.6f}", f"{upper:.6f}"],
        "over_upper_ore": figures.kronor.over_upper_ore,
        "under_upper_cases": figures.kronor.under_upper_cases,
        "unmeasured": figures.kronor.unmeasured,
    }
