"""``read``: reads a screen of a case system and keeps what it shows as a fact."""

from typing import ClassVar

from pydantic import Field

from robot.engine.scope import Scope
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.gui.failure import GuiFailure
from robot.steps._screen import screen_scopes, screen_values, stopped
from robot.steps.base import Advance, Change, Draft, Line, Name, Result, Retry, Step


class Read(Step):
    """What cannot be read becomes a missing fact with its cause."""

    verb: ClassVar[str] = "read"
    read: str
    as_: str = Field(alias="as")

    def names(self) -> list[Name]:
        """The screen and the fact."""
        return [Name("screen", self.read, ("read",)), Name("fact", self.as_, ("as",))]

    def queue(self, case: CaseView) -> str:
        """The case system's own queue."""
        return case.definition.screens[self.read].system

    def touches(self, case: CaseView) -> tuple[Scope, ...]:
        """The screen and its system."""
        return screen_scopes(case.definition.screens[self.read])

    def plan(self, case: CaseView) -> Change:
        """Go to the screen and read it."""
        screen = case.definition.screens[self.read]
        values, reasons = screen_values(case, screen)
        target = f"{screen.system}.{self.read}"
        return Change(target, "✓", (Line(self.as_, "", screen.title),), {"values": values}, reasons)

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:
        """Read, or say why it could not be read."""
        screen = case.definition.screens[self.read]
        source = change.target
        try:
            found = await world.bots[screen.system].read(screen, change.payload["values"], quiet=case.state.restricted)
        except GuiFailure as failure:
            if failure.kind == "retry":
                return Retry(failure.code, failure.text)
            if (scope := stopped(screen, failure)) is not None:
                world.hand.pull(scope, failure.code)
            body = {"source": source, "fact": self.as_, "known": False, "code": failure.code, "why": failure.text}
            return Advance((Draft("doc.read", {**body, "observed_at": world.clock.now().isoformat()}),))
        body = {"source": source, "fact": self.as_, "known": True, "observed_at": world.clock.now().isoformat()}
        return Advance((Draft("doc.read", body, {self.as_: found.data}),))
