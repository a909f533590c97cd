"""``check``: evaluates rules that look for something a person must see."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from robot.engine.view import CaseView
from robot.engine.world import World
from robot.rules import Reason
from robot.steps.base import Advance, Change, Draft, Line, Name, Result, Step


class Check(Step):
    """Every rule of the step is evaluated, so that a person sees all reasons at once, not only the first."""

    verb: ClassVar[str] = "check"
    pure: ClassVar[bool] = True
    check: dict[str, str]

    def names(self) -> list[Name]:
        """The check rules."""
        return [Name("rule", rule, ("check", rule)) for rule in self.check]

    def titles(self) -> dict[str, str]:
        """The titles as the process gives them."""
        return self.check

    def plan(self, case: CaseView) -> Change:
        """Which checks pass, and the remarks of those that do not."""
        remarks = case.remarks(self.check)
        lines = tuple(Line(rule, "", "ja" if rule not in remarks else "nej") for rule in self.check)
        return Change(", ".join(self.check), "✓", lines, {"remarks": remarks})

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:  # noqa: ARG002 - pure, needs no world
        """Note what a person must see. The case goes on, so that the person gets the whole basis and a proposal."""
        reasons = [reason for found in change.payload["remarks"].values() for reason in found.reasons]
        return Advance((checked(self.check, reasons),))


def checked(rules: Iterable[str], reasons: Sequence[Reason]) -> Draft:
    """The entry that says which checks were made and which of them did not pass: why, in the vault."""
    failed = [{"code": reason.code, "origin": reason.origin} for reason in reasons]
    remarks = {str(number): reason.why for number, reason in enumerate(reasons)}
    return Draft("check.done", {"rules": sorted(rules), "failed": failed}, {"remarks": remarks})
