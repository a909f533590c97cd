"""``draw``: the stickprov ticket, drawn after the decision is durable and before anything is written outside."""

from typing import ClassVar

from connectors.contract import FailureKind
from robot.engine.sampling import assigned
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.rules import Reason
from robot.steps.base import Advance, Change, Draft, HandOver, Line, Name, Result, Retry, Step

PICKED = Reason("stickprov", "Ärendet är uttaget till stickprov. Granska beslutet innan det verkställs.", "stickprov")


class Draw(Step):
    """A picked case is held for review. The probability it had is kept, picked or not."""

    verb: ClassVar[str] = "draw"
    draw: str

    def names(self) -> list[Name]:
        """The rule that names the stratum."""
        return [Name("rule", self.draw, ("draw",))]

    def plan(self, case: CaseView) -> Change:
        """The stratum and the probability; nobody can plan the outcome of the draw."""
        values, reasons = case.values((self.draw,))
        if reasons:
            return Change("stickprov", "✓", reasons=reasons)
        stratum = values[self.draw]
        plan = case.definition.stickprov
        rate = None if plan is None else plan.rates.get(stratum)
        if plan is None or rate is None:
            why = f"Stratum {stratum} har ingen stickprovsandel i processen."
            return Change("stickprov", "✓", reasons=(Reason("stickprov.okant_stratum", why, self.draw),))
        lines = (Line("Stickprov", "", f"stratum {stratum}, sannolikhet {rate}"),)
        return Change("stickprov", "✓", lines, {"stratum": stratum, "plan": plan})

    async def apply(self, case: CaseView, change: Change, world: World) -> Result:
        """Draw for the robot's own decisions; what people decide is drawn when the month is over.

        A keeper that is silent is asked again, and then a person is told: silence is never "not picked".
        """
        stratum, plan = change.payload["stratum"], change.payload["plan"]
        decision = case.state.decision
        if decision is None or decision.by != "robot" or stratum in plan.follow_up:
            return Advance((Draft("sample.outside", {"stratum": stratum}),))
        failed = await world.hand.draw(stratum, plan)
        if failed is not None:
            silent = Reason(f"stickprov.{failed.code}", failed.reason, "stickprov")
            if failed.kind is FailureKind.RETRY:
                return Retry(failed.code, failed.reason, otherwise=HandOver((silent,)))
            return HandOver((silent,))
        ticket = world.hand.state.ticket
        if ticket is None or ticket.picked:
            now = world.clock.now()
            review = assigned(world.hand.state, plan, now, why="pick") if "random-1" not in case.state.tasks else None
            return HandOver((PICKED,), (review,) if review else (), lane="random", resume="next")
        return Advance(())
