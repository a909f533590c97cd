"""Why a case was decided as it was, in Swedish for the person it is about, from the journal alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from audit.log.journal import Recorded
from robot.definition import Definition
from robot.engine.case import CaseState, Decision
from robot.engine.counterfactual import TurningPoint, turning_points
from robot.engine.view import CaseView
from robot.rules import Known
from robot.steps._letter import kronor, manad_text
from robot.steps.check import Check
from robot.steps.decide import Decide
from robot.swedish.findings import Branch, tree
from robot.swedish.showing import Node, moment, show
from robot.swedish.words import source_name


class NothingToExplainError(Exception):
    """The case holds nothing that an explanation could rest on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Used:
    """A piece of data that the decision rests on: what it says, where it comes from and when it was fetched."""

    title: str
    value: Node
    source: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that was applied: what it says, its paragraph and what it came to. ``depth``: 0 is the decision itself."""

    text: str
    law: str
    value: str
    depth: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything an applicant is told. ``decision`` is None while the case is not decided. Amounts in SEK/month."""

    reference: str
    title: str
    month: str
    decision: Decision | None
    proposed: str
    proposed_amount: Decimal | None
    version: str
    data: tuple[Used, ...]
    checks: tuple[str, ...]
    remarks: tuple[str, ...]
    rules: tuple[Applied, ...]
    what_if: tuple[str, ...]


def explain(definition: Definition, state: CaseState, recorded: Sequence[Recorded], *, now: datetime) -> Explanation:
    """Explain the decision, or the proposal while there is no decision.

    Raises:
        NothingToExplainError: Nothing is proposed yet, or the case's data has been erased.

    """
    step = next(step for step in definition.steps if isinstance(step, Decide))
    findings: list[Any] = [one.values["findings"] for one in recorded if "findings" in one.values]
    if state.erased_at is not None:
        msg = f"{state.reference}: uppgifterna är gallrade och beslutet kan inte längre förklaras"
        raise NothingToExplainError(msg)
    if not findings or state.proposal is None:
        msg = f"{state.reference}: ärendet är inte beräknat än; förklaringen finns när roboten har lämnat ett förslag"
        raise NothingToExplainError(msg)
    view = CaseView(definition, state, now=now)
    branches = tree(definition, findings[-1], (step.decide, step.amount))
    return Explanation(
        state.reference,
        definition.title,
        manad_text(state.month),
        state.decision,
        state.proposal.outcome or "",
        state.proposal.amount,
        definition.version.removeprefix("sha256:")[:12],
        tuple(_data(view)),
        tuple(title for one in definition.steps if isinstance(one, Check) for title in one.titles().values()),
        tuple(dict.fromkeys(reason.why for reason in state.remarks)),
        tuple(_rules(branches)),
        what_if(definition, view, step.decide),
    )


def what_if(definition: Definition, view: CaseView, outcome: str) -> tuple[str, ...]:
    """At most three sentences on what would have given another outcome; each is what the rules gave, run again."""
    named = definition.what_if
    points = turning_points(view, outcome, tuple(named))
    nearest = sorted(points, key=lambda point: abs(point.at - point.was))[:3]
    return tuple(_sentence(named[point.name], point) for point in nearest)


def lines(explanation: Explanation) -> Iterator[str]:
    """The explanation as lines of plain text."""
    yield f"Förklaring av beslutet i ärende {explanation.reference}"
    yield f"{explanation.title}, {explanation.month}"
    yield ""
    yield from decided(explanation)
    yield ""
    yield "Uppgifter som beslutet bygger på"
    for used in explanation.data:
        when = "" if used.at is None else f", {moment(used.at)}"
        yield f"- {used.title} ({used.source}{when})"
        yield from (f"    {line}" for line in _text(used.value))
    yield ""
    yield f"Kontroller: {len(explanation.checks)}. Anmärkningar: {len(explanation.remarks)}."
    yield from (f"- {remark}" for remark in explanation.remarks)
    yield ""
    yield "Så har reglerna använts"
    for rule in explanation.rules:
        yield f"{'  ' * rule.depth}- {rule.text} ({rule.law}): {rule.value}"
    yield ""
    yield "Vad som hade gett ett annat beslut"
    yield from explanation.what_if or ("Ingen enskild summa hade ensam gett ett annat beslut.",)


def decided(explanation: Explanation) -> Iterator[str]:
    """Who decided what and when, or what is proposed."""
    decision = explanation.decision
    if decision is None:
        amount = "" if explanation.proposed_amount is None else f", {kronor(explanation.proposed_amount)}"
        proposed = explanation.proposed or "kan inte avgöras av reglerna"
        yield f"Ärendet är inte beslutat än. Robotens förslag: {proposed}{amount}."
        return
    yield f"Beslut: {decision.outcome}, {kronor(decision.amount)}. Beslutat {moment(decision.at)}."
    how = "Beslutet är fattat automatiskt" if decision.by == "robot" else "Beslutet är fattat av en person"
    yield f"{how}: {decision.name}. Reglernas version: {explanation.version}."
    if decision.motivation:
        yield f"Motivering: {decision.motivation}"


def _sentence(words: str, point: TurningPoint) -> str:
    return (
        f"Med {words} på {kronor(point.at)} i stället för {kronor(point.was)}, och allt annat lika, "
        f"hade beslutet blivit {point.outcome}."
    )


def _data(view: CaseView) -> Iterator[Used]:
    for name, stored in view.state.facts.items():
        declared, fact = view.definition.facts[name], view.facts[name]
        if isinstance(fact, Known):
            shown = show(fact.value, declared.type, declared.title)
            yield Used(declared.title, shown, source_name(stored.source), fact.observed_at)


def _rules(branches: Sequence[Branch], depth: int = 0) -> Iterator[Applied]:
    for branch in branches:
        if branch.kind == "Regel" and not branch.repeated:
            yield Applied(branch.text, branch.law, " ".join(_text(branch.value)), depth)
        yield from _rules(branch.inputs, depth + 1)


def _text(node: Node) -> list[str]:
    if node.kind == "pairs":
        return [f"{title}: {' '.join(_text(value))}" for title, value in node.pairs]
    if node.kind == "table":
        rows = (zip(node.headers, row, strict=True) for row in node.rows)
        return [", ".join(f"{title} {cell}" for title, cell in row) for row in rows]
    if node.kind == "list":
        return [line for item in node.items for line in _text(item)]
    return [node.text]
