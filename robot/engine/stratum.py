"""The stratum that a case's decision belongs to, before anything is drawn."""

from robot.engine.scope import Scope
from robot.engine.view import CaseView


def stratum_of(case: CaseView) -> str | None:
    """The stratum as the process's draw names it; None where there is no draw, or where it cannot be told."""
    for step in case.definition.steps:
        if step.verb == "draw":
            name = next(name.name for name in step.names())
            found = case.values((name,))[0].get(name)
            return None if found is None else str(found)
    return None


def decision_scopes(case: CaseView) -> tuple[Scope, ...]:
    """The brakes that hold the robot's decision. Without a stratum that can be told, every stratum's brake does."""
    return Scope("process"), Scope("stratum", stratum_of(case) or "")
