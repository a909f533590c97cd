"""The draw: whether a person looks at this decision, journalled so that it can be recomputed and never repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.canonical import JSON, JSONInput
from audit.errors import DrawError, JournalConflictError
from audit.log.entry import Actor, Entry
from audit.log.journal import Journal
from audit.log.tables import EntryRow
from audit.stickprov.ticket import METHOD, key_commitment, period_key, threshold, ticket

COMMIT, PLAN, TICKET, PICK = "sample.commit", "sample.plan", "sample.ticket", "sample.pick"
LANE = "random"


@dataclass(frozen=True)
class Draw:
    """The outcome: picked if ``u`` < ``threshold``. ``probability`` is the inclusion probability the case had."""

    picked: bool
    u: int
    threshold: int
    probability: Fraction


@dataclass(frozen=True)
class _Ask:
    log: str
    period: str
    stratum: str
    rate: Fraction
    limit: int
    key: bytes = field(repr=False)

    @property
    def chain(self) -> str:
        return f"stickprov-{self.log}-{self.period}"


def draw(
    journal: Journal,
    session: Session,
    *,
    case: str,
    log: str,
    period: str,
    stratum: str,
    rate: Fraction,
    key: bytes,
    actor: Actor,
) -> Draw:
    """Draw a case's ticket and journal it, in the caller's transaction.

    ``log`` is the process, ``period`` a month "YYYY-MM", ``rate`` the stratum's sampling rate, ``key`` the 32-byte draw
    key (never the period's key). The first draw of a period journals the hash of its key, and a new or raised rate is
    journalled as plan, both in the chain "stickprov-<log>-<period>". A case that has a ticket keeps it.

    Raises `DrawError` when the key is not the committed one, the rate is lower than before in the period, or the case
    was drawn in another period or stratum; `JournalConflictError` when another worker wrote the period's chain at the
    same time: roll back and run again.
    """
    ask = _Ask(log, period, stratum, rate, threshold(rate), period_key(key, log, period))
    standing = _standing(session, case, ask)
    if standing is not None:
        return standing
    entries = journal.entries(session, ask.chain)
    _write_commitment(journal, session, entries, ask, actor)
    _write_plan(journal, session, entries, ask, actor)
    u = ticket(ask.key, log, period, case)
    outcome = Draw(u < ask.limit, u, ask.limit, rate)
    written = journal.append(session, case, TICKET, actor=actor, body=_ticket_body(ask, outcome))
    if outcome.picked:
        body = {"lane": LANE, "stratum": stratum}
        journal.append(session, case, PICK, actor=actor, body=body, causes=(written.case_seq,))
    return outcome


def _ticket_body(ask: _Ask, outcome: Draw) -> dict[str, JSON]:
    return {
        "log": ask.log,
        "period": ask.period,
        "lane": LANE,
        "stratum": ask.stratum,
        "u": f"{outcome.u:016x}",
        "threshold": f"{outcome.threshold:016x}",
        "probability": str(outcome.probability),
        "picked": outcome.picked,
    }


def _standing(session: Session, case: str, ask: _Ask) -> Draw | None:
    query = select(EntryRow.data).where(EntryRow.case_ref == case, col(EntryRow.type) == TICKET)
    data = session.scalar(query.order_by(col(EntryRow.case_seq)).limit(1))
    if data is None:
        return None
    body = Entry.parse(data).body
    asked, found = (ask.log, ask.period, ask.stratum), (body["log"], body["period"], body["stratum"])
    if asked != found:
        raise DrawError(
            f"{case}: a case is drawn once: asked for {'/'.join(asked)}, drawn already in {'/'.join(found)}; "
            "a second draw would let somebody choose between two tickets"
        )
    return Draw(body["picked"], int(body["u"], 16), int(body["threshold"], 16), Fraction(body["probability"]))


def _write_commitment(journal: Journal, session: Session, entries: list[Entry], ask: _Ask, actor: Actor) -> None:
    commitment = key_commitment(ask.key)
    committed = next((entry.body["commitment"] for entry in entries if entry.type == COMMIT), None)
    if committed is None:
        body = {"log": ask.log, "period": ask.period, "method": METHOD, "commitment": commitment}
        _append(journal, session, entries, ask, COMMIT, actor=actor, body=body)
    elif committed != commitment:
        raise DrawError(
            f"{ask.chain}: expected the draw key whose hash was journalled before the period ({committed[:16]}…), "
            f"found another ({commitment[:16]}…): put the right key file back; a new key begins with a new period"
        )


def _write_plan(journal: Journal, session: Session, entries: list[Entry], ask: _Ask, actor: Actor) -> None:
    plans = [entry.body for entry in entries if entry.type == PLAN and entry.body["stratum"] == ask.stratum]
    planned = Fraction(plans[-1]["rate"]) if plans else None
    if planned == ask.rate:
        return
    if planned is not None and ask.rate < planned:
        raise DrawError(
            f"{ask.chain}/{ask.stratum}: expected a rate of at least {planned}, found {ask.rate}: within a period a "
            "rate can rise, and fall only from the next"
        )
    body = {"lane": LANE, "stratum": ask.stratum, "rate": str(ask.rate), "threshold": f"{ask.limit:016x}"}
    _append(journal, session, entries, ask, PLAN, actor=actor, body=body)


def _append(
    journal: Journal,
    session: Session,
    entries: list[Entry],
    ask: _Ask,
    kind: str,
    *,
    actor: Actor,
    body: Mapping[str, JSONInput],
) -> None:
    # Since we read the chain, another worker may have begun the period and committed. The number tells:
    # if the chain has grown, what we are about to say was decided on an old reading.
    written = journal.append(session, ask.chain, kind, actor=actor, body=body)
    if written.case_seq != len(entries):
        raise JournalConflictError(f"{ask.chain}: another worker wrote to the period's chain: roll back and run again")
    entries.append(written)
