"""The answer of `arende decide`: a decision from given facts alone. Pure: no queue, no browser, no network."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from robot.definition.definition import Definition
from robot.definition.values import parse_value
from robot.rules import Evaluation, Fact, Finding, Known, Reason, amount_text
from robot.rules.finding import value_to_json
from robot.rules.proof import did_you_mean
from robot.steps.decide import Decide

GIVEN = "given"


class FactsError(ValueError):
    """Facts that cannot be taken. `faults` names each: where in the JSON, what was expected, what was found."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_given(definition: Definition, text: str) -> dict[str, Fact]:
    """Return the facts in a JSON object. Raises FactsError with every fault; values never stand in its text."""
    faults: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        faults.extend(f"the key `{name}` stands twice; remove one" for name in {n for n in names if names.count(n) > 1})
        return dict(found)

    try:
        data = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FactsError([f"the facts are not readable as JSON: {error.msg} at {where}"]) from None
    except (ValueError, RecursionError):
        raise FactsError(["the facts are not readable as JSON: a too long number, or too deep lists"]) from None
    if not isinstance(data, dict):
        raise FactsError([f"expected a JSON object of facts by name, found {type(data).__name__}"])
    allowed = {name: one for name, one in definition.facts.items() if GIVEN in one.sources}
    facts: dict[str, Fact] = {}
    for name, value in data.items():
        if name not in allowed:
            hint = did_you_mean(name, allowed) or f"facts that can be given: {', '.join(allowed)}"
            faults.append(f"{name}: there is no fact of this name to give; {hint}")
            continue
        parsed, found = parse_value(allowed[name].type, value, show=False)
        faults += (_sentence(name, *fault) for fault in found)
        facts[name] = Known(parsed, GIVEN)
    if faults:
        raise FactsError(faults)
    return facts


def answer(definition: Definition, month: date, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Return outcome, values, reasons and findings for a month, as JSON data; amounts as decimal strings.

    The outcome is "review" when anything that is shown is undetermined or a check has remarks. Raises ValueError when
    the process has no `answer` or no `decide` step.
    """
    decide = next((step for step in definition.steps if isinstance(step, Decide)), None)
    if definition.answer is None or decide is None:
        raise ValueError(f"the process {definition.id} has no `answer` or no `decide` step in process.yaml")
    shown, checks = definition.answer.values, definition.answer.checks
    known = {definition.in_force_on: Known(month, GIVEN), **facts}
    evaluation = definition.book.evaluate((decide.decide, *shown.values(), *checks), known, month)
    reasons: dict[Reason, None] = {}
    values = {name: _value(evaluation[source], reasons) for name, source in shown.items()}
    for name in (decide.decide, *checks):
        reasons.update(dict.fromkeys(evaluation[name].reasons))
    remarks = _remarks(evaluation, checks)
    told = [{"code": reason.code, "text": reason.why} for reason in reasons] + remarks
    outcome = "review" if told else evaluation[decide.decide].value
    return {"outcome": outcome, "values": values, "reasons": told, "findings": evaluation.to_json()}


def _value(finding: Finding, reasons: dict[Reason, None]) -> Any:
    if finding.reasons:
        reasons.update(dict.fromkeys(finding.reasons))
        return None
    if not isinstance(finding.value, Decimal):
        return value_to_json(finding.value)
    try:
        return amount_text(finding.value)
    except ValueError:
        why = f"Regeln {finding.name} gav ett belopp med mer än två decimaler."
        reasons[Reason(f"regelfel.{finding.name}", why, finding.name)] = None
        return None


def _remarks(evaluation: Evaluation, checks: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"code": name, "text": remark}
        for name in checks
        if evaluation[name].determined
        for remark in evaluation[name].value
    ]


def _sentence(name: str, location: tuple[str | int, ...], message: str, hint: str | None) -> str:
    path = name + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return f"{path}: {message}" + (f"; {hint}" if hint else "")
