"""Commitments."""

import hashlib
import hmac
import struct
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import encode
from audit.vault.commitment import commit
from tests.audit.ground import case_ref
from tests.audit.values import json_values, repeatable


def test_the_encoding_is_the_documented_one() -> None:
    """Five parts, each after its length in eight bytes, under HMAC-SHA256: worked out here by hand."""
    secret, case = bytes(range(32)), case_ref(1)
    message = b"".join(
        struct.pack(">Q", len(part)) + part
        for part in (b"pd/v1", case.encode(), b"7", b"inkomst", b'{"belopp":"12300.00"}')
    )
    expected = hmac.new(secret, message, hashlib.sha256).hexdigest()
    assert commit(secret, case, 7, "inkomst", {"belopp": "12300.00"}) == expected


Place = tuple[bytes, str, int, str, Any]
places = st.tuples(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 3).map(case_ref),
    st.integers(0, 20),
    st.text("ab1", min_size=1, max_size=3),
    json_values(),
)


@repeatable
@given(places, places)
def test_only_the_same_parts_give_the_same_commitment(one: Place, other: Place) -> None:
    """Two commitments are equal exactly when secret, case, number, field and value are."""
    same = one[:4] == other[:4] and encode(one[4]) == encode(other[4])
    assert (commit(*one) == commit(*other)) is same
    assert commit(*one) == commit(*one)


def test_parts_cannot_run_into_each_other() -> None:
    """A digit moved from the number to the field is another commitment."""
    secret, case = bytes(32), case_ref(1)
    assert commit(secret, case, 1, "2a", None) != commit(secret, case, 12, "a", None)
