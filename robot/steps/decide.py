"""``decide``: the rules answer; the robot decides what it may decide, and proposes the rest to a person."""

from typing import TYPE_CHECKING, ClassVar

from robot.engine.proposal import propose
from robot.engine.scope import Scope
from robot.engine.stratum import decision_scopes, stratum_of
from robot.engine.view import CaseView, robot_decider
from robot.engine.world import World
from robot.rules import Reason
from robot.steps.base import Advance, Change, Draft, HandOver, Line, Name, Result, Step

if TYPE_CHECKING:
    from robot.definition import Definition


class Decide(Step):
    """Outcome and amount by name of rule. What speaks against a decision by the robot is a reason for a person."""

    verb: ClassVar[str] = "decide"
    pure: ClassVar[bool] = True
    decide: str
    amount: str

    def names(self) -> list[Name]:
        """The rules of outcome and amount."""
        return [Name("rule", self.decide, ("decide",)), Name("rule", self.amount, ("amount",))]

    def plan(self, case: CaseView) -> Change:
        """The outcome, and whether the robot may decide it."""
        proposal = propose(case, self.decide, self.amount)
        outcome = "till en person" if proposal.outcome is None else f"{proposal.outcome} {proposal.amount} kr"
        reasons = (*case.state.remarks, *proposal.reasons, *self._not_ours(case, proposal.outcome))
        payload = {"proposal": proposal, "reasons": tuple(dict.fromkeys(reasons))}
        return Change(self.decide, "=", (Line("Beslut", "", outcome),), payload)

    def touches(self, case: CaseView) -> tuple[Scope, ...]:
        """The process, and the stratum that the decision belongs to."""
        return decision_scopes(case)

    def braked(self, case: CaseView, change: Change, reasons: tuple[Reason, ...]) -> HandOver:
        """Proposed as ever; a person decides."""
        return HandOver((*change.payload["reasons"], *reasons), (self.proposed(case, change),), resume="next")

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:  # noqa: ARG002 - pure, needs no world
        """Journal the proposal with its whole finding tree, then decide or hand over."""
        proposal = change.payload["proposal"]
        if change.payload["reasons"]:
            return HandOver(change.payload["reasons"], (self.proposed(case, change),), resume="next")
        return Advance((self.proposed(case, change), made(case.definition, proposal.outcome, proposal.amount_ore)))

    def proposed(self, case: CaseView, change: Change) -> Draft:
        """The proposal; ``alone``: the robot would decide it, brake or not, which is what drift is measured on."""
        draft: Draft = change.payload["proposal"].draft()
        told = {"stratum": stratum_of(case), "alone": not change.payload["reasons"]}
        return Draft(draft.type, {**draft.body, **told}, draft.personal)

    def _not_ours(self, case: CaseView, outcome: str | None) -> tuple[Reason, ...]:
        definition = case.definition
        reasons: list[Reason] = []
        if definition.autonomy != "decide":
            why = "Processen är inställd så att roboten bara föreslår beslut."
            reasons.append(Reason("beslutsratt.forslag", why, "autonomy"))
        if outcome is not None and outcome not in definition.may_decide:
            why = f"Utfallet {outcome} beslutas alltid av en person."
            reasons.append(Reason(f"beslutsratt.{outcome}", why, "may_decide"))
        return tuple(reasons)


def made(definition: "Definition", outcome: str | None, amount_ore: int | None) -> Draft:
    """The robot's own decision."""
    body = {
        "outcome": outcome,
        "amount_ore": amount_ore,
        "by": "robot",
        "name": robot_decider(definition),
        "delegation": definition.delegation,
        "appeal": definition.appeal,
    }
    return Draft("decision.made", body)
