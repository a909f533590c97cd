"""What would happen to an application: registers are read, rules evaluated, and nothing is written anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.log.receipt import Receipt as LogReceipt
from connectors.contract import Failed
from robot.definition import Definition
from robot.definition.model import Stickprov
from robot.engine.brake import Pulled
from robot.engine.case import CaseState, StoredFact
from robot.engine.fold import Told, changed
from robot.engine.scope import Scope
from robot.engine.services import Services
from robot.engine.view import CaseView
from robot.engine.working_days import promised
from robot.rules import Reason
from robot.steps._effect import EffectStep
from robot.steps.base import Change, Draft, HandOver, Retry, Step
from robot.steps.decide import Decide
from robot.steps.draw import Draw
from robot.steps.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One step: its verb, what it would do, and why it would go to a person."""

    verb: str
    change: Change
    reasons: tuple[Reason, ...] = ()


@dataclass
class _Notebook:
    """Takes a step's entries without writing them."""

    state: CaseState
    now: datetime
    drafts: list[Draft] = field(default_factory=list)

    def write(self, drafts: Sequence[Draft]) -> None:
        """Fold them into the state, in memory."""
        for draft in drafts:
            self.drafts.append(draft)
            self.state = changed(self.state, draft.type, Told(draft.body, draft.personal, self.now))

    def sure(self) -> float:
        """Never called: a rehearsal does nothing outside."""
        raise AssertionError(self.state.position)

    def pull(self, scope: Scope, code: str) -> None:
        """Nothing: a rehearsal holds nobody else up."""

    def receipt(self) -> LogReceipt | None:
        """None: a rehearsal decides nothing that a log could hold."""

    async def draw(self, stratum: str, plan: Stickprov) -> Failed | None:
        """Never called: a rehearsal plans the draw and does not draw, or it could be repeated until it fits."""
        raise AssertionError(stratum, plan)


class Rehearsal:
    """Goes through the steps of a process with one application."""

    def __init__(
        self, definition: Definition, application: Any, services: Services, *, brakes: Sequence[Pulled] = ()
    ) -> None:
        """``brakes``: those of the process that are on."""
        self._brakes = brakes
        self._definition = definition
        self._services = services
        now = services.clock.now()
        fact = next(name for name, declared in definition.facts.items() if declared.type is definition.application)
        month = getattr(application, definition.in_force_on)
        stored = StoredFact(True, "ansokan", now, application.model_dump(mode="json", by_alias=True))
        state = CaseState(
            "c_" + "0" * 32, definition.id, definition.version, month, now, now, promised(now), 1, facts={fact: stored}
        )
        self._notebook = _Notebook(state, now)

    async def run(self) -> list[Rehearsed]:
        """Every step in order, until one leaves nothing more to plan. What is braked is not asked and not decided."""
        found: list[Rehearsed] = []
        for number, step in enumerate(self._definition.steps):
            view = CaseView(self._definition, self._notebook.state, now=self._notebook.now)
            change = step.plan(view)
            reasons = change.reasons
            if not reasons:
                braked = self._braked(step, view, change)
                asked = () if braked and not isinstance(step, Decide) else await self._reasons(step, view, change)
                reasons = (*asked, *braked)
            found.append(Rehearsed(step.verb, change, reasons))
            if reasons and not self._goes_on(step, change):
                break
            self._notebook.write([Draft("step.done", {"next": number + 1})])
        return found

    async def _reasons(self, step: Step, view: CaseView, change: Change) -> tuple[Reason, ...]:
        # What changes the world is only ever planned here; there is no switch that could let it through.
        if isinstance(step, EffectStep | Draw | Receipt):
            return ()
        result = await step.apply(view, change, self._services.world(self._notebook))
        if isinstance(result, Retry):
            # A rehearsal does not wait: it shows what the step comes to when the tries are at an end.
            result = result.otherwise or HandOver((Reason(result.code, result.why, step.verb),))
        self._notebook.write(result.drafts)
        return tuple(result.reasons) if isinstance(result, HandOver) else ()

    def _braked(self, step: Step, view: CaseView, change: Change) -> tuple[Reason, ...]:
        scopes = () if change.sign == "·" else step.touches(view)
        return tuple(one.reason for one in self._brakes if any(scope.meets(one.scope) for scope in scopes))

    def _goes_on(self, step: Step, change: Change) -> bool:
        # A case that a person must decide is planned to its end with the proposal, so that the person sees it; what a
        # brake alone holds is shown too.
        if isinstance(step, EffectStep):
            return not change.reasons
        return isinstance(step, Decide) and self._notebook.state.proposal is not None
