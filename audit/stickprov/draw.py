"""The draw: whether a person looks at this decision, journalled so that it can be recomputed and never repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from audit.canonical import JSONInput
from audit.errors import DrawError
from audit.log.entry import Entry, leaf_hash
from audit.stickprov.frame import DECIDED, Member, member
from audit.stickprov.keeper import Question
from audit.stickprov.month import period_of
from audit.stickprov.period import PICK, RANDOM, TICKET, Period, Stratum
from audit.stickprov.scribe import Scribe


@dataclass(frozen=True)
class Draw:
    """The outcome: picked if ``u`` < ``threshold``. ``probability`` is the inclusion probability the case had."""

    picked: bool
    u: int
    threshold: int
    probability: Fraction


def question(log: str, entries: Sequence[Entry]) -> Question:
    """What to ask the keeper of the draw key about a case that the robot has decided.

    The period is the month of the decision. Raises `DrawError` when the robot has not decided the case.
    """
    found = member(entries)
    if found is None or not found.by_robot:
        case = entries[0].case if entries else log
        raise DrawError(f"{case}: expected a {DECIDED} of the robot before the draw, found none: decide first")
    data = found.entry.canonical()
    return Question(log, period_of(found.entry.at()), found.case, leaf_hash(data).hex(), data)


def drawn(entries: Sequence[Entry]) -> Draw | None:
    """The draw that stands in the case's chain; None when it was not drawn."""
    ticket = next((entry.body for entry in entries if entry.type == TICKET), None)
    if ticket is None:
        return None
    u, limit = int(ticket["u"], 16), int(ticket["threshold"], 16)
    return Draw(ticket["picked"], u, limit, Fraction(ticket["probability"]))


def write_ticket(scribe: Scribe, period: Period, found: Member, stratum: Stratum, u: int) -> Draw:
    """Journal a case's ticket, and with it the pick, in the caller's transaction. A case that has a ticket keeps it.

    ``found`` as it stands in the same transaction, ``u`` as the keeper gave it. Raises `DrawError` when the case
    belongs to another stratum, and when the period is closed for this stratum's mode; `JournalConflictError`.
    """
    if found.ticket is not None:
        standing = drawn([found.ticket])
        assert standing is not None  # noqa: S101 - it was folded from a ticket
        return standing
    if found.stratum != stratum.name:
        raise DrawError(
            f"{found.case}: expected the stratum that was proposed, {found.stratum!r}, found {stratum.name!r}"
        )
    if (stratum.mode == "hold" and period.revealed) or (stratum.mode == "follow_up" and not period.revealed):
        when = "before its key is revealed" if stratum.mode == "hold" else "after it is closed"
        raise DrawError(f"{period.chain}/{stratum.name}: this stratum is drawn {when}")
    outcome = Draw(u < stratum.limit, u, stratum.limit, stratum.rate)
    place = {"log": period.log, "period": period.period, "lane": RANDOM, "mode": stratum.mode, "stratum": stratum.name}
    body: dict[str, JSONInput] = {
        **place,
        "decision": leaf_hash(found.entry.canonical()).hex(),
        "u": f"{u:016x}",
        "threshold": f"{outcome.threshold:016x}",
        "probability": str(outcome.probability),
        "picked": outcome.picked,
    }
    written = scribe.append(found.case, TICKET, body)
    if outcome.picked:
        scribe.append(found.case, PICK, {**place, "why": "ticket"}, causes=(written.case_seq,))
    return outcome
