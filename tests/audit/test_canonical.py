"""Canonical JSON."""

import enum
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical
from audit.errors import CanonicalError
from tests.audit.values import json_values, repeatable


class Colour(enum.Enum):
    """An enum whose members are text."""

    RED = "red"


class Word(enum.StrEnum):
    """A text enum, as the robot uses for codes."""

    BIFALL = "bifall"


@repeatable
@given(json_values())
def test_every_value_comes_back_from_its_bytes(value: Any) -> None:
    """Decoding the canonical bytes of a value gives the value, and encoding that gives the bytes."""
    data = canonical.encode(canonical.plain(value, "value"))
    assert canonical.decode(data) == value
    assert canonical.encode(canonical.decode(data)) == data


@repeatable
@given(st.dictionaries(st.text(), st.integers(-5, 5), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: dict[str, int], shuffler: Any) -> None:
    """The same value built in another order has the same bytes."""
    pairs = list(value.items())
    shuffler.shuffle(pairs)
    assert canonical.encode(canonical.plain(dict(pairs), "v")) == canonical.encode(canonical.plain(value, "v"))


def test_keys_are_sorted_and_text_is_not_escaped() -> None:
    """RFC 8785: no blanks, keys in UTF-16 order, åäö as they are."""
    assert (
        canonical.encode(canonical.plain({"b": [1, True, None], "a": "åäö"}, "v"))
        == '{"a":"åäö","b":[1,true,null]}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1, 0.5]}, r"body\.a\[1\]: expected JSON without floats, found a float: store öre as int"),
        ({"a": Decimal("1.50")}, r"body\.a: expected JSON, found a Decimal: store öre as int"),
        ({"a": 2**53}, r"body\.a: an integer beyond ±\(2\^53-1\)"),
        ({"a": -(2**53)}, r"body\.a: an integer beyond"),
        ({"a": {1: 2}}, r"body\.a: expected text as key, found int"),
        ({"a": "\ud800"}, r"body\.a: expected Unicode text, found a lone surrogate"),
        ({"a": b"x"}, r"body\.a: expected null, bool, int, str, list or dict, found bytes"),
        ({"a": Colour.RED}, r"body\.a: expected null, bool, int, str, list or dict, found Colour"),
        ({"ålder": 1}, r"body\.ålder: expected an ASCII key"),
        ({"a": float("nan")}, r"body\.a: expected JSON without floats"),
    ],
)
def test_what_has_no_exact_form_is_refused_with_its_path(value: Any, message: str) -> None:
    """Floats, Decimals, large integers and foreign types are refused by path, never by value."""
    with pytest.raises(CanonicalError, match=message):
        canonical.plain(value, "body", ascii_keys=True)


def test_plain_copies_into_plain_types() -> None:
    """Tuples become lists, text enums become text, and later changes of the original do not reach the copy."""
    inner = [1]
    copy = canonical.plain({"list": inner, "tuple": (1, 2), "word": Word.BIFALL}, "v")
    inner.append(2)
    assert copy == {"list": [1], "tuple": [1, 2], "word": "bifall"}
    assert isinstance(copy, dict)
    assert type(copy["word"]) is str


@pytest.mark.parametrize("data", [b"", b"{", b'{"a":1,"a":2}', b"1.0", b"NaN", b"\xff", b"[" * 100_000])
def test_bytes_that_are_not_our_json_are_refused(data: bytes) -> None:
    """Broken JSON, doubled keys, floats and bytes outside UTF-8 do not decode."""
    with pytest.raises(CanonicalError):
        canonical.decode(data)
