"""Tickets and thresholds."""

import hashlib
import hmac
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import DrawError, EntryError
from audit.stickprov.ticket import TICKETS, key_commitment, period_key, threshold, ticket
from tests.audit.ground import case_ref
from tests.audit.values import repeatable

KEY = bytes(range(32))
LOG, PERIOD = "ekonomiskt_bistand", "2026-11"


def test_the_ticket_is_the_documented_one() -> None:
    """A ticket is the first 64 bits of the HMAC over method, log, period and case: worked out here by hand."""
    message = f"stickprov/v1|ekonomiskt_bistand|2026-11|{case_ref(1)}".encode()
    assert f"{ticket(KEY, LOG, PERIOD, case_ref(1)):016x}" == hmac.new(KEY, message, hashlib.sha256).hexdigest()[:16]
    assert key_commitment(KEY) == hashlib.sha256(KEY).hexdigest()


@repeatable
@given(st.fractions(0, 1, max_denominator=10**6))
def test_the_threshold_is_the_smallest_that_reaches_the_rate(rate: Fraction) -> None:
    """Exactly: threshold / 2**64 is at least the rate, and one less is below it."""
    limit = threshold(rate)
    assert Fraction(limit, TICKETS) >= rate
    assert limit == 0 or Fraction(limit - 1, TICKETS) < rate


def test_known_thresholds() -> None:
    """Nothing, one in twenty, a half and everything."""
    found = [threshold(Fraction(rate)) for rate in ("0", "1/20", "1/2", "1")]
    assert found == [0, 922337203685477581, 2**63, 2**64]


@pytest.mark.parametrize("rate", [Fraction(-1, 20), Fraction(21, 20)])
def test_a_rate_outside_0_to_1_is_refused(rate: Fraction) -> None:
    """A rate is a fraction from 0 to 1."""
    with pytest.raises(DrawError, match="expected a fraction from 0 to 1"):
        threshold(rate)


def test_each_period_and_log_has_its_own_key() -> None:
    """The same period gives the same key; another period, log or draw key gives another."""
    keys = {
        period_key(KEY, LOG, PERIOD),
        period_key(KEY, LOG, "2026-12"),
        period_key(KEY, "foreningsbidrag", PERIOD),
        period_key(bytes(32), LOG, PERIOD),
        KEY,
    }
    assert len(keys) == 5
    assert period_key(KEY, LOG, PERIOD) in keys


@pytest.mark.parametrize(
    ("log", "period", "case", "error"),
    [
        ("Ekonomiskt", PERIOD, case_ref(1), DrawError),
        ("a|b", PERIOD, case_ref(1), DrawError),
        (LOG, "2026-13", case_ref(1), DrawError),
        (LOG, "2026-11-01", case_ref(1), DrawError),
        (LOG, "2026-11\n", case_ref(1), DrawError),
        (LOG, PERIOD, "SN 2026/117", EntryError),
    ],
)
def test_parts_in_another_form_are_refused(log: str, period: str, case: str, error: type[Exception]) -> None:
    """No part can hold the separator or be written in two ways."""
    with pytest.raises(error, match="expected"):
        ticket(KEY, log, period, case)


def test_tickets_are_spread_evenly() -> None:
    """Over 40 keys the share picked at 1/20, and every twentieth of the range, lie within five standard deviations."""
    cases, limit = [case_ref(number) for number in range(500)], threshold(Fraction(1, 20))
    bins, picked = [0] * 20, 0
    for number in range(40):
        key = hashlib.sha256(bytes([number])).digest()
        for case in cases:
            u = ticket(key, LOG, PERIOD, case)
            picked += u < limit
            bins[u * 20 // TICKETS] += 1
    expected, deviation = 1000, math.sqrt(20_000 * 0.05 * 0.95)
    assert all(abs(found - expected) < 5 * deviation for found in [picked, *bins])
