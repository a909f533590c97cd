"""Runs a segment: the consecutive steps of one case that belong to one queue."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from audit.log.entry import Actor
from audit.log.receipt import Receipt
from connectors.contract import Failed
from robot.definition.model import Stickprov
from robot.engine.brake import Brakes, Puller
from robot.engine.case import CaseState
from robot.engine.drawing import Drawing
from robot.engine.fold import INTERRUPTED, Told, changed
from robot.engine.lease import Held
from robot.engine.ledger import Ledger, StaleCaseError, moves
from robot.engine.library import Library
from robot.engine.metrics import step_time
from robot.engine.review import review_opened
from robot.engine.scope import Scope
from robot.engine.services import BUILD, Services
from robot.engine.view import CaseView
from robot.engine.working_days import add_working_days
from robot.rules import Reason
from robot.steps.base import Advance, Change, Draft, Finish, HandOver, Result, Retry, Step

log = structlog.get_logger(__name__)
ATTEMPTS = 5
"""Tries of a step, unless the settings say otherwise."""
INTERRUPTIONS = 10
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 300.0
TIMELESS = {"check.done", "step.done"}
"""Entries whose time nothing is worked out from, so that they may be written a little later than they were made."""
ROBOT = Puller("robot", "Roboten", person=False)


class _CaseHand:
    """The case in hand: writes entries as the robot and keeps the state they add up to."""

    def __init__(self, ledger: Ledger, drawing: Drawing, brakes: Brakes, state: CaseState, held: Held | None) -> None:
        self._ledger = ledger
        self._drawing = drawing
        self._brakes = brakes
        self._held = held
        self._durable = state
        self._waiting: list[Draft] = []
        self.state = state
        self.actor = Actor(kind="robot", id=state.process, build=BUILD, rules=state.version)

    def write(self, drafts: Sequence[Draft], *, queue: str | None = None, delay: float = 0) -> None:
        """Append entries after those that wait, and with ``queue`` the job that goes on."""
        term = None if self._held is None else self._held.term
        everything = [*self._waiting, *drafts]
        self.state = self._durable = self._ledger.write(
            self._durable, everything, actor=self.actor, queue=queue, delay=delay, term=term
        )
        self._waiting.clear()

    def wait(self, drafts: Sequence[Draft], now: datetime) -> None:
        """Let entries wait for the next write: a commit is dear, and after a crash they are worked out again."""
        self._waiting += drafts
        for draft in drafts:
            self.state = changed(self.state, draft.type, Told(draft.body, draft.personal, now))

    def settle(self) -> None:
        """Write what waits."""
        if self._waiting:
            self.write([])

    def sure(self) -> float:
        """Ask once more, right before something is done outside, whether the case is still ours. See `Hand`."""
        left = math.inf if self._held is None else self._held.confirm()
        self._ledger.must_be_newest(self.state)
        return left

    async def draw(self, stratum: str, plan: Stickprov) -> Failed | None:
        """Draw the case's stickprov ticket once."""
        if self.state.ticket is not None:
            return None
        failed = await self._drawing.draw(self.state, stratum, plan, actor=self.actor)
        if failed is None:
            self._reload()
        return failed

    def receipt(self) -> Receipt | None:
        """The receipt of the case's decision, once a signed head covers it."""
        return self._ledger.receipt(self.state.ref)

    def pull(self, scope: Scope, code: str) -> None:
        """Pull the brake once, with this case as the one that ran into it."""
        self._brakes.pull(self.state.process, scope, ROBOT, code=code, case=self.state.ref)

    def _reload(self) -> None:
        now = self._ledger.load(self.state.ref)
        if (now.status, now.position) != (self.state.status, self.state.position):
            msg = f"case {now.ref} was moved to position {now.position} ({now.status}) while it was drawn"
            raise StaleCaseError(msg)
        self.state = self._durable = now


@dataclass(frozen=True, slots=True)
class Runner:
    """Takes a case as far as it goes in one queue."""

    ledger: Ledger
    library: Library
    services: Services
    drawing: Drawing
    brakes: Brakes
    attempts: int = ATTEMPTS
    interruptions: int = INTERRUPTIONS

    async def segment(self, ref: str, number: int, queue: str, held: Held | None = None) -> None:
        """Run the case from where its journal stands, as the job that was put in ``queue`` at entry ``number``.

        A job that the case has left behind does nothing; one that was broken off half-way goes on where it was.
        ``held``: the worker's lease; without it, nobody else may be working.
        """
        state = self.ledger.current(ref, number, queue)
        if state is None:
            log.info("segment.stale", case=ref, number=number, queue=queue)
            return
        hand = _CaseHand(self.ledger, self.drawing, self.brakes, state, held)
        with structlog.contextvars.bound_contextvars(case=ref, segment=number, queue=queue):
            try:
                await self._steps(hand, queue)
            except StaleCaseError as stale:
                log.warning("segment.stopped", why=str(stale))
            except SQLAlchemyError:
                # Without its database the case cannot even be handed over; the job fails and is resumed later.
                log.exception("segment.lost_database", position=hand.state.position)
                raise

    def interrupted(self, ref: str, number: int, queue: str, held: Held, *, executor: str | None) -> CaseState | None:
        """Journal that the job's worker is gone, so that nothing which that worker still writes can follow.

        ``executor``: who had the job in hand; without it the job is gone too, and a new one is put. A case that has
        lost its worker too often goes to a person: it may be what ends them. None when the job is no longer the one
        that may move the case.
        """
        state = self.ledger.current(ref, number, queue)
        if state is None:
            return None
        hand = _CaseHand(self.ledger, self.drawing, self.brakes, state, held)
        if executor is not None and self._told(ref, executor):
            return hand.state
        attempt = hand.state.interruptions + 1
        body = {"step": hand.state.position, "attempt": attempt, "code": INTERRUPTED}
        entry = Draft("step.retry", body if executor is None else {**body, "executor": executor})
        if attempt < self.interruptions:
            hand.write([entry], queue=queue if executor is None else None)
        else:
            why = f"Robotens arbete med ärendet har avbrutits {attempt} gånger i samma steg. Driften behöver se varför."
            opened = _opened(hand.state, f"forsok_slut.{INTERRUPTED}", "Arbetet avbröts gång på gång", why, self._now())
            hand.write([entry, opened])
        return hand.state

    def _told(self, ref: str, executor: str) -> bool:
        """Whether the journal's last word is that this worker is gone: another sweep wrote it, and died in its turn."""
        moving = [one.entry for one in self.ledger.recorded(ref) if moves(one.entry.type)]
        return moving[-1].type == "step.retry" and moving[-1].body.get("executor") == executor

    def _now(self) -> datetime:
        return self.ledger.clock.now()

    async def _steps(self, hand: _CaseHand, queue: str) -> None:
        try:
            definition = self.library.get(hand.state.process, hand.state.version)
            while await self._step(hand, CaseView(definition, hand.state, now=self.ledger.clock.now()), queue):
                pass
        except (StaleCaseError, SQLAlchemyError):
            raise
        except Exception as error:
            log.exception("segment.broken", case=hand.state.ref, position=hand.state.position)
            hand.write(_broken(hand.state, error, now=self.ledger.clock.now()))

    async def _step(self, hand: _CaseHand, view: CaseView, queue: str) -> bool:
        """Run one step; say whether the next one is ours too."""
        step = view.definition.steps[hand.state.position]
        wanted = step.queue(view)
        if wanted != queue:
            hand.write([], queue=wanted)
            return False
        change = step.plan(view)
        if change.reasons:
            result: Result = HandOver(change.reasons)
        elif braked := self._braked(step, view, change):
            result = step.braked(view, change, braked)
        else:
            if not step.pure:
                hand.settle()
            with step_time(step.verb):
                result = await step.apply(view, change, self.services.world(hand))
        return self._settle(hand, view, step, result, queue)

    def _braked(self, step: Step, view: CaseView, change: Change) -> tuple[Reason, ...]:
        scopes = () if change.sign == "·" else step.touches(view)
        return tuple(one.reason for one in self.brakes.holding(view.state.process, scopes)) if scopes else ()

    def _settle(self, hand: _CaseHand, view: CaseView, step: Step, result: Result, queue: str) -> bool:
        position = view.state.position
        match result:
            case Advance(drafts):
                written = _with_next(drafts, step.verb, position + 1)
                if step.pure and all(draft.type in TIMELESS for draft in written):
                    hand.wait(written, self._now())
                else:
                    hand.write(written)
                return True
            case Finish(drafts):
                hand.write(drafts)
            case HandOver():
                self._hand_over(hand, view, result)
            case Retry():
                return self._again(hand, view, step, result, queue)
        log.info("segment.ended", case=hand.state.ref, position=position, verb=step.verb, status=hand.state.status)
        return False

    def _hand_over(self, hand: _CaseHand, view: CaseView, result: HandOver) -> None:
        opened = review_opened(
            view, result.reasons, lane=result.lane, resume=result.resume, now=self.ledger.clock.now()
        )
        hand.write([*result.drafts, opened])

    def _again(self, hand: _CaseHand, view: CaseView, step: Step, result: Retry, queue: str) -> bool:
        attempt = hand.state.attempts + 1
        entry = Draft("step.retry", {"step": hand.state.position, "attempt": attempt, "code": result.code})
        late = self.ledger.clock.now() >= hand.state.due_at
        if attempt < self.attempts and not late:
            backoff = min(FIRST_DELAY_SECONDS * 2**attempt, LONGEST_DELAY_SECONDS)
            hand.write([entry], queue=queue, delay=max(backoff, result.after_seconds))
            return False
        reason = Reason(f"forsok_slut.{result.code}", result.why, step.verb)
        hand.write([entry])
        return self._settle(hand, view, step, result.otherwise or HandOver((reason,)), queue)


def _broken(state: CaseState, error: Exception, *, now: datetime) -> list[Draft]:
    """A fault in our own code: a person gets the case, drift gets the trace, and nothing is tried again blindly.

    It asks nothing of the process, because its definition may be what is broken. The task is due the next working day.
    """
    kind = type(error).__name__
    why = f"Ett fel i robotens program ({kind}) stoppade ärendet. Driften har fått felet."
    return [
        Draft("segment.failed", {"step": state.position, "error": kind}),
        _opened(state, f"programfel.{kind}", "Fel i robotens program", why, now),
    ]


def _opened(state: CaseState, code: str, title: str, why: str, now: datetime) -> Draft:
    body = {
        "reasons": [{"code": code, "title": title}],
        "lane": "ordinary",
        "resume": "same",
        "step": state.position,
        "due_at": add_working_days(now, 1).isoformat(),
    }
    return Draft("human.review.opened", body, {"remarks": {"0": [why]}})


def _with_next(drafts: Sequence[Draft], verb: str, following: int) -> list[Draft]:
    if not drafts:
        return [Draft("step.done", {"verb": verb, "next": following})]
    *before, last = drafts
    return [*before, Draft(last.type, {**last.body, "next": following}, last.personal, last.intent)]
