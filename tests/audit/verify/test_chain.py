"""Entries and the chains of cases."""

import json
from typing import Any

import pytest
from hypothesis import given

from audit import canonical as written
from audit.log.journal import may_follow_close
from audit.verify.chain import AFTER_CLOSE, AFTER_CLOSE_BEGINS, Chains, canonical, parse, read_json
from audit.verify.findings import Report
from tests.audit.values import json_values, repeatable

CASE = "c_" + "0" * 32
PLAIN: dict[str, Any] = {
    "v": 1,
    "ts": "2026-11-20T10:15:02.123456Z",
    "mono": 1,
    "case": CASE,
    "case_seq": 0,
    "case_prev": None,
    "type": "case.opened",
    "actor": {"kind": "robot", "id": "x", "build": None, "rules": None},
    "intent": None,
    "causes": [],
    "body": {},
    "pd": [],
}


def entry(**changes: Any) -> dict[str, Any]:
    """An entry with some of its values changed."""
    return {**PLAIN, **changes}


def test_a_written_entry_is_read() -> None:
    """Canonical bytes give the entry, also with text outside ASCII and the largest exact integer."""
    value = entry(body={"text": "åäö\U0001f600", "most": 2**53 - 1, "least": 1 - 2**53}, intent="a", causes=[0])
    assert parse(written.encode(value)) == value
    value = entry(case_prev="0" * 64, pd=[{"f": "a", "c": "b", "v": "c"}])
    assert parse(written.encode(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"1",
        b"\xff",
        b"[" * 5000,
        json.dumps(PLAIN).encode(),
        json.dumps(PLAIN, separators=(",", ":")).encode(),
        written.encode(PLAIN) + b"\n",
        written.encode(PLAIN).replace(b'"v":1', b'"v":1.0'),
        written.encode(PLAIN).replace(b'"v":1', b'"v":1,"v":1'),
        written.encode(PLAIN).replace(b'"mono":1', b'"mono":NaN'),
        written.encode(PLAIN).replace(b'"mono":1', b'"mono":9007199254740992'),
        written.encode(PLAIN).replace(b'"mono":1', b'"mono":-9007199254740992'),
        written.encode(PLAIN).replace(b'"body":{}', b'"body":{"a":"\\ud800"}'),
        written.encode(PLAIN).replace(b'"body":{}', b'"body":{"a":0.5}'),
        *(
            written.encode(value)
            for value in [
                entry(v=2),
                entry(v=True),
                entry(v="1"),
                entry(mono=None),
                entry(case=1),
                entry(case_seq="0"),
                entry(case_seq=False),
                entry(case_prev=0),
                entry(ts=0),
                entry(type=None),
                entry(actor="robot"),
                entry(intent=1),
                entry(causes={}),
                entry(causes=["0"]),
                entry(causes=[True]),
                entry(body=[]),
                entry(pd={}),
                entry(pd=[1]),
                entry(pd=[{"f": "a", "c": "b"}]),
                entry(pd=[{"f": "a", "c": "b", "v": 1}]),
                entry(pd=[{"f": "a", "c": "b", "v": "c", "w": "d"}]),
                entry(body={"å": 1}),
                entry(body={"a": [{"b": {"ö": 1}}]}),
                entry(more=1),
                {name: value for name, value in PLAIN.items() if name != "intent"},
            ]
        ),
    ],
)
def test_bytes_that_are_not_an_entry_are_refused(data: bytes) -> None:
    """Anything but the one byte form of an entry of version 1 is none."""
    assert parse(data) is None


@given(json_values())
@repeatable
def test_canonical_bytes_are_those_of_the_writer(value: Any) -> None:
    """Two implementations of RFC 8785 give the same bytes, also for keys outside the first plane."""
    assert canonical(read_json(written.encode(value))) == written.encode(value)


def test_keys_are_sorted_as_utf_16() -> None:
    """A key of two surrogates comes before U+FFFF (RFC 8785 § 3.2.3)."""
    assert canonical({"\uffff": 1, "\U0001f600": [2, {}]}) == '{"\U0001f600":[2,{}],"\uffff":1}'.encode()


def check(*entries: dict[str, Any]) -> list[str]:
    """Add entries, each with its number as leaf hash, and return what was found."""
    report = Report()
    chains = Chains(report)
    for number, one in enumerate(entries):
        chains.add(f"entry {number}", one, bytes([number] * 32))
    assert len(chains) == len({one["case"] for one in entries})
    return [f"{one.code:d} {one.where}: {one.expected} / {one.found}" for one in report.findings]


def after(number: int, **changes: Any) -> dict[str, Any]:
    """The entry after the one with this number."""
    return entry(**{"type": "rule.evaluated", "case_seq": number + 1, "case_prev": f"{number:02x}" * 32} | changes)


CLOSED = after(0, type="case.closed", body={"count": 2})


def test_whole_chains_are_whole() -> None:
    """Cases may be interleaved, closed, read after the close, and reopened."""
    other = entry(case="logg-x")
    assert check(entry(), other, after(0), entry(case="logg-x", case_seq=1, case_prev="01" * 32)) == []
    assert check(entry(), after(0, causes=[0]), after(1, causes=[1, 0])) == []
    for kind in (*sorted(AFTER_CLOSE), "review.result", "sample.pick", "gallring.prolonged", "human.review.opened"):
        assert check(entry(), CLOSED, after(1, type=kind)) == [], kind
    assert check(entry(), CLOSED, after(1, type="case.reopened"), after(2)) == []


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([entry(case_seq=1)], "entry 0: case_seq 0 / 1"),
        ([entry(case_prev="00" * 32)], f"entry 0: case_prev None / {'00' * 32}"),
        ([entry(), after(0, case_seq=2)], "entry 1: case_seq 1 / 2"),
        ([entry(), after(0), after(1, case_seq=1)], "entry 2: case_seq 2 / 1"),
        ([entry(), after(1, case_seq=1)], f"entry 1: case_prev {'00' * 32} / {'01' * 32}"),
        ([entry(causes=[0])], "entry 0: causes below 0 / [0]"),
        ([entry(), after(0, causes=[0, 1])], "entry 1: causes below 1 / [0, 1]"),
        ([entry(), after(0, causes=[-1])], "entry 1: causes below 1 / [-1]"),
        ([entry(), after(0, type="case.closed")], "entry 1: case.closed to count 2 entries / None"),
        ([entry(), after(0, type="case.closed", body={"count": 1})], "entry 1: case.closed to count 2 entries / 1"),
        (
            [entry(), CLOSED, after(1)],
            "entry 2: nothing but reading, review and gallring after case.closed / rule.evaluated",
        ),
        (
            [entry(), CLOSED, after(1, type="access.reader")],
            "entry 2: nothing but reading, review and gallring after case.closed / access.reader",
        ),
        (
            [entry(), CLOSED, after(1, type="access.read"), after(2)],
            "entry 3: nothing but reading, review and gallring after case.closed / rule.evaluated",
        ),
    ],
)
def test_a_broken_chain_is_found_once(entries: list[dict[str, Any]], found: str) -> None:
    """Each break gives one finding, at the entry where it is, and the rest is compared with what is there."""
    where, _, what = found.partition(":")
    assert check(*entries) == [f"17 {where}, case {CASE}:{what}"]


def test_verifier_and_writer_agree_on_what_follows_a_close() -> None:
    """The types that the writer lets follow `case.closed` are those that the verifier accepts."""
    words = ("access", "case", "pd", "human", "review", "sample", "gallring", "decision", "effect", "receipt", "rule")
    ends = ("read", "erased", "reopened", "closed", "review.opened", "opened", "made", "picks")
    kinds = [f"{word}.{end}" for word in words for end in ends]
    ours = {kind for kind in kinds if kind in AFTER_CLOSE or kind.startswith(AFTER_CLOSE_BEGINS)}
    assert ours == {kind for kind in kinds if may_follow_close(kind)}


def test_all_cases_closed_means_all() -> None:
    """One open case is enough to say no."""
    report = Report()
    chains = Chains(report)
    assert chains.all_closed()
    chains.add("", entry(), bytes(32))
    assert not chains.all_closed()
    chains.add("", CLOSED, bytes(32))
    assert chains.all_closed()
    chains.add("", entry(case="logg-x"), bytes(32))
    assert not chains.all_closed()
