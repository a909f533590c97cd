"""Replay: works a case's decisions out anew from what is stored, with the stored rules, and compares all of it."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

from sqlmodel import col, select

from audit import canonical
from audit.errors import AuditError
from audit.log.entry import timestamp
from audit.log.journal import Journal, Recorded, last_tombstone
from audit.log.tables import EntryRow
from robot.definition import Definition, DefinitionError
from robot.definition.contents import PackageError
from robot.engine.case import CaseState
from robot.engine.fold import FoldError, after, fold
from robot.engine.library import Library, UnknownProcessError
from robot.engine.money import ore
from robot.engine.proposal import propose
from robot.engine.review import all_checks
from robot.engine.view import CaseView
from robot.engine.working_days import SWEDEN
from robot.steps._effect import EffectStep
from robot.steps.base import Draft
from robot.steps.check import Check, checked
from robot.steps.decide import Decide, made
from robot.store.database import Database

Status = Literal["same", "differs", "erased", "unreadable"]
NOTHING = "–"
LONGEST_DIFF_LINES = 60
NOT_OURS = frozenset({"next"})
"""What the runner adds to an entry: where the case went on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the replay comes to something else. The two texts may be personal; ``where`` never is."""

    seq: int
    type: str
    where: str
    stored: str = field(repr=False)
    replayed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case: how many entries of each kind were worked out again, and what differs.

    ``why``: the fault that keeps the case from being replayed, without personal data.
    """

    case: str
    status: Status
    counts: Mapping[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Replay:
    """Replays cases from a database, each with its version as it was stored whole."""

    database: Database
    journal: Journal
    library: Library

    def case(self, ref: str) -> Replayed:
        """Replay one case. What cannot be read or has no rules any more is a finding too, never an error."""
        try:
            with self.database.read() as session:
                recorded = self.journal.read(session, ref)
            if last_tombstone([one.entry for one in recorded]) >= 0:
                return Replayed(ref, "erased")
            state = fold(recorded[:1])
            definition = self.library.stored(state.process, state.version)
        except (AuditError, FoldError, UnknownProcessError, PackageError, DefinitionError) as error:
            return Replayed(ref, "unreadable", why=str(error).partition("\n")[0])
        return replayed(definition, recorded)


def replayed(definition: Definition, recorded: Sequence[Recorded]) -> Replayed:
    """Work out every check, proposal, decision and content of a write or letter again, and compare with what stands.

    A definition that raises where it did not is a difference like any other.
    """
    state = fold(recorded[:1])
    counts: Counter[str] = Counter()
    differences: list[Difference] = []
    for one in recorded[1:]:
        rebuild = _REBUILT.get(one.entry.type)
        if rebuild is not None:
            try:
                expected = rebuild(definition, state, one)
            except Exception as error:  # noqa: BLE001 - whatever the rules do now, the controller is told where
                differences.append(_difference(one, "", NOTHING, type(error).__name__))
            else:
                counts[one.entry.type] += expected is not None
                differences += [] if expected is None else _compared(one, expected)
        state = after(state, one)
    ref = recorded[0].entry.case
    return Replayed(ref, "differs" if differences else "same", dict(counts), tuple(differences))


def view_on(definition: Definition, state: CaseState, one: Recorded) -> CaseView:
    """The case as the rules saw it when the entry was made: on the day that it says, else on the day it bears."""
    on = one.entry.body.get("on")
    now = one.entry.at() if on is None else datetime.combine(date.fromisoformat(on), time(12), SWEDEN)
    return CaseView(definition, state, now=now)


def decide_step(definition: Definition) -> tuple[int, Decide]:
    """The process's decision, and its number among the steps."""
    return next((number, step) for number, step in enumerate(definition.steps) if isinstance(step, Decide))


def _check(definition: Definition, state: CaseState, one: Recorded) -> Draft | None:
    if not set(one.entry.body["rules"]) <= definition.book.rules.keys():
        return None  # what the intake itself noted: no rule of the process
    view = view_on(definition, state, one)
    if one.entry.body.get("again"):
        rules, reasons = all_checks(view, decide_step(definition)[0])
        draft = checked(rules, reasons)
        return Draft(draft.type, {**draft.body, "again": True}, draft.personal)
    step = definition.steps[state.position]
    if not isinstance(step, Check):
        return Draft("check.done")
    remarks = step.plan(view).payload["remarks"]
    return checked(step.check, [reason for found in remarks.values() for reason in found.reasons])


def _proposal(definition: Definition, state: CaseState, one: Recorded) -> Draft:
    view = view_on(definition, state, one)
    step = decide_step(definition)[1]
    if "alone" in one.entry.body:
        return step.proposed(view, step.plan(view))
    return propose(view, step.decide, step.amount).draft()


def _decision(definition: Definition, state: CaseState, one: Recorded) -> Draft | None:
    if one.entry.body["by"] != "robot":
        return None  # a person decided; the proposal before them is replayed
    proposal = state.proposal
    if proposal is None:
        return made(definition, None, None)
    return made(definition, proposal.outcome, ore(proposal.amount))


def _effect(definition: Definition, state: CaseState, one: Recorded) -> Draft | None:
    step = definition.steps[one.entry.body["step"]]
    if not isinstance(step, EffectStep):
        return Draft(one.entry.type)
    change = step.plan(view_on(definition, state, one))
    kept = {name: one.entry.body[name] for name in ("key", "step", "verb")}
    if change.reasons or change.sign == "·":
        reasons = [reason.code for reason in change.reasons]
        return Draft(one.entry.type, {**kept, "effect": "", "reasons": reasons}, {"content": None})
    return Draft(one.entry.type, {**kept, "effect": change.target}, {"content": dict(step.content(change))})


_REBUILT = {
    "check.done": _check,
    "decision.proposed": _proposal,
    "decision.made": _decision,
    "effect.intended": _effect,
}


def _compared(one: Recorded, expected: Draft) -> list[Difference]:
    stored = {name: value for name, value in one.entry.body.items() if name not in NOT_OURS}
    found = list(_paths(stored, canonical.plain(dict(expected.body), one.entry.type), ""))
    found += _paths(dict(one.values), canonical.plain(dict(expected.personal), one.entry.type), "")
    return [_difference(one, *where) for where in found]


def _difference(one: Recorded, where: str, stored: str, replayed: str) -> Difference:
    return Difference(one.entry.case_seq, one.entry.type, where, stored, replayed)


def _paths(stored: Any, other: Any, where: str) -> Iterator[tuple[str, str, str]]:
    if type(stored) is type(other) and stored == other:
        return
    if isinstance(stored, dict) and isinstance(other, dict):
        for name in dict.fromkeys((*stored, *other)):
            yield from _paths(stored.get(name, _ABSENT), other.get(name, _ABSENT), f"{where}.{name}" if where else name)
    elif isinstance(stored, list) and isinstance(other, list) and len(stored) == len(other):
        for number, (left, right) in enumerate(zip(stored, other, strict=True)):
            yield from _paths(left, right, f"{where}[{number}]")
    elif isinstance(stored, str) and isinstance(other, str) and "\n" in stored + other:
        yield where, *_changed_lines(stored, other)
    else:
        yield where, _shown(stored), _shown(other)


def _changed_lines(stored: str, other: str) -> tuple[str, str]:
    """The lines of each that the other has not, at most so many."""
    lines = list(difflib.unified_diff(stored.splitlines(), other.splitlines(), lineterm="", n=0))
    old = [line[1:] for line in lines if line.startswith("-") and not line.startswith("---")]
    new = [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]
    return "\n".join(old[:LONGEST_DIFF_LINES]), "\n".join(new[:LONGEST_DIFF_LINES])


class _Absent:
    """No value at all, which is something else than null."""


_ABSENT = _Absent()


def _shown(value: Any) -> str:
    if isinstance(value, _Absent):
        return NOTHING
    return value if isinstance(value, str) else canonical.encode(value).decode()


def decided_cases(database: Database, since: datetime | None = None) -> list[str]:
    """Every case with a decision, by the journal and not by the rows; ``since``: decided then or later."""
    query = select(EntryRow.case_ref).where(EntryRow.type == "decision.made")
    if since is not None:
        query = query.where(col(EntryRow.ts) >= timestamp(since))
    with database.read() as session:
        return sorted(set(session.exec(query).all()))
