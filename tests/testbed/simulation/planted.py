"""Twelve bugs that the simulation must find. Each is put into the engine for one test, from outside."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

import audit.stickprov.frame as frame_module
import robot.engine.drawing as drawing_module
import robot.engine.effects as effects_module
import robot.engine.ledger as ledger_module
import robot.engine.questions as questions_module
import robot.engine.review as review_module
import robot.engine.runner as runner_module
from connectors.contract import Answered, NoHit
from robot.engine.effects import effect_key
from robot.engine.intake import Intake
from robot.engine.ledger import StaleCaseError
from robot.engine.proposal import Proposed
from robot.engine.review import Reviews
from robot.steps.base import Advance, Draft
from robot.steps.decide import Decide
from robot.steps.guard import Guard
from robot.store.tables import CaseRow
from testbed.simulation.jobs import SimulatedJobs

Plant = Callable[[pytest.MonkeyPatch], None]


def act_before_intent(patch: pytest.MonkeyPatch) -> None:
    """The effect is tried first, and the intent is written together with its proof."""

    async def run(step: Any, case: Any, change: Any, world: Any) -> Any:
        content = step.content(change)
        step_name = f"{case.state.position}.{change.target}"
        key = effect_key(case.state.ref, step_name, content, secret=case.state.effect_secret)
        proof = await step.act(case, change, world, key)
        intended = effects_module._intended(step, case, change, key, content)
        return Advance((intended, effects_module._done(key, proof)))

    patch.setattr("robot.steps._effect.run_effect", run)


def no_look_after_a_crash(patch: pytest.MonkeyPatch) -> None:
    """What was intended and never proven is tried again without a look."""
    settle = effects_module._settle

    async def blind(step: Any, case: Any, change: Any, world: Any, earlier: Any) -> Any:
        return None if earlier.status == "intended" else await settle(step, case, change, world, earlier)

    patch.setattr(effects_module, "_settle", blind)


def retry_after_unknown(patch: pytest.MonkeyPatch) -> None:
    """What nobody knows the end of is tried again as if it had failed."""
    settle = effects_module._settle

    async def blind(step: Any, case: Any, change: Any, world: Any, earlier: Any) -> Any:
        return None if earlier.status == "unknown" else await settle(step, case, change, world, earlier)

    patch.setattr(effects_module, "_settle", blind)


def key_without_content(patch: pytest.MonkeyPatch) -> None:
    """A corrected write has the key of the wrong one."""
    patch.setattr(
        effects_module, "effect_key", lambda case, step, _content, *, secret: effect_key(case, step, {}, secret=secret)
    )


class LooseJobs(SimulatedJobs):
    """Puts a job in a transaction of its own, after the one that it belongs to."""

    late: list[dict[str, Any]]

    def put(self, session: Any, case: str, queue: str, **named: Any) -> None:
        """Only remember it."""
        del session
        self.late = [*getattr(self, "late", []), {"case": case, "queue": queue, **named}]

    def take_in(self) -> None:
        """Now."""
        self._stage.point("loose job")
        late, self.late = getattr(self, "late", []), []
        for one in late:
            with self._database.write() as session:
                super().put(session, **one)


def job_without_its_transaction(patch: pytest.MonkeyPatch) -> None:
    """The process can die between the entries and their job."""
    write = ledger_module.Ledger.write

    def loosely(ledger: Any, *arguments: Any, **named: Any) -> Any:
        state = write(ledger, *arguments, **named)
        ledger.jobs.take_in()
        return state

    patch.setattr(ledger_module.Ledger, "write", loosely)
    submit = Intake.submit

    def submitted(intake: Any, *arguments: Any, **named: Any) -> Any:
        taken = submit(intake, *arguments, **named)
        intake._ledger.jobs.take_in()
        return taken

    patch.setattr(Intake, "submit", submitted)


def no_optimistic_check(patch: pytest.MonkeyPatch) -> None:
    """Whoever writes last has moved the case."""
    move = ledger_module.Ledger._move

    def anyhow(ledger: Any, session: Any, before: Any, state: Any, queue: Any, _term: Any) -> None:
        row = session.get(CaseRow, before.ref)
        move(ledger, session, replace(before, position=row.position, status=row.status), state, queue, None)

    patch.setattr(ledger_module, "_must_be_newest", lambda *_, **_named: None)
    patch.setattr(ledger_module.Ledger, "_move", anyhow)


def no_hit_is_empty(patch: pytest.MonkeyPatch) -> None:
    """A register that does not know the person is read as one that knows of no income."""
    ask_all = questions_module.ask_all

    async def empty(case: Any, query: str, fact: str, questions: Any, world: Any) -> Any:
        ask = world.ask

        async def asked(query: str, arguments: Any, *, request_id: str) -> Any:
            answer = await ask(query, arguments, request_id=request_id)
            if isinstance(answer, NoHit) and fact == "inkomster":
                return Answered({"Belopp": []}, answer.source, answer.observed_at, request_id)
            return answer

        return await ask_all(case, query, fact, questions, _Asking(world, asked))  # type: ignore[arg-type]  # it passes everything else on

    patch.setattr("robot.steps.fetch.ask_all", empty)


class _Asking:
    """A world with another way to ask."""

    def __init__(self, world: Any, ask: Any) -> None:
        self.ask = ask
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


def time_out_is_a_decision(patch: pytest.MonkeyPatch) -> None:
    """What is still missing in the end is decided against the applicant."""
    plan = Decide.plan

    def decided(step: Decide, case: Any) -> Any:
        change = plan(step, case)
        if not any(reason.code.endswith(".tidsgrans") for reason in change.payload["reasons"]):
            return change
        proposal: Proposed = change.payload["proposal"]
        refusal = replace(proposal, outcome="avslag", amount=Decimal(0), reasons=())
        return replace(change, payload={"proposal": refusal, "reasons": ()})

    patch.setattr(Decide, "plan", decided)


def drawn_again(patch: pytest.MonkeyPatch) -> None:
    """A restart draws a new ticket."""
    member = frame_module.member

    def forgetful(entries: Any) -> Any:
        found = member(entries)
        return None if found is None else replace(found, ticket=None)

    patch.setattr(drawing_module, "drawn", lambda _: None)
    patch.setattr(drawing_module, "member", forgetful)
    patch.setattr(runner_module._CaseHand, "draw", _draw_always)


async def _draw_always(hand: Any, stratum: str, plan: Any) -> None:
    await hand._drawing.draw(hand.state, stratum, plan, actor=hand.actor)
    hand._reload()


def action_on_a_stale_state(patch: pytest.MonkeyPatch) -> None:
    """Of two people who act at once, the second is written upon the first."""
    write = Reviews._write

    def anyway(reviews: Any, state: Any, drafts: Any, person: Any, **named: Any) -> Any:
        try:
            return reviews._ledger.write(state, drafts, actor=person.actor, **named)
        except StaleCaseError:
            return write(reviews, reviews._ledger.load(state.ref), drafts, person, **named)

    patch.setattr(Reviews, "_write", anyway)


def restriction_lifted_on_silence(patch: pytest.MonkeyPatch) -> None:
    """No answer about protection is taken for a no."""
    apply = Guard.apply

    async def lifted(step: Guard, case: Any, change: Any, world: Any) -> Any:
        result = await apply(step, case, change, world)
        if isinstance(result, Advance):
            return result
        return Advance((*result.drafts, Draft("case.cleared", {"restricted": False})))  # type: ignore[union-attr]  # a guard has these two ends

    patch.setattr(Guard, "apply", lifted)


def hand_over_without_a_reason(patch: pytest.MonkeyPatch) -> None:
    """A person gets the case and nobody says why."""
    opened = review_module.review_opened
    patch.setattr(runner_module, "review_opened", lambda view, _reasons, **named: opened(view, (), **named))


PLANTED: dict[str, tuple[Plant, type[SimulatedJobs], str]] = {
    "act before intent": (act_before_intent, SimulatedJobs, "without intent"),
    "no look after a crash": (no_look_after_a_crash, SimulatedJobs, "doubled"),
    "retry after unknown": (retry_after_unknown, SimulatedJobs, "doubled"),
    "key without content": (key_without_content, SimulatedJobs, "key"),
    "job without its transaction": (job_without_its_transaction, LooseJobs, "lost"),
    "no optimistic check": (no_optimistic_check, SimulatedJobs, ""),
    "no hit is empty": (no_hit_is_empty, SimulatedJobs, "wrong decision"),
    "time-out is a decision": (time_out_is_a_decision, SimulatedJobs, "decision without"),
    "drawn again": (drawn_again, SimulatedJobs, "stickprov"),
    "action on a stale state": (action_on_a_stale_state, SimulatedJobs, "stale"),
    "restriction lifted on silence": (restriction_lifted_on_silence, SimulatedJobs, "restricted"),
    "hand-over without a reason": (hand_over_without_a_reason, SimulatedJobs, "hand-over"),
}
"""The bug, the queue it needs, and how the violation that it must lead to begins."""
