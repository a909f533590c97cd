"""State = fold(journal + vault): one small function per entry type."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from audit.log.journal import Recorded
from robot.engine.case import (
    CaseState,
    Decision,
    Effect,
    Found,
    Proposal,
    Review,
    ReviewReason,
    SampleTask,
    StoredFact,
    Ticket,
)
from robot.rules import Reason


@dataclass(frozen=True, slots=True)
class Told:
    """What one entry tells: its body, its values from the vault, and when it was written."""

    body: Mapping[str, Any]
    values: Mapping[str, Any]
    at: datetime


Handler = Callable[[CaseState, Told], CaseState]

INTERRUPTED = "avbrott"
"""The code of a try that was cut off because its worker died."""
EFFECT_SECRET = "effect_secret"  # noqa: S105 - the name of a field, no secret
"""The personal value of case.opened that keys the names of the case's effects."""
GONE = "gallrad"


class FoldError(Exception):
    """The entries do not add up to a case."""


def fold(recorded: Iterable[Recorded]) -> CaseState:
    """The case's state from its entries in order.

    Raises:
        FoldError: There are no entries, or the first is not ``case.opened``.

    """
    state: CaseState | None = None
    for entry in recorded:
        state = _open(entry) if state is None else after(state, entry)
    if state is None:
        msg = "the case has no journal entries; is the case reference right?"
        raise FoldError(msg)
    return state


def after(state: CaseState, recorded: Recorded) -> CaseState:
    """The state after one more entry. Entry types that do not change the case (reads, questions) only count."""
    entry = recorded.entry
    state = changed(state, entry.type, Told(entry.body, recorded.values, entry.at()))
    return replace(state, entries=entry.case_seq + 1)


def changed(state: CaseState, kind: str, told: Told) -> CaseState:
    """The state after an entry of type ``kind`` that tells this, written or only rehearsed."""
    change = _CHANGES.get(kind)
    if change is not None:
        state = change(state, told)
    following = told.body.get("next")
    return replace(state, position=following, attempts=0, interruptions=0) if isinstance(following, int) else state


def _open(recorded: Recorded) -> CaseState:
    entry = recorded.entry
    if entry.type == "canary.opened":
        return _canary(recorded)
    if entry.type != "case.opened":
        msg = f"a case begins with case.opened, found {entry.type}"
        raise FoldError(msg)
    body = entry.body
    received = datetime.fromisoformat(body["received_at"])
    application = StoredFact(True, "ansokan", received, recorded.values.get(body["application"]))
    return CaseState(
        ref=entry.case,
        process=body["process"],
        version=body["version"],
        month=date.fromisoformat(body["month"] + "-01"),
        received_at=received,
        opened_at=entry.at(),
        due_at=datetime.fromisoformat(body["due_at"]),
        entries=1,
        facts={body["application"]: application},
        effect_secret=str(recorded.values.get(EFFECT_SECRET, "")),
    )


def _canary(recorded: Recorded) -> CaseState:
    """A made-up case that only reviewers meet: closed, with the decision that is shown."""
    entry, body, values = recorded.entry, recorded.entry.body, recorded.values
    at = entry.at()
    shown: Any = values["shown"]
    return CaseState(
        ref=entry.case,
        process=body["process"],
        version=body["version"],
        month=date.fromisoformat(body["month"] + "-01"),
        received_at=at,
        opened_at=at,
        due_at=datetime.fromisoformat(body["due_at"]),
        entries=1,
        status="closed",
        restricted=False,
        facts={name: StoredFact(True, "register", at, values.get(name)) for name in body["facts"]},
        decision=Decision(shown["outcome"], Decimal(shown["amount_ore"]) / 100, "robot", "", at),
        canary=True,
    )


def _cleared(state: CaseState, told: Told) -> CaseState:
    return replace(state, restricted=bool(told.body["restricted"]))


def _checked(state: CaseState, told: Told) -> CaseState:
    remarks = told.values.get("remarks", {})
    found = (
        Reason(failed["code"], remarks.get(str(number), ""), failed["origin"])
        for number, failed in enumerate(told.body["failed"])
    )
    earlier = () if told.body.get("again") else state.remarks
    return replace(state, remarks=tuple(dict.fromkeys((*earlier, *found))))


def _answered(state: CaseState, told: Told) -> CaseState:
    name = told.body["fact"]
    observed = datetime.fromisoformat(told.body["observed_at"])
    if told.body["known"]:
        fact = StoredFact(True, told.body["source"], observed, told.values.get(name))
    else:
        code, why = told.body["code"], told.body["why"]
        fact = StoredFact(False, told.body["source"], observed, code=code, why=why)
    return replace(state, facts={**state.facts, name: fact})


def _fact_changed(state: CaseState, told: Told) -> CaseState:
    source = told.body["source"]
    facts = {name: StoredFact(True, source, told.at, told.values.get(name)) for name in told.body["facts"]}
    reviewed = (*state.reviewed, "fact_changed")
    # What was proposed and decided rested on the fact as it was.
    return replace(state, facts={**state.facts, **facts}, reviewed=reviewed, proposal=None, decision=None, receipt=None)


def _proposed(state: CaseState, told: Told) -> CaseState:
    if told.body["outcome"] is None:
        return replace(state, proposal=None)
    amount = Decimal(told.body["amount_ore"]) / 100
    return replace(state, proposal=Proposal(told.body["outcome"], amount, told.values.get("findings", {}), told.at))


def _decided(state: CaseState, told: Told) -> CaseState:
    by = told.body["by"]
    # The function's name stands in the entry. A person's lies in the vault; after gallring only the account is left.
    name = told.body["name"] if by == "robot" else told.values.get("name", by)
    decision = Decision(
        told.body["outcome"],
        Decimal(told.body["amount_ore"]) / 100,
        by,
        name,
        told.at,
        told.values.get("motivation", ""),
    )
    return replace(state, decision=decision, receipt=None)


def _receipt(state: CaseState, told: Told) -> CaseState:
    return replace(state, receipt=told.body)


def _ticket(state: CaseState, told: Told) -> CaseState:
    body = told.body
    drawn = Ticket(body["stratum"], body["probability"], body["picked"], int(body["u"], 16), body["period"])
    return replace(state, ticket=replace(drawn, mode=body.get("mode", "hold")))


def _picked(state: CaseState, _told: Told) -> CaseState:
    return replace(state, ticket=None if state.ticket is None else replace(state.ticket, picked=True))


def _assigned(state: CaseState, told: Told) -> CaseState:
    body, decision = told.body, state.decision
    names = ("task", "lane", "number", "period", "stratum", "mode", "blind")
    task = SampleTask(
        **{name: body[name] for name in names},
        assigned_at=told.at,
        due_at=datetime.fromisoformat(body["due_at"]),
        outcome="" if decision is None else decision.outcome,
        amount_ore=None if decision is None else int(decision.amount * 100),
    )
    return replace(state, tasks={**state.tasks, task.task: task})


def _task_opened(state: CaseState, told: Told) -> CaseState:
    task = replace(state.tasks[told.body["task"]], reviewer=told.body["reviewer"], opened_at=told.at)
    return replace(state, tasks={**state.tasks, task.task: task})


def _task_answered(state: CaseState, told: Told) -> CaseState:
    task = state.tasks[told.body["task"]]
    task = replace(task, reviewer=told.body["reviewer"], found=_found(told))
    return replace(state, tasks={**state.tasks, task.task: task})


def _settled(state: CaseState, told: Told) -> CaseState:
    return replace(state, settled=_found(told))


def _found(told: Told) -> Found:
    body = told.body
    names = ("reviewer", "outcome", "amount_ore", "difference_ore", "disadvantage", "cause", "seconds")
    return Found(body["class"], at=told.at, **{name: body[name] for name in names if name in body})


def _intended(state: CaseState, told: Told) -> CaseState:
    body = told.body
    content = told.values.get("content", {})
    effect = Effect(body["key"], body["effect"], body["step"], "intended", told.at, content)
    return replace(state, effects={**state.effects, effect.key: effect})


def _effect_done(state: CaseState, told: Told) -> CaseState:
    effect = replace(
        state.effects[told.body["key"]],
        status="done",
        at=told.at,
        path=told.body["path"],
        receipt=told.values.get("receipt", {}),
        read_back=told.values.get("read_back", {}),
    )
    return replace(state, effects={**state.effects, effect.key: effect})


def _effect_status(status: Any) -> Handler:
    def change(state: CaseState, told: Told) -> CaseState:
        effect = replace(state.effects[told.body["key"]], status=status, at=told.at, code=told.body["code"])
        return replace(state, effects={**state.effects, effect.key: effect})

    return change


def _review_opened(state: CaseState, told: Told) -> CaseState:
    remarks = told.values.get("remarks", {})
    reasons = tuple(
        ReviewReason(reason["code"], reason["title"], tuple(remarks.get(str(number), ())))
        for number, reason in enumerate(told.body["reasons"])
    )
    body = told.body
    due = datetime.fromisoformat(body["due_at"])
    campaign = body.get("campaign", "")
    review = Review(body["lane"], reasons, told.at, due, body["step"], body["resume"], campaign)
    return replace(state, status="person", review=review, marks=_without_review(state.marks))


def _review_ended(outcome: str, status: Any) -> Handler:
    def change(state: CaseState, told: Told) -> CaseState:
        closed = told.at if status == "by_hand" else None
        review = state.review if status == "applicant" else None
        return replace(state, status=status, review=review, reviewed=(*state.reviewed, outcome), closed_at=closed)

    return change


def _without_review(marks: tuple[str, ...]) -> tuple[str, ...]:
    """A new task for a person has its own time."""
    return tuple(mark for mark in marks if mark not in {"reminder", "escalated"})


def _asked(state: CaseState, told: Told) -> CaseState:
    state = _review_ended("asked", "applicant")(state, told)
    return _due_again(state, told)


def _due_again(state: CaseState, told: Told) -> CaseState:
    if state.review is None or "due_at" not in told.body:
        return state
    review = replace(state.review, due_at=datetime.fromisoformat(told.body["due_at"]))
    return replace(state, review=review, marks=_without_review(state.marks))


def _back(outcome: str) -> Handler:
    def change(state: CaseState, told: Told) -> CaseState:
        return _due_again(replace(state, status="person", reviewed=(*state.reviewed, outcome)), told)

    return change


def _lifted(state: CaseState, _told: Told) -> CaseState:
    return replace(state, status="running", review=None)


def _marked(mark: str) -> Handler:
    def change(state: CaseState, _told: Told) -> CaseState:
        return replace(state, marks=tuple(dict.fromkeys((*state.marks, mark))))

    return change


def _requested(state: CaseState, told: Told) -> CaseState:
    due = datetime.fromisoformat(told.body["due_at"])
    return replace(_marked("requested")(state, told), request_due_at=due)


def _agreed(state: CaseState, told: Told) -> CaseState:
    seen = None if state.decision is None else replace(state.decision, seen=True)
    return replace(_review_ended("agreed", "running")(state, told), decision=seen)


def _tried(state: CaseState, told: Told) -> CaseState:
    if told.body["code"] == INTERRUPTED:
        return replace(state, interruptions=state.interruptions + 1)
    return replace(state, attempts=state.attempts + 1)


def _closed(state: CaseState, told: Told) -> CaseState:
    return replace(state, status="closed", closed_at=told.at, reopened=False)


def _reopened(state: CaseState, _told: Told) -> CaseState:
    return replace(state, closed_at=None, reopened=True)


def _corrected(state: CaseState, told: Told) -> CaseState:
    state = _review_ended("corrected", "by_hand")(state, told)
    if told.body["result"] == "stands":
        return state
    # After gallring only the account is left of who decided.
    by, amount = told.body["by"], Decimal(told.body["amount_ore"]) / 100
    name, why = told.values.get("name", by), told.values.get("motivation", "")
    return replace(state, decision=Decision(told.body["outcome"], amount, by, name, told.at, why, seen=True))


def _held(held: bool) -> Handler:
    return lambda state, _told: replace(state, held=held)


def _erased(state: CaseState, told: Told) -> CaseState:
    gone = {
        name: StoredFact(False, fact.source, fact.observed_at, code=GONE, why="Uppgiften är gallrad.")
        for name, fact in state.facts.items()
    }
    return replace(state, facts=gone, erased_at=told.at)


_CHANGES: dict[str, Handler] = {
    "case.cleared": _cleared,
    "case.protected": _cleared,
    "check.done": _checked,
    "register.answered": _answered,
    "doc.read": _answered,
    "human.review.fact_changed": _fact_changed,
    "decision.proposed": _proposed,
    "decision.made": _decided,
    "receipt.made": _receipt,
    "sample.ticket": _ticket,
    "sample.pick": _picked,
    "review.assigned": _assigned,
    "review.opened": _task_opened,
    "review.result": _task_answered,
    "review.settled": _settled,
    "effect.intended": _intended,
    "effect.done": _effect_done,
    "effect.unknown": _effect_status("unknown"),
    "effect.failed": _effect_status("failed"),
    "human.review.opened": _review_opened,
    "human.review.agreed": _agreed,
    "human.review.decided": _review_ended("decided", "running"),
    "human.review.asked": _asked,
    "human.review.answered": _back("applicant_answered"),
    "deadline.unanswered": _back("applicant_silent"),
    "deadline.reminder": _marked("reminder"),
    "deadline.escalated": _marked("escalated"),
    "deadline.delay_notice": _marked("delay_notice"),
    "deadline.six_months": _marked("six_months"),
    "human.delay.told": _marked("delay_told"),
    "human.decision.requested": _requested,
    "brake.lifted": _lifted,
    "human.review.taken": _review_ended("taken", "by_hand"),
    "human.review.corrected": _corrected,
    "gallring.held": _held(True),
    "gallring.released": _held(False),
    "pd.erased": _erased,
    "step.retry": _tried,
    "case.reopened": _reopened,
    "case.closed": _closed,
}
