"""A step that changes the world outside."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from robot.engine.effects import run_effect
from robot.engine.scope import Scope
from robot.engine.stratum import decision_scopes
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.steps.base import Advance, Change, Draft, Name, Proof, Recover, Result, Step


class EffectStep(Step):
    """A step that changes the world outside: intended in the journal before, proven or declared unknown after."""

    keyed: ClassVar[bool] = False
    """Whether the target takes the same key twice as one: then what is under way does no harm beside a second try."""

    def touches(self, case: CaseView) -> tuple[Scope, ...]:
        """The target's brakes, and until the first effect those on the robot's decision that no person has seen."""
        state = case.state
        begun = any(effect.status != "failed" for effect in state.effects.values())
        unseen = state.decision is not None and state.decision.by == "robot" and not state.decision.seen
        return (*self.target(case), *(decision_scopes(case) if unseen and not begun else ()))

    @abstractmethod
    def target(self, case: CaseView) -> tuple[Scope, ...]:
        """What the step writes to, as brakes know it."""

    @abstractmethod
    def recovery(self, change: Change, world: World) -> Recover:
        """How an unknown outcome is settled: look in the target ("verify"), do it again ("repeat"), or ask a person."""

    @abstractmethod
    def content(self, change: Change) -> Mapping[str, Any]:
        """What is written, JSON-able: its hash is part of the effect's key, so a corrected write is a new effect."""

    @abstractmethod
    async def act(self, case: CaseView, change: Change, world: World, key: str) -> Proof:
        """Write once and return the proof, read back by another path. Raises `EffectFailedError`."""

    @abstractmethod
    async def look(self, case: CaseView, change: Change, world: World, key: str) -> Proof | None:
        """Look whether it has happened. None: it has not. Raises `EffectFailedError` when that cannot be told."""

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:
        """Run the effect under the journal's protocol: intend, act, look, commit."""
        if change.sign == "·":
            return Advance((Draft("step.skipped", {"effect": change.target}),))
        return await run_effect(self, case, change, world)


def condition_names(when: str | None) -> list[Name]:
    """The name of a condition, where there is one."""
    return [] if when is None else [Name("value", when, ("when",))]


def condition(case: CaseView, when: str | None, target: str) -> Change | None:
    """The plan of a step whose condition says no, or cannot be told; None when the step is to be done."""
    if when is None:
        return None
    values, reasons = case.values((when,))
    if reasons:
        return Change(target, "+", reasons=reasons)
    return None if values[when] else Change(target, "·")
