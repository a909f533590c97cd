"""``guard``: asks for protected personal data before anything else is asked."""

from typing import Any, ClassVar

from pydantic import Field

from robot.engine.questions import FLAGS, ask_all, connector_of, protect, question_names, unless_later
from robot.engine.scope import Scope
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.steps.base import Advance, Change, Draft, HandOver, Line, Name, Result, Step


class Guard(Step):
    """Anything but a clear no for every person keeps the case restricted and hands it over."""

    verb: ClassVar[str] = "guard"
    guard: str
    as_: str = Field(alias="as")
    with_: dict[str, str] = Field(alias="with")

    def names(self) -> list[Name]:
        """The query, the fact and the arguments."""
        return question_names("guard", self.guard, self.as_, self.with_)

    def touches(self, case: CaseView) -> tuple[Scope, ...]:  # noqa: ARG002 - the same register for every case
        """The register."""
        return (connector_of(self.guard),)

    def plan(self, case: CaseView) -> Change:
        """Ask the register about every person in the household."""
        questions = case.questions(self.guard, self.with_)
        if questions.reasons:
            return Change(self.guard, "✓", reasons=questions.reasons)
        return Change(
            self.guard, "✓", (Line(self.as_, "", f"{len(questions.asked)} frågor"),), {"questions": questions}
        )

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:
        """Lift the restriction only when every answer says no to every flag."""
        answered = await ask_all(case, self.guard, self.as_, change.payload["questions"], world)
        if answered.missing is not None:
            # Also when the restriction was lifted before: silence now may hide a flag that has come since.
            restricted = Draft("case.protected", {"restricted": True})
            return unless_later(answered, HandOver((answered.missing,), (*answered.drafts, restricted)))
        if not _all_clear(answered.values):
            return protect(answered)
        return Advance((*answered.drafts, Draft("case.cleared", {"restricted": False})))


def _all_clear(answers: list[dict[str, Any]]) -> bool:
    # An answer without flags, or a flag that is not exactly False, must never read as "not protected".
    return bool(answers) and all(answer.get(flag) is False for answer in answers for flag in FLAGS)
