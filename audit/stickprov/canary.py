"""Canaries: cases of made-up persons whose decision is known to be wrong. They measure reviewers, never the robot.

What is right is committed to in the period's chain before anybody reviews it, so that it cannot be fitted to the
answer, and is shown when the answer is given.
"""

from collections.abc import Mapping
from hashlib import sha256

from audit import canonical
from audit.canonical import JSON, JSONInput
from audit.errors import DrawError
from audit.stickprov.period import Period, write_to
from audit.stickprov.scribe import Scribe

CANARY = "sample.canary"
CANARY_OPENED, CANARY_REVEALED = "canary.opened", "canary.revealed"


def canary_commitment(case: str, nonce: str, truth: Mapping[str, JSONInput]) -> str:
    """SHA-256, hex, over the RFC 8785 bytes of {"case", "nonce", "truth"}; ``nonce``: 64 hex digits, fresh."""
    told = canonical.plain({"case": case, "nonce": nonce, "truth": dict(truth)}, CANARY, ascii_keys=True)
    return sha256(canonical.encode(told)).hexdigest()


def commit_canary(scribe: Scribe, period: Period, commitment: str) -> Period:
    """Journal the commitment of the period's next canary. Raises `DrawError` when the period is closed."""
    if period.closed:
        raise DrawError(f"{period.chain}: the period is closed: canaries are committed to before that")
    number = sum(entry.type == CANARY for entry in scribe.entries(period.chain)) + 1
    where: dict[str, JSONInput] = {"log": period.log, "period": period.period}
    body = {**where, "canary": number, "commitment": commitment}
    return write_to(scribe, period, CANARY, body)


def revealed(values: Mapping[str, JSON]) -> tuple[str, dict[str, JSON]]:
    """Type and body of the entry that shows the truth, from the values of `canary.opened`."""
    return CANARY_REVEALED, {"truth": values["truth"], "nonce": values["nonce"]}
