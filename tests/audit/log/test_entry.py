"""Entries: their format, bytes and hash."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import CanonicalError, EntryError
from audit.log.entry import LARGEST_ENTRY, Entry, check_case_ref, leaf_hash, new_case_ref, timestamp
from tests.audit.ground import ROBOT, case_ref
from tests.audit.values import bodies, repeatable

BYTES = (
    b'{"actor":{"build":"sha256:aa","id":"ekonomiskt_bistand","kind":"robot","rules":"sha256:bb"},"body":{"amount_ore":482300},'
    b'"case":"c_00000000000000000000000000000000","case_prev":null,"case_seq":0,"causes":[],"intent":null,"mono":123456789,'
    b'"pd":[{"c":"abababababababababababababababababababababababababababababababab","f":"inkomst",'
    b'"v":"vault:c_00000000000000000000000000000000/0"}],"ts":"2026-11-20T10:15:02.123456Z","type":"calc.done","v":1}'
)


def entry(**changes: Any) -> Entry:
    """An entry of valid values, some of them changed."""
    values: dict[str, Any] = {
        "ts": "2026-11-20T10:15:02.123456Z",
        "mono": 123456789,
        "case": "c_" + "0" * 32,
        "case_seq": 0,
        "case_prev": None,
        "type": "calc.done",
        "actor": ROBOT,
        "body": {"amount_ore": 482300},
        "pd": ({"f": "inkomst", "c": "ab" * 32, "v": "vault:c_" + "0" * 32 + "/0"},),
    }
    return Entry.build(**(values | changes))


def test_the_bytes_are_the_documented_ones() -> None:
    """An entry has exactly these RFC 8785 bytes, and its leaf is SHA-256 over 0x00 and them."""
    assert entry().canonical() == BYTES
    assert leaf_hash(BYTES) == hashlib.sha256(b"\x00" + BYTES).digest()
    assert Entry.parse(BYTES) == entry()


def test_the_empty_leaf_is_the_one_of_rfc_6962() -> None:
    """The leaf of no bytes is the constant that certificate transparency logs test against."""
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@repeatable
@given(bodies(), st.integers(1, 2**40), st.lists(st.integers(0, 9), max_size=3))
def test_an_entry_comes_back_from_its_bytes(body: dict[str, Any], seq: int, causes: list[int]) -> None:
    """Parsing an entry's bytes gives an entry with the same bytes."""
    written = entry(body=body, case_seq=seq, case_prev="cd" * 32, causes=tuple(causes))
    assert Entry.parse(written.canonical()) == written
    assert Entry.parse(written.canonical()).canonical() == written.canonical()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": "Decision.Made"}, "type: String should match pattern"),
        ({"type": "decision"}, "type: String should match pattern"),
        ({"type": "decision.made\n"}, "type: String should match pattern"),
        ({"case": "Svensson"}, "case: String should match pattern"),
        ({"case_seq": -1}, "case_seq: Input should be greater than or equal to 0"),
        ({"mono": 2**53}, "mono: Input should be less than or equal to"),
        ({"case_prev": "abc"}, "case_prev: String should match pattern"),
        ({"ts": "2026-11-20T10:15:02Z"}, "ts: String should match pattern"),
        ({"actor": {"kind": "ghost", "id": "x"}}, "actor.kind: Input should be 'robot', 'person' or 'system'"),
        ({"pd": ({"f": "två ord", "c": "ab" * 32, "v": "vault:c/0"},)}, r"pd\.0\.f: String should match pattern"),
        ({"seq": 1}, "seq: Extra inputs are not permitted"),
        ({"v": 2}, "v: Input should be 1"),
    ],
)
def test_a_broken_field_is_named_and_its_value_is_not(changes: dict[str, Any], message: str) -> None:
    """An entry outside the format is refused with the field's name, and without what stood in it."""
    with pytest.raises(EntryError, match=message) as caught:
        entry(**changes)
    assert "Svensson" not in str(caught.value)
    assert "två ord" not in str(caught.value)


def test_an_entry_that_is_too_large_says_where_large_things_belong() -> None:
    """65 535 bytes is the largest entry; one byte more is refused, with the vault as the way out."""
    room = LARGEST_ENTRY - len(entry(body={"text": ""}).canonical())
    assert len(entry(body={"text": "x" * room}).canonical()) == LARGEST_ENTRY
    with pytest.raises(EntryError, match="expected at most 65535 bytes, found 65536: give what is large as `personal`"):
        entry(body={"text": "x" * (room + 1)}).canonical()


@pytest.mark.parametrize(
    "data",
    [
        BYTES + b"\n",
        BYTES.replace(b'"v":1}', b'"v": 1}'),
        BYTES.replace(b'"mono":123456789', b'"mono":123456789.0'),
        BYTES.replace(b'"mono":123456789', b'"mono":1.23456789e8'),
        BYTES.replace(b'"v":1}', b'"v":1,"x":2}'),
        BYTES.replace(b'"intent":null,', b""),
        BYTES.replace(b'"causes":[],"intent":null', b'"intent":null,"causes":[]'),
        BYTES.replace(b"inkomst", b"\\u0069nkomst"),
        b"[]",
        b"null",
        b"",
    ],
)
def test_other_bytes_for_the_same_values_are_not_an_entry(data: bytes) -> None:
    """Only the canonical bytes are accepted: blanks, another order, escapes, left-out nulls and extra keys are not."""
    assert data != BYTES
    with pytest.raises(EntryError):
        Entry.parse(data)


def test_a_body_with_keys_outside_ascii_is_not_written() -> None:
    """Keys outside ASCII sort differently in other libraries, so they are refused."""
    with pytest.raises(CanonicalError, match=r"calc\.done\.body\.ålder: expected an ASCII key"):
        entry(body={"ålder": 8}).canonical()


def test_time_is_written_in_utc_with_six_decimals() -> None:
    """A time in any zone becomes UTC with microseconds, also when they are zero; a naive time is refused."""
    assert (
        timestamp(datetime(2026, 11, 20, 11, 15, tzinfo=timezone(timedelta(hours=1)))) == "2026-11-20T10:15:00.000000Z"
    )
    assert entry().at() == datetime(2026, 11, 20, 10, 15, 2, 123456, tzinfo=UTC)
    with pytest.raises(EntryError, match="expected an aware time"):
        timestamp(datetime(2026, 11, 20))  # noqa: DTZ001 - the naive time is what is tested


def test_case_references_are_random_and_a_seed_repeats_them() -> None:
    """A new reference is "c_" and 32 hex digits, and comes from the randomness that is passed in."""
    assert new_case_ref(lambda count: bytes(range(count))) == "c_000102030405060708090a0b0c0d0e0f"
    assert case_ref(1) == case_ref(1) != case_ref(2)
    assert new_case_ref() != new_case_ref()


def test_what_is_no_case_reference_is_refused_and_not_repeated() -> None:
    """A diarienummer, a personnummer and an empty text are no references; the error does not hold them."""
    for good in (case_ref(1), "stickprov-ekonomiskt_bistand-2026-11"):
        check_case_ref(good)
    for bad in ("", "dnr", "SN 2026/117", "194408139089", case_ref(1)[:-1], case_ref(1) + "\n", "a|b-c"):
        with pytest.raises(EntryError, match="expected a reference from new_case_ref") as caught:
            check_case_ref(bad)
        assert not bad or bad not in str(caught.value)


def test_the_entry_is_frozen() -> None:
    """An entry cannot be changed after it was made."""
    with pytest.raises(ValueError, match="frozen"):
        entry().mono = 1
    assert json.loads(BYTES)["mono"] == entry().mono
