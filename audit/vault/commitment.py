"""Commitments: what the journal says about a personal value without saying the value."""

import hashlib
import hmac

from audit import canonical
from audit.canonical import JSON

LABEL = b"pd/v1"


def commit(secret: bytes, case: str, case_seq: int, field: str, value: JSON) -> str:
    """HMAC-SHA256 over the value and its place, keyed by the value's own 32 random bytes; 64 hex digits.

    The message is five parts, each preceded by its length as eight bytes, most significant first, so that no two lists
    of parts give the same message: "pd/v1", the case, ``case_seq`` in decimal digits, the field, and the value's
    RFC 8785 bytes (all text as UTF-8).
    """
    parts = (LABEL, case.encode(), str(case_seq).encode(), field.encode(), canonical.encode(value))
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.new(secret, message, hashlib.sha256).hexdigest()
