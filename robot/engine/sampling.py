"""The reviews of the stickprov as the case tells them: who is due, who is blind, and what an answer makes of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from audit.log.entry import Entry
from audit.log.journal import Recorded
from audit.stickprov.ticket import lot, threshold
from robot.definition.model import Stickprov
from robot.engine.case import CaseState, ResultClass, SampleLane, SampleTask, StoredFact
from robot.engine.fold import fold
from robot.engine.money import ore
from robot.engine.working_days import add_working_days
from robot.steps.base import Draft

ASSIGNED, OPENED, RESULT, SECOND = "review.assigned", "review.opened", "review.result", "review.second"
SETTLED = "review.settled"
PROPOSED = "decision.proposed"
SEEN_BLIND = {"case.opened", "canary.opened", "case.cleared", "case.protected", "register.answered", "doc.read"}
"""The types of entries that a blind reviewer may know, of those before anything was proposed."""


@dataclass(frozen=True, slots=True)
class BlindCase:
    """Everything that a blind reviewer gets: what the robot knew. The outcome is not hidden in it, it is absent."""

    ref: str
    process: str
    version: str
    month: date
    facts: Mapping[str, StoredFact]


def assigned(
    state: CaseState,
    plan: Stickprov,
    now: datetime,
    *,
    why: str,
    lane: SampleLane = "random",
    number: int = 1,
    period: str = "",
    stratum: str = "",
) -> Draft:
    """The entry that opens a review. The random lane takes period, stratum and the lot of blindness from the ticket."""
    ticket = state.ticket
    if lane == "random" and ticket is None:
        msg = f"case {state.ref} has no ticket, and cannot be reviewed in the random lane"
        raise ValueError(msg)
    blind = number == 2 or (ticket is not None and is_drawn("blind", state, plan.blind))
    body = {
        "task": f"{lane}-{number}",
        "lane": lane,
        "number": number,
        "period": period or (ticket.period if ticket else ""),
        "stratum": stratum or (ticket.stratum if ticket else ""),
        "mode": ticket.mode if ticket and lane == "random" else "follow_up",
        "blind": blind,
        "due_at": add_working_days(now, plan.review_days).isoformat(),
        "why": why,
    }
    return Draft(ASSIGNED, body)


def is_drawn(purpose: str, state: CaseState, share: Fraction) -> bool:
    """Whether the case's own lot falls below the share: nobody chooses who is reviewed blind, or twice."""
    return state.ticket is not None and lot(purpose, state.ref, state.ticket.u) < threshold(share)


def blind_task(state: CaseState, account: str) -> SampleTask | None:
    """The unanswered blind review for which this account must not see the case; None when it may.

    A case that is held for a blind review is hidden from everybody until one of them has opened it; afterwards, and
    for reviews that hold nothing, it is hidden from the reviewer.
    """
    for task in state.tasks.values():
        if not task.blind or task.found is not None:
            continue
        held = task.number == 1 and _is_held(state, task)
        if task.reviewer == account or (not task.reviewer and held):
            return task
    return None


def may_review_blind(entries: Iterable[Entry], account: str) -> bool:
    """Whether the account has neither read nor done anything in the case since the outcome was first proposed."""
    proposed = False
    for entry in entries:
        proposed = proposed or entry.type in {PROPOSED, "human.review.taken"}
        if proposed and entry.actor.kind == "person" and entry.actor.id == account:
            return False
    return True


def blinded(recorded: Sequence[Recorded]) -> BlindCase:
    """The case as it was before anything was proposed."""
    until = next((at for at, one in enumerate(recorded) if one.entry.type == PROPOSED), len(recorded))
    state = fold(one for one in recorded[:until] if one.entry.type in SEEN_BLIND)
    return BlindCase(state.ref, state.process, state.version, state.month, state.facts)


def compared(task: SampleTask, outcome: str, amount: Decimal | None) -> tuple[ResultClass, int, bool]:
    """What the reviewer's own outcome and amount (SEK) say of the decision.

    Returns the class, the robot's amount minus the reviewer's in öre, and whether the applicant was at a disadvantage.
    Where either amount is not recorded, as when a case was taken over by hand, it cannot be told.
    """
    if task.amount_ore is None or amount is None:
        return "cannot_tell", 0, False
    difference = task.amount_ore - ore(amount)
    if outcome != task.outcome:
        return "wrong_outcome", difference, task.outcome == "avslag" or difference < 0
    if difference:
        return "wrong_amount", difference, difference < 0
    return "right", 0, False


def result_of(
    task: SampleTask,
    reviewer: str,
    now: datetime,
    *,
    kind: ResultClass,
    outcome: str = "",
    amount: Decimal | None = None,
    difference_ore: int = 0,
    disadvantage: bool = False,
    cause: str = "",
    motivation: str = "",
) -> Draft:
    """The entry of an answer. ``seconds``: from opening to now; unknown when nobody opened the task first."""
    seconds = None if task.opened_at is None else max(0, int((now - task.opened_at).total_seconds()))
    body = {
        "task": task.task,
        "number": task.number,
        "lane": task.lane,
        "blind": task.blind,
        "reviewer": reviewer,
        "outcome": outcome,
        "amount_ore": None if amount is None else ore(amount),
        "class": kind,
        "difference_ore": difference_ore,
        "disadvantage": disadvantage,
        "cause": cause,
        "seconds": seconds,
    }
    return Draft(RESULT, body, {"motivation": motivation} if motivation else {})


def second_due(state: CaseState, task: SampleTask, kind: ResultClass, plan: Stickprov) -> str:
    """Why a second reviewer sees the case: "disagreement", "share", or "" when none does.

    Only in the random lane, and not where no decision is recorded: a second reviewer could tell no more of it.
    """
    if task.lane != "random" or task.number != 1 or task.amount_ore is None:
        return ""
    if kind != "right":
        return "disagreement"
    return "share" if is_drawn("second", state, plan.second) else ""


def second_drafts(state: CaseState, plan: Stickprov, now: datetime, because: str) -> list[Draft]:
    """The entries that send the case to a second, blind reviewer."""
    asked = assigned(state, plan, now, why=because, number=2)
    return [Draft(SECOND, {"task": asked.body["task"], "because": because}), asked]


def waits_for_blind(state: CaseState) -> bool:
    """Whether the case is held for a blind review that nobody has answered: until then nobody acts in it."""
    task = state.tasks.get("random-1")
    return task is not None and task.blind and task.found is None and _is_held(state, task)


def answered_by_acting(
    state: CaseState, drafts: Sequence[Draft], reviewer: str, plan: Stickprov | None, now: datetime
) -> list[Draft]:
    """The result that an action in a held case is: agreeing says right, deciding otherwise says what was wrong.

    Whoever takes the case over without an answer leaves what cannot be told. No entries when no review waits.
    """
    task = state.tasks.get("random-1")
    if plan is None or task is None or task.found is not None or not _is_held(state, task):
        return []
    bodies = {draft.type: draft.body for draft in drafts}
    made = bodies.get("decision.made")
    if made is not None:
        outcome, amount = made["outcome"], _kronor(made["amount_ore"])
    elif "human.review.agreed" in bodies:
        outcome, amount = task.outcome, _kronor(task.amount_ore)
    elif "human.review.taken" in bodies:
        outcome, amount = "", None
    else:
        return []
    kind, difference, disadvantage = compared(task, outcome, amount)
    told = result_of(
        task,
        reviewer,
        now,
        kind=kind,
        outcome=outcome,
        amount=amount,
        difference_ore=difference,
        disadvantage=disadvantage,
    )
    because = second_due(state, task, kind, plan)
    return [told, *(second_drafts(state, plan, now, because) if because else ())]


def _kronor(amount_ore: int | None) -> Decimal | None:
    return None if amount_ore is None else Decimal(amount_ore) / 100


def _is_held(state: CaseState, task: SampleTask) -> bool:
    return task.mode == "hold" and state.status in {"person", "applicant"}
