"""Whatever bytes a register sends, reading them ends in an answer or a named failure, never in an exception."""

import json
import random
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, tostring

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import _xml
from connectors._call import Call
from connectors.arbetsformedlingen import client as arbetsformedlingen
from connectors.arbetsformedlingen.mock import _message
from connectors.arbetsformedlingen.models import NAMESPACE
from connectors.contract import Answered, Failed, NoHit
from connectors.skatteverket import client as skatteverket
from tests.connectors.arbetsformedlingen.sample import DATA as JOB_SEEKERS
from tests.connectors.skatteverket.sample import AGI_ROW, ARGUMENTS, DATA, PERSON

NOW = datetime(2025, 9, 20, tzinfo=UTC)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=())),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01", "1E400", "-0", "𝟙𝟚"]),
)
TREES = st.recursive(VALUES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
ANSWERS = {
    "skatteverket.skydd": DATA[PERSON]["skydd"],
    "skatteverket.folkbokforing": DATA[PERSON]["folkbokforing"],
    "skatteverket.kapital": DATA[PERSON]["kapital"]["2024"],
    "skatteverket.skatteaterbaring": {"Utbetalningar": DATA[PERSON]["skatteaterbaring"]["2025-08"]},
    "skatteverket.agi": {"RedovisningsPeriod": "202508", "Individuppgifter": [AGI_ROW, AGI_ROW]},
}


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of the tree, so that a test can change one."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, value in pairs for place in [(tree, key), *places(value)]]


def read(query: str, body: bytes) -> Answered | NoHit | Failed:
    """Read an answer of Skatteverket and see that it can be stored."""
    call = Call(query, "Skatteverket", "fraga", lambda: NOW)
    found = skatteverket._answer(call, query, ARGUMENTS[query], body)
    if isinstance(found, Answered):
        json.dumps(found.data).encode()
    return found


@settings(deadline=None, derandomize=True)
@given(query=st.sampled_from(sorted(ANSWERS)), value=TREES, place=st.integers(0, 10_000))
def test_one_changed_value_never_raises(query: str, value: Any, place: int) -> None:
    """An answer with any one value replaced by anything is read, or refused by name."""
    answer = {"Svarskod": 0, "IdentitetsbeteckningFysiskPerson": PERSON, "Svar": deepcopy(ANSWERS[query])}
    spots = places(answer)
    container, key = spots[place % len(spots)]
    container[key] = value
    assert isinstance(read(query, json.dumps(answer).encode()), Answered | NoHit | Failed)


@settings(deadline=None, derandomize=True)
@given(query=st.sampled_from(sorted(ANSWERS)), body=st.binary() | TREES.map(lambda tree: json.dumps(tree).encode()))
def test_any_bytes_are_refused(query: str, body: bytes) -> None:
    """Bytes that are not the envelope are a failure."""
    assert isinstance(read(query, body), Failed)


@settings(deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_damaged_xml_never_raises(seed: int) -> None:
    """The job seeker's XML with a few bytes changed, removed or doubled is read, or refused by name."""
    chance = random.Random(seed)
    fraga = Element(f"{{{NAMESPACE}}}Fraga")
    asked = {"Referensnummer": "fraga", "LagParagraf": "x", "IdentitetsbeteckningFysiskPerson": PERSON}
    body = bytearray(tostring(_message(fraga, asked, JOB_SEEKERS[PERSON], None), encoding="utf-8"))
    for _ in range(chance.randint(0, 3)):
        start = chance.randrange(len(body))
        part = body[start : start + chance.randint(0, 40)]
        body[start : start + len(part)] = chance.choice([b"", part * 2, chance.randbytes(2), b"<!DOCTYPE a>"])
    call = Call("arbetsformedlingen.arbetssokande", "Arbetsförmedlingen", "fraga", lambda: NOW)
    assert isinstance(arbetsformedlingen._answer(call, PERSON, bytes(body)), Answered | Failed)


@settings(deadline=None, derandomize=True)
@given(body=st.binary())
def test_any_bytes_are_no_xml(body: bytes) -> None:
    """Reading bytes as XML gives an element or the one declared error."""
    with suppress(_xml.UnreadableXmlError):
        assert isinstance(_xml.parse(body), Element)
