"""``fill``: writes a screen of a case system, and proves it by another path."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from robot.engine.scope import Scope
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.gui.bot import Written, plan_screen
from robot.gui.failure import GuiFailure, Snapshot
from robot.gui.screen import ScreenFile
from robot.rules import Reason
from robot.rules.finding import value_to_json
from robot.steps._effect import EffectStep, condition, condition_names
from robot.steps._screen import evidence, screen_scopes, screen_values, stopped
from robot.steps.base import Change, EffectFailedError, Line, Name, Proof, Recover
from robot.steps.decide import Decide


class Fill(EffectStep):
    """One save in a case system. ``when`` names a rule; without it the screen is always written."""

    verb: ClassVar[str] = "fill"
    fill: str
    when: str | None = None

    def names(self) -> list[Name]:
        """The screen and the condition."""
        return [Name("screen", self.fill, ("fill",)), *condition_names(self.when)]

    def queue(self, case: CaseView) -> str:
        """The case system's own queue."""
        return case.definition.screens[self.fill].system

    def target(self, case: CaseView) -> tuple[Scope, ...]:
        """The screen and its system."""
        return screen_scopes(case.definition.screens[self.fill])

    def plan(self, case: CaseView) -> Change:
        """Every field that would be written, page by page."""
        screen = case.definition.screens[self.fill]
        target = f"{screen.system}.{self.fill}"
        if other := _decided_otherwise(case):
            return Change(target, "+", reasons=other)
        if (skipped := condition(case, self.when, target)) is not None:
            return skipped
        values, reasons = screen_values(case, screen)
        if reasons:
            return Change(target, "+", reasons=reasons)
        planned = plan_screen(screen, values)
        lines = tuple(
            Line(field.label if field.row is None else f"{field.label} rad {field.row}", "", field.value)
            for field in planned
        )
        return Change(target, "+", lines, {"values": values})

    def content(self, change: Change) -> Mapping[str, Any]:
        """The values by name, as JSON."""
        return {name: value_to_json(value) for name, value in change.payload["values"].items()}

    def recovery(self, change: Change, world: World) -> Recover:
        """As the case system's manifest says."""
        manifest = world.manifests[change.target.partition(".")[0]]
        recover: Recover = getattr(manifest, "recover", "human")
        return recover

    async def act(self, case: CaseView, change: Change, world: World, key: str) -> Proof:  # noqa: ARG002 - the key is in the text
        """Fill, save, and look for the saved record by another path."""
        screen = case.definition.screens[self.fill]
        bot, values = world.bots[screen.system], change.payload["values"]
        try:
            written = await bot.write(screen, values, quiet=case.state.restricted, may_save=world.hand.sure)
        except GuiFailure as failure:
            raise _effect_failure(screen, failure, saved=failure.after_save) from None
        try:
            found = await bot.look(screen, values, quiet=case.state.restricted)
        except GuiFailure as failure:
            raise _effect_failure(screen, failure, saved=True) from None
        if found is None:
            why = f"Systemet kvitterade {screen.title}, men posten syns inte när man söker upp den."
            raise EffectFailedError("sparad_men_syns_inte", why, unknown=True)
        return _proof(found, written.receipt, [*written.evidence, *found.evidence], world)

    async def look(self, case: CaseView, change: Change, world: World, key: str) -> Proof | None:  # noqa: ARG002 - as above
        """Search the record up as a person would."""
        screen = case.definition.screens[self.fill]
        try:
            found = await world.bots[screen.system].look(screen, change.payload["values"], quiet=case.state.restricted)
        except GuiFailure as failure:
            raise _effect_failure(screen, failure, saved=True) from None
        return None if found is None else _proof(found, found.receipt, list(found.evidence), world)


def _decided_otherwise(case: CaseView) -> tuple[Reason, ...]:
    """The rules' figures are written, and nothing else: another decision than theirs is for a person to write."""
    decision = case.state.decision
    step = next((step for step in case.definition.steps if isinstance(step, Decide)), None)
    if decision is None or step is None:
        return ()
    values, _ = case.values((step.decide, step.amount))
    if (values.get(step.decide), values.get(step.amount)) == (decision.outcome, decision.amount):
        return ()
    why = (
        "Beslutet är ett annat än beräkningen visar. Roboten kan inte skriva in det. "
        "Ta över ärendet och för in beslutet i verksamhetssystemet."
    )
    return (Reason("beslut_avviker", why, step.decide),)


def _proof(found: Written, receipt: Mapping[str, str], snapshots: Sequence[Snapshot], world: World) -> Proof:
    return Proof("uppslagning i ärendet", receipt, found.read_back, world.clock.now(), evidence(snapshots))


def _effect_failure(screen: ScreenFile, failure: GuiFailure, *, saved: bool) -> EffectFailedError:
    return EffectFailedError(
        failure.code,
        failure.text,
        unknown=saved,
        temporary=failure.kind == "retry" and not saved,
        evidence=evidence(failure.evidence),
        stops=stopped(screen, failure),
    )
