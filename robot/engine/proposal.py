"""What the rules propose in a case: outcome, amount, findings, or why they cannot."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from robot.engine.money import ore
from robot.engine.view import CaseView
from robot.rules import Reason
from robot.steps.base import Draft


@dataclass(frozen=True, slots=True)
class Proposed:
    """``outcome`` is None when the rules cannot answer; ``reasons`` then say why. ``amount`` is SEK for the month.

    ``on``: the Swedish day that the rules took for today.
    """

    outcome: str | None
    amount: Decimal | None
    reasons: tuple[Reason, ...]
    findings: dict[str, Any]
    marks: tuple[str, ...]
    on: date

    @property
    def amount_ore(self) -> int | None:
        """The amount as whole öre."""
        return None if self.amount is None else ore(self.amount)

    def draft(self) -> Draft:
        """The entry that records the proposal: the figures' findings in the vault, outcome and marks outside."""
        body = {
            "outcome": self.outcome,
            "amount_ore": self.amount_ore,
            "reasons": [{"code": reason.code, "origin": reason.origin} for reason in self.reasons],
            "marks": list(self.marks),
            "on": self.on.isoformat(),
        }
        return Draft("decision.proposed", body, {"findings": self.findings})


def propose(case: CaseView, outcome: str, amount: str) -> Proposed:
    """Evaluate the decision and everything that always goes to a person."""
    always = case.definition.review.always
    evaluation = case.evaluate((outcome, amount, *always))
    undetermined = dict.fromkeys((*evaluation[outcome].reasons, *evaluation[amount].reasons))
    remarks = [reason for found in case.remarks(always).values() for reason in found.reasons]
    determined = not undetermined
    return Proposed(
        outcome=evaluation[outcome].value if determined else None,
        amount=evaluation[amount].value if determined else None,
        reasons=tuple(dict.fromkeys((*undetermined, *remarks))),
        findings=evaluation.to_json(),
        marks=tuple(sorted(evaluation.marks())),
        on=case.today,
    )
