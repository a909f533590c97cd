"""``fetch``: asks a register and keeps the answer as a fact."""

from typing import ClassVar

from pydantic import Field

from robot.engine.questions import ask_all, connector_of, flagged, protect, question_names, unless_later
from robot.engine.scope import Scope
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.steps.base import Advance, Change, Line, Name, Result, Step


class Fetch(Step):
    """An answer that does not come becomes a missing fact with its cause; what needs the fact is then undetermined."""

    verb: ClassVar[str] = "fetch"
    fetch: str
    as_: str = Field(alias="as")
    with_: dict[str, str] = Field(alias="with")

    def names(self) -> list[Name]:
        """The query, the fact and the arguments."""
        return question_names("fetch", self.fetch, self.as_, self.with_)

    def touches(self, case: CaseView) -> tuple[Scope, ...]:  # noqa: ARG002 - the same register for every case
        """The register."""
        return (connector_of(self.fetch),)

    def plan(self, case: CaseView) -> Change:
        """One question per person that the arguments name."""
        questions = case.questions(self.fetch, self.with_)
        if questions.reasons:
            return Change(self.fetch, "✓", reasons=questions.reasons)
        return Change(
            self.fetch, "✓", (Line(self.as_, "", f"{len(questions.asked)} frågor"),), {"questions": questions}
        )

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:
        """Keep the answers, or why they are missing."""
        answered = await ask_all(case, self.fetch, self.as_, change.payload["questions"], world)
        # A flag may have come since the guard asked, or be known only to this register.
        if flagged(answered.values):
            return protect(answered)
        return unless_later(answered, Advance(answered.drafts))
