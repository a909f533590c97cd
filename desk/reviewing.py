"""What a reviewer of the stickprov gets to see: facts and law, and the decision only when the review is not blind.

Nothing here may differ between a case and a canary: no sources, no times, no reference, no calculation.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlmodel import col, or_, select

from audit.stickprov.canary import CANARY_REVEALED
from desk.roles import User
from desk.web import Desk
from robot.definition import Definition
from robot.engine.case import CaseState, SampleTask, StoredFact
from robot.engine.sampling import BlindCase
from robot.rules.amounts import Value
from robot.rules.proof import dependencies
from robot.rules.rule import RuleVersion
from robot.steps.decide import Decide
from robot.store.tables import SampleTaskRow
from robot.swedish.findings import with_unit
from robot.swedish.showing import Node, plain, show
from robot.swedish.words import label


@dataclass(frozen=True)
class Given:
    """A fact as the registers gave it, or why there is none."""

    title: str
    node: Node | None
    why: str


@dataclass(frozen=True)
class Law:
    """A rule of the law in force in the case's month, in words."""

    title: str
    text: str
    law: str


@dataclass(frozen=True)
class Rate:
    """An amount of the law in force in the case's month."""

    title: str
    node: Node
    source: str


@dataclass(frozen=True)
class Shown:
    """A review as its page shows it. ``outcome`` and ``amount`` are None for a blind reviewer: nobody hides them."""

    process: str
    month: date
    facts: Sequence[Given]
    laws: Sequence[Law]
    rates: Sequence[Rate]
    outcome: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Compared:
    """A reviewer's answer beside the decision: outcome "" and amount None when no decision is recorded.

    ``truth``: a canary's right outcome and amount in öre, else None.
    """

    ref: str
    task: SampleTask
    outcome: str
    amount_ore: int | None
    held: bool
    truth: tuple[str, int] | None


def review_id(row: SampleTaskRow) -> str:
    """What a review is called in addresses: from it nobody can look the case up, or see that there is none."""
    return hashlib.sha256(f"{row.case_ref}/{row.task}".encode()).hexdigest()[:32]


def find_review(desk: Desk, user: User, name: str) -> SampleTaskRow | None:
    """The review of that id, when it has no answer or this user gave it, and the user may know of it."""
    query = select(SampleTaskRow).where(
        or_(col(SampleTaskRow.answered_at).is_(None), SampleTaskRow.reviewer == user.account)
    )
    if not user.sees_restricted:
        query = query.where(col(SampleTaskRow.restricted).is_(False))
    with desk.house.database.read() as session:
        return next((row for row in session.exec(query) if review_id(row) == name), None)


def shown(desk: Desk, found: BlindCase | CaseState) -> Shown:
    """The page's content."""
    definition = desk.house.library.get(found.process, found.version)
    decision = found.decision if isinstance(found, CaseState) else None
    return Shown(
        definition.title,
        found.month,
        list(_given(definition, found.facts)),
        list(_laws(definition, found.month)),
        list(_rates(definition, found.month)),
        None if decision is None else decision.outcome,
        None if decision is None else decision.amount,
    )


def comparison(desk: Desk, row: SampleTaskRow) -> Compared | None:
    """The answered review beside the decision; None while it has no answer."""
    recorded = desk.house.ledger.recorded(row.case_ref)
    state = desk.house.ledger.load(row.case_ref)
    task = state.tasks[row.task]
    if task.found is None:
        return None
    told = next((one.entry.body["truth"] for one in recorded if one.entry.type == CANARY_REVEALED), None)
    truth = None if told is None else (told["outcome"], told["amount_ore"])
    held = task.mode == "hold" and state.status == "person"
    return Compared(state.ref, task, task.outcome, task.amount_ore, held, truth)


def _given(definition: Definition, facts: Mapping[str, StoredFact]) -> Iterator[Given]:
    for name, declared in definition.facts.items():
        stored = facts.get(name)
        if stored is None:
            continue
        if not stored.known:
            yield Given(declared.title, None, stored.why)
            continue
        try:
            node = show(declared.from_json(stored.value), declared.type, declared.title)
        except ValidationError:
            yield Given(declared.title, None, "Svaret har inte den form som väntades.")
        else:
            yield Given(declared.title, node, "")


def _laws(definition: Definition, month: date) -> Iterator[Law]:
    for name, version in _reached(definition, month).items():
        text = " ".join((version.function.__doc__ or "").split())
        yield Law(label(name), text, version.law)


def _rates(definition: Definition, month: date) -> Iterator[Rate]:
    needed = {one for version in _reached(definition, month).values() for one in dependencies(version.function)}
    for name, table in definition.book.tables.items():
        interval = table.find(month)
        if name in needed and interval is not None:
            yield Rate(table.title, plain(with_unit(_json(interval.value), table.unit)), interval.source)


def _json(value: Value) -> Any:
    """As findings keep it: amounts and keys as text."""
    if isinstance(value, Mapping):
        return {str(key): _json(cell) for key, cell in value.items()}
    if isinstance(value, tuple):
        return [_json(cell) for cell in value]
    return str(value) if isinstance(value, Decimal) else value


def _reached(definition: Definition, month: date) -> dict[str, RuleVersion]:
    """The rules in force that the outcome and the amount rest on, those nearest to them first."""
    step = next(step for step in definition.steps if isinstance(step, Decide))
    found: dict[str, RuleVersion] = {}
    waiting = [step.amount, step.decide]
    while waiting:
        name = waiting.pop()
        version = next((one for one in definition.book.rules.get(name, ()) if one.in_force(month)), None)
        if version is None or name in found:
            continue
        found[name] = version
        waiting += reversed(dependencies(version.function))
    return found
