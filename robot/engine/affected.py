"""Which decisions a faulty rule has touched: each is worked out again from its own facts, with the mended rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from audit.log.journal import Recorded
from robot.definition import Definition
from robot.engine.case import Decision
from robot.engine.fold import fold
from robot.engine.money import ore
from robot.engine.proposal import Proposed, propose
from robot.engine.replay import decide_step, view_on
from robot.engine.view import CaseView
from robot.steps.check import Check

Direction = Literal["fordel", "nackdel", "oklart"]


@dataclass(frozen=True, slots=True)
class Affected:
    """A decision that the mended rules answer otherwise. Amounts in öre; None where they cannot answer.

    ``direction``: what a change would mean for the applicant. ``why``: codes of what the mended rules cannot answer.
    """

    case: str
    by_robot: bool
    direction: Direction
    outcome: str
    amount_ore: int
    new_outcome: str | None
    new_amount_ore: int | None
    why: tuple[str, ...] = ()


def affected(fixed: Definition, rule: str, recorded: Sequence[Recorded]) -> Affected | None:
    """How the case's decision would differ because the rule or amount was another; None when it would not.

    A rule behind the outcome or the amount must come to something else, and so must these. A check must stop now what
    it let through then, and the robot must have decided: a person would have.
    """
    state = fold(recorded)
    number = _proposed(recorded)
    if state.decision is None or number is None:
        return None
    before, stored = fold(recorded[:number]), recorded[number]
    try:
        view = view_on(fixed, before, stored)
        if rule not in _findings(stored):
            stopped = state.decision.by == "robot" and _stops(view, rule)
            return _told(recorded, state.decision, None, None, (rule,)) if stopped else None
        step = decide_step(fixed)[1]
        new = propose(view, step.decide, step.amount)
    except Exception as error:  # noqa: BLE001 - mended rules that cannot take the old facts: a person has to look
        return _told(recorded, state.decision, None, None, (type(error).__name__,))
    before_it = (stored.entry.body["outcome"], stored.entry.body["amount_ore"])
    now = (state.decision.outcome, ore(state.decision.amount))
    if _same(_findings(stored)[rule], new.findings.get(rule)) or _answer(new) in {before_it, now}:
        return None
    why = tuple(dict.fromkeys(reason.code for reason in new.reasons)) if new.outcome is None else ()
    return _told(recorded, state.decision, *_answer(new), why)


def _findings(stored: Recorded) -> Any:
    return stored.values.get("findings", {})


def _stops(view: CaseView, rule: str) -> bool:
    """Whether the rule is a check of the process that does not let the case through, and then did."""
    checks = {name for step in view.definition.steps if isinstance(step, Check) for name in step.check}
    if rule not in checks or any(reason.origin == rule for reason in view.state.remarks):
        return False
    return bool(view.remarks({rule: ""}))


def direction_of(decision: Decision, outcome: str | None, amount_ore: int | None) -> Direction:
    """Whether another outcome would be better or worse for the applicant than the decision."""
    if outcome is None or amount_ore is None:
        return "oklart"
    return "fordel" if Decimal(amount_ore) / 100 > decision.amount else "nackdel"


def _proposed(recorded: Sequence[Recorded]) -> int | None:
    """The proposal that the decision was made on: the newest before it."""
    decided = max((n for n, one in enumerate(recorded) if one.entry.type == "decision.made"), default=0)
    return max((n for n, one in enumerate(recorded[:decided]) if one.entry.type == "decision.proposed"), default=None)


def _same(stored: Mapping[str, Any], found: Mapping[str, Any] | None) -> bool:
    return found is not None and (stored["value"], stored["reasons"]) == (found["value"], found["reasons"])


def _answer(proposed: Proposed) -> tuple[str | None, int | None]:
    return proposed.outcome, proposed.amount_ore


def _told(
    recorded: Sequence[Recorded],
    decision: Decision,
    outcome: str | None,
    amount_ore: int | None,
    why: tuple[str, ...],
) -> Affected:
    return Affected(
        recorded[0].entry.case,
        decision.by == "robot",
        direction_of(decision, outcome, amount_ore),
        decision.outcome,
        ore(decision.amount),
        outcome,
        amount_ore,
        why,
    )
