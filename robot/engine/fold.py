"""State = fold(journal + vault): one small function per entry type."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from audit.log.journal import Recorded
from robot.engine.case import CaseState, Decision, Effect, Proposal, Review, ReviewReason, StoredFact, Ticket
from robot.rules import Reason

Body = Mapping[str, Any]


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
    change = _CHANGES.get(recorded.entry.type)
    if change is not None:
        state = change(state, recorded.entry.body, recorded.values, recorded.entry.at())
    following = recorded.entry.body.get("next")
    if isinstance(following, int):
        state = replace(state, position=following, attempts=0)
    return replace(state, entries=recorded.entry.case_seq + 1)


def _open(recorded: Recorded) -> CaseState:
    entry = recorded.entry
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
    )


def _cleared(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    return replace(state, restricted=bool(body["restricted"]))


def _checked(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    remarks = values.get("remarks", {})
    found = (
        Reason(failed["code"], remarks.get(str(number), ""), failed["origin"])
        for number, failed in enumerate(body["failed"])
    )
    earlier = () if body.get("again") else state.remarks
    return replace(state, remarks=tuple(dict.fromkeys((*earlier, *found))))


def _answered(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    name = body["fact"]
    observed = datetime.fromisoformat(body["observed_at"])
    if body["known"]:
        fact = StoredFact(True, body["source"], observed, values.get(name))
    else:
        fact = StoredFact(False, body["source"], observed, code=body["code"], why=body["why"])
    return replace(state, facts={**state.facts, name: fact})


def _fact_changed(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    changed = {name: StoredFact(True, body["source"], at, values.get(name)) for name in body["facts"]}
    return replace(state, facts={**state.facts, **changed}, reviewed=(*state.reviewed, "fact_changed"))


def _proposed(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    if body["outcome"] is None:
        return replace(state, proposal=None)
    amount = Decimal(body["amount_ore"]) / 100
    return replace(state, proposal=Proposal(body["outcome"], amount, values.get("findings", {}), at))


def _decided(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    decision = Decision(
        body["outcome"],
        Decimal(body["amount_ore"]) / 100,
        body["by"],
        body["name"],
        at,
        values.get("motivation", ""),
    )
    return replace(state, decision=decision)


def _ticket(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    return replace(state, ticket=Ticket(body["stratum"], body["probability"], body["picked"]))


def _intended(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    effect = Effect(body["key"], body["effect"], body["step"], "intended", at, values.get("content", {}))
    return replace(state, effects={**state.effects, effect.key: effect})


def _effect_done(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    effect = replace(
        state.effects[body["key"]],
        status="done",
        at=at,
        path=body["path"],
        receipt=values.get("receipt", {}),
        read_back=values.get("read_back", {}),
    )
    return replace(state, effects={**state.effects, effect.key: effect})


def _effect_status(status: Any) -> Callable[[CaseState, Body, Body, datetime], CaseState]:
    def change(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
        effect = replace(state.effects[body["key"]], status=status, at=at)
        return replace(state, effects={**state.effects, effect.key: effect})

    return change


def _review_opened(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    remarks = values.get("remarks", {})
    reasons = tuple(
        ReviewReason(reason["code"], reason["title"], tuple(remarks.get(str(number), ())))
        for number, reason in enumerate(body["reasons"])
    )
    due = datetime.fromisoformat(body["due_at"])
    review = Review(body["lane"], reasons, at, due, body["step"], body["resume"])
    return replace(state, status="person", review=review)


def _review_ended(outcome: str, status: Any) -> Callable[[CaseState, Body, Body, datetime], CaseState]:
    def change(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
        closed = at if status == "by_hand" else None
        review = state.review if status == "applicant" else None
        return replace(state, status=status, review=review, reviewed=(*state.reviewed, outcome), closed_at=closed)

    return change


def _answered_by_applicant(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    return replace(state, status="person", reviewed=(*state.reviewed, "applicant_answered"))


def _tried(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    return replace(state, attempts=state.attempts + 1)


def _closed(state: CaseState, body: Body, values: Body, at: datetime) -> CaseState:
    return replace(state, status="closed", closed_at=at)


_CHANGES: dict[str, Callable[[CaseState, Body, Body, datetime], CaseState]] = {
    "case.cleared": _cleared,
    "case.protected": _cleared,
    "check.done": _checked,
    "register.answered": _answered,
    "doc.read": _answered,
    "human.review.fact_changed": _fact_changed,
    "decision.proposed": _proposed,
    "decision.made": _decided,
    "sample.ticket": _ticket,
    "effect.intended": _intended,
    "effect.done": _effect_done,
    "effect.unknown": _effect_status("unknown"),
    "effect.failed": _effect_status("failed"),
    "human.review.opened": _review_opened,
    "human.review.agreed": _review_ended("agreed", "running"),
    "human.review.decided": _review_ended("decided", "running"),
    "human.review.asked": _review_ended("asked", "applicant"),
    "human.review.answered": _answered_by_applicant,
    "human.review.taken": _review_ended("taken", "by_hand"),
    "step.retry": _tried,
    "case.closed": _closed,
}
