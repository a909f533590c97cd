"""The end of a period: minimums met, the key revealed, and the follow-up drawn. Every step is a transaction's worth."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from audit.canonical import JSONInput
from audit.errors import DrawError
from audit.stickprov.draw import write_ticket
from audit.stickprov.frame import Member
from audit.stickprov.keeper import Reveal
from audit.stickprov.period import (
    CLOSED,
    NO_RANDOMNESS,
    PICK,
    QUESTIONS,
    RANDOM,
    REVEAL,
    TICKET,
    Period,
    Stratum,
    write_to,
)
from audit.stickprov.scribe import Scribe
from audit.stickprov.ticket import follow_up_key, key_commitment, ticket

QUESTIONS_PER_ENTRY = 250


@dataclass(frozen=True)
class DrawHead:
    """The checkpoint that the follow-up draw rests on: entries in the log, and the root hash (32 bytes)."""

    size: int
    root: bytes


def undrawn(period: Period, members: Iterable[Member]) -> list[Member]:
    """The robot's decisions that should have a ticket by now, and have none: they are drawn before the close."""
    return [
        found for found in members if found.ticket is None and found.by_robot and _mode(period, found.stratum) == "hold"
    ]


def pick_more(scribe: Scribe, period: Period, members: Sequence[Member], *, final: bool) -> list[str]:
    """Pick what a raised rate reaches backwards, and with ``final`` the next-smallest tickets up to each minimum.

    Returns the cases that were picked. The sample of a stratum is always its n smallest tickets, so that given n it is
    a simple random sample.
    """
    more: list[str] = []
    for stratum in period.strata.values():
        ticketed = [found for found in members if found.stratum == stratum.name and found.ticket is not None]
        smallest = sorted(ticketed, key=lambda found: (_u(found), found.case))
        for place, found in enumerate(smallest):
            why = "raised" if _u(found) < stratum.limit else "minimum"
            if found.picked or (why == "minimum" and not (final and place < stratum.minimum)):
                continue
            body = {
                "log": period.log,
                "period": period.period,
                "lane": RANDOM,
                "mode": stratum.mode,
                "stratum": stratum.name,
                "why": why,
            }
            scribe.append(found.case, PICK, body)
            more.append(found.case)
    return more


def close_period(
    scribe: Scribe, period: Period, members: Sequence[Member], *, head: DrawHead | None, value: str
) -> Period:
    """Journal that the period is closed: its frame, the checkpoint and the randomness of the follow-up draw.

    ``members`` as they are after `pick_more`; ``value``: what the dice or the beacon showed, empty for a period that
    named none. Raises `DrawError` when a decision has no ticket, or when the randomness is not the kind that was named.
    """
    if period.closed:
        raise DrawError(f"{period.chain}: the period is closed already")
    missing = undrawn(period, members)
    if missing:
        raise DrawError(f"{period.chain}: {len(missing)} decisions have no ticket, the first {missing[0].case}")
    if bool(value) != (period.randomness != NO_RANDOMNESS):
        raise DrawError(f"{period.chain}: expected a value of the randomness that was named: {period.randomness!r}")
    frame: dict[str, JSONInput] = {
        stratum.name: {
            "mode": stratum.mode,
            "cases": sum(found.stratum == stratum.name for found in members),
            "picked": sum(found.picked for found in members if found.stratum == stratum.name),
            "rate": str(stratum.rate),
            "threshold": f"{stratum.limit:016x}",
            "minimum": stratum.minimum,
        }
        for stratum in period.strata.values()
    }
    checkpoint: JSONInput = None if head is None else {"size": head.size, "root": _base64(head.root)}
    body: dict[str, JSONInput] = {
        "log": period.log,
        "period": period.period,
        "frame": frame,
        "checkpoint": checkpoint,
        "randomness": {"source": period.randomness, "value": value},
    }
    return write_to(scribe, period, CLOSED, body)


def write_reveal(
    scribe: Scribe, period: Period, reveal: Reveal, *, head: DrawHead | None, value: str
) -> tuple[Period, bytes | None]:
    """Journal the key and the list of every question; the key of the follow-up draw, None without a checkpoint.

    ``head`` and ``value`` as the period was closed with. Raises `DrawError` for a key that is not the committed one.
    """
    key = bytes.fromhex(reveal.key)
    if key_commitment(key) != period.commitment:
        raise DrawError(
            f"{period.chain}: the revealed key is not the committed one: expected the hash {period.commitment[:16]}…"
        )
    lists = [
        reveal.questions[start : start + QUESTIONS_PER_ENTRY]
        for start in range(0, len(reveal.questions), QUESTIONS_PER_ENTRY)
    ]
    for part, questions in enumerate(lists, start=1):
        listed: dict[str, JSONInput] = {
            "part": part,
            "parts": len(lists),
            "questions": [dict(one) for one in questions],
        }
        period = write_to(scribe, period, QUESTIONS, listed)
    after = None if head is None else follow_up_key(key, head.root, value)
    body: dict[str, JSONInput] = {
        "log": period.log,
        "period": period.period,
        "key": reveal.key,
        "questions": len(reveal.questions),
        "digest": reveal.digest,
        "signature": reveal.signature,
        "follow_up_key": None if after is None else after.hex(),
    }
    return write_to(scribe, period, REVEAL, body), after


def draw_follow_up(scribe: Scribe, period: Period, members: Sequence[Member], key: bytes) -> list[Member]:
    """Draw the strata that are drawn after the period; the members with their tickets. Minimums are for `pick_more`."""
    done: list[Member] = []
    for found in members:
        stratum = period.strata.get(found.stratum)
        if stratum is None or stratum.mode != "follow_up" or found.ticket is not None:
            done.append(found)
            continue
        u = ticket(key, period.log, period.period, found.case)
        outcome = write_ticket(scribe, period, found, stratum, u)
        ticketed = next(entry for entry in scribe.entries(found.case) if entry.type == TICKET)
        done.append(replace(found, ticket=ticketed, picked=outcome.picked))
    return done


def strays(reveal: Reveal, members: Iterable[Member]) -> list[dict[str, str]]:
    """The questions that no decision of the period explains: somebody wanted to know a ticket too early, say."""
    asked = {(found.case, found.ticket.body["decision"]) for found in members if found.ticket is not None}
    return [one for one in reveal.questions if one["refused"] or (one["case"], one["leaf"]) not in asked]


def _mode(period: Period, stratum: str) -> str | None:
    planned: Stratum | None = period.strata.get(stratum)
    return None if planned is None else planned.mode


def _u(found: Member) -> int:
    return 0 if found.ticket is None else int(found.ticket.body["u"], 16)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
