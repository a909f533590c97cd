"""``close``: ends the case."""

from typing import ClassVar

from robot.engine.view import CaseView
from robot.engine.world import World
from robot.steps.base import Change, Draft, Finish, Line, Result, Step


class Close(Step):
    """The last entry of the chain says how many there are, so that a shortened chain is seen."""

    verb: ClassVar[str] = "close"
    pure: ClassVar[bool] = True
    close: str

    def plan(self, case: CaseView) -> Change:  # noqa: ARG002 - closing needs nothing of the case
        """Close the case."""
        return Change(self.close, "=", (Line("Ärendet", "öppet", self.close),))

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:  # noqa: ARG002 - the runner writes
        """Close it."""
        return Finish((Draft("case.closed", {"how": self.close}),))
