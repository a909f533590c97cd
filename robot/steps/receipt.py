"""``receipt``: waits until the decision lies in the log under a signed head, so that its letter can prove it."""

from typing import ClassVar, Literal

from robot.engine.view import CaseView
from robot.engine.world import World
from robot.steps.base import Advance, Change, Draft, Line, Result, Retry, Step

TRIES = 4
"""With the runner's growing delays about 15 seconds; a decision must not wait longer for its receipt."""


class Receipt(Step):
    """Stands before the letter. When nobody signs in time the case goes on without, and the journal says so."""

    verb: ClassVar[str] = "receipt"
    receipt: Literal["beslut"]

    def plan(self, case: CaseView) -> Change:
        """A receipt of the decision, where there is one."""
        if case.state.decision is None or case.state.receipt is not None:
            return Change("kvitto", "·")
        return Change("kvitto", "✓", (Line("Kvitto", "", "beslutets plats i den signerade loggen"),))

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:
        """Journal the receipt, so that whatever is worked out from the case afterwards has it."""
        if change.sign == "·":
            return Advance(())
        found = world.hand.receipt()
        if found is not None:
            return Advance((Draft("receipt.made", found.body()),))
        without = Advance((Draft("receipt.missing", {"code": "inte_signerad"}),))
        if case.state.attempts >= TRIES:
            return without
        return Retry("kvitto", "Beslutet är inte signerat i loggen än.", otherwise=without)
