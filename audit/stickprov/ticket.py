"""Tickets: a number per case that only the holder of the period's key can tell, until the key is revealed."""

import hashlib
import hmac
import re
from fractions import Fraction

from audit.errors import DrawError
from audit.log.entry import check_case_ref
from audit.vault.keys import derive

METHOD = "stickprov/v1"
TICKETS = 2**64
"""How many tickets there are: u is the first 64 bits of the HMAC, 0 ≤ u < 2**64."""


def ticket(key: bytes, log: str, period: str, case_ref: str) -> int:
    """The first 64 bits of HMAC-SHA256(K_period, "stickprov/v1|log|period|case_ref"), as a big-endian integer.

    ``key`` is the period's key, ``log`` the process ("ekonomiskt_bistand"), ``period`` a month "YYYY-MM". None of the
    parts can hold "|". Raises `DrawError` or `EntryError` for a part in another form.
    """
    check_period(log, period)
    check_case_ref(case_ref)
    message = f"{METHOD}|{log}|{period}|{case_ref}".encode()
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:8], "big")


def threshold(rate: Fraction) -> int:
    """The smallest integer t such that picking u < t has at least the probability ``rate``; off by less than 2**-64.

    Raises `DrawError` unless 0 ≤ rate ≤ 1.
    """
    if not 0 <= rate <= 1:
        raise DrawError(f"rate: expected a fraction from 0 to 1, found {rate}")
    return -(-rate.numerator * TICKETS // rate.denominator)


def period_key(draw_key: bytes, log: str, period: str) -> bytes:
    """K_period, 32 bytes: revealing it tells nothing about other periods or logs. Raises `DrawError`."""
    check_period(log, period)
    return derive(draw_key, f"{METHOD}|{log}|{period}")


def follow_up_key(key: bytes, root: bytes, randomness: str) -> bytes:
    """The key of the draws that are made after a closed period: SHA-256(K_period || root || randomness).

    ``root``: of a checkpoint that covers the whole period and was signed before the randomness was known. Whoever knows
    K cannot choose the root, and whoever writes the log does not know K; ``randomness`` (dice, a beacon) binds both.
    """
    if len(root) != hashlib.sha256().digest_size:
        raise DrawError(f"root: expected the 32 bytes of a checkpoint's root hash, found {len(root)}")
    return hashlib.sha256(key + root + randomness.encode()).digest()


def lot(purpose: str, case_ref: str, u: int) -> int:
    """A second number from a ticket, as even and as unsteerable: who is reviewed blind, who is reviewed twice.

    The first 64 bits of SHA-256("stickprov/v1|<purpose>|<case>|<u as 16 hex digits>").
    """
    message = f"{METHOD}|{purpose}|{case_ref}|{u:016x}".encode()
    return int.from_bytes(hashlib.sha256(message).digest()[:8], "big")


def key_commitment(key: bytes) -> str:
    """SHA-256 of the period's key, hex: journalled before the first draw, so that the key cannot be changed later."""
    return hashlib.sha256(key).hexdigest()


def check_period(log: str, period: str) -> None:
    """Raise `DrawError` unless ``log`` is a process name and ``period`` a month "YYYY-MM"."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", log):
        raise DrawError(f"log: expected a process name such as ekonomiskt_bistand, found {log!r}")
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", period):
        raise DrawError(f"period: expected a month YYYY-MM, found {period!r}")
