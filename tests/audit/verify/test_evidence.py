"""Logs of more than one tile, and what the attacks do not reach."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from audit.log.keys import log_keys, rotations
from audit.vault.commitment import commit
from audit.verify.export import Export, split_bundle
from audit.verify.findings import Code, Report
from audit.verify.log import verify_log
from audit.verify.note import Head, Key
from audit.verify.sample import Sample
from audit.verify.trust import Trust
from audit.verify.values import Values, commitment, read_openings
from benchmarks.tamper_story import Signers, Story
from tests.audit.verify.test_chain import entry

ORIGIN = "a/b/2026"
KEYS, NEXT = log_keys(ORIGIN, bytes(32)), log_keys(ORIGIN, bytes([1] * 32))


def story(size: int, heads: list[int]) -> Story:
    """A log of one chain."""
    made = Story(ORIGIN, [], {}, "", "")
    made.relink([entry(case="logg-x", type="log.told", case_seq=number) for number in range(size)])
    made.sign(heads, Signers({0: KEYS}))
    return made


def told(folder: Path, *known: Head) -> tuple[list[str], list[tuple[int, int]], Report]:
    """The findings in short, the ticks, and the report."""
    ticks: list[tuple[int, int]] = []
    report = Report()
    trust = Trust([Key.parse(key.text()) for key in KEYS.verifiers], None)
    verify_log(Export(folder), trust, known, report, tick=lambda done, of: ticks.append((done, of)))
    return [f"{one.code:d} {one.where}: {one.expected} / {one.found}" for one in report.findings], ticks, report


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 700])
def test_every_size_of_log_is_read(size: int, tmp_path: Path) -> None:
    """Full and partial tiles, bundles and heads fit together at every size."""
    story(size, sorted({1, size // 2 or 1, size})).write(tmp_path)
    found, ticks, report = told(tmp_path)
    assert found == []
    assert ticks == [(min(end, size), size) for end in range(256, size + 256, 256)]
    assert report.checked == {"entries": size, "cases": 1, "checkpoints": len({1, size // 2 or 1, size}) + 1}


def test_a_missing_bundle_in_the_middle_decides_nothing(tmp_path: Path) -> None:
    """Where entries are missing between others the evidence is incomplete; at the end the log is too short."""
    story(700, [600, 700]).write(tmp_path)
    (tmp_path / "tile/entries/001").unlink()
    assert told(tmp_path)[0] == ["20 tile/entries/1: a tile / no such file"]
    (tmp_path / "tile/entries/002.p/188").unlink()
    assert told(tmp_path)[0][0] == "11 tile/entries/1: a tile / no such file"


def test_a_bundle_that_is_too_short_in_the_middle_was_altered(tmp_path: Path) -> None:
    """Fewer entries than there should be, with others after them, is no shorter log."""
    story(700, [100, 700]).write(tmp_path)
    path = tmp_path / "tile/entries/001"
    data = path.read_bytes()
    last = 2 + int.from_bytes(data[:2])
    path.write_bytes(data[last:])
    assert told(tmp_path)[0][0] == "10 tile/entries/1: 256 entries / 255"
    path.write_bytes(data[:-1])
    assert told(tmp_path)[0][0] == "10 tile/entries/1: 256 entries / 255 and part of one"


def test_a_hash_tile_above_the_leaves_is_compared(tmp_path: Path) -> None:
    """A tile of level 1 holds the roots of the tiles below it, and nothing else."""
    story(700, [700]).write(tmp_path)
    path = tmp_path / "tile/1/000.p/2"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert told(tmp_path)[0] == ["10 tile/1/0: the hashes of what lies below / others"]
    path.unlink()
    assert told(tmp_path)[0] == ["20 tile/1/0: a tile / no such file"]


def test_a_full_tile_is_preferred(tmp_path: Path) -> None:
    """A partial tile that stayed when the tile became full is not read, and files that are no tiles are passed over."""
    story(300, [300]).write(tmp_path)
    (tmp_path / "tile/entries/000.p").mkdir()
    (tmp_path / "tile/entries/000.p/7").write_bytes(b"old")
    (tmp_path / "tile/notes.txt").write_bytes(b"")
    assert told(tmp_path)[0] == []


def test_large_tile_numbers_are_read(tmp_path: Path) -> None:
    """The number of a tile stands in groups of three digits."""
    (tmp_path / "tile/entries/x001/x234").mkdir(parents=True)
    (tmp_path / "tile/entries/x001/x234/067").write_bytes(b"")
    assert list(Export(tmp_path).tiles) == [("entries", 1234067)]


def test_bundles_are_split_exactly() -> None:
    """Entries may be empty; a cut one is left out and said to be."""
    assert split_bundle(b"") == ([], True)
    assert split_bundle(b"\0\0\0\1a\1\0" + b"b" * 256) == ([b"", b"a", b"b" * 256], True)
    assert split_bundle(b"\0\1a\0\2b") == ([b"a"], False)
    assert split_bundle(b"\0\1a\0") == ([b"a"], False)


def test_a_kept_head_of_another_log_is_not_compared(tmp_path: Path) -> None:
    """A head of another origin says nothing about this log."""
    story(3, [3]).write(tmp_path)
    other = log_keys("c/d", bytes(32))
    made = Story("c/d", story(3, [3]).entries, {}, "", "")
    made.sign([3], Signers({0: other}))
    head = Head.parse(made.newest.encode(), "kept")
    report = Report()
    trust = Trust([Key.parse(key.text()) for keys in (KEYS, other) for key in keys.verifiers], None)
    verify_log(Export(tmp_path), trust, [head], report)
    advice = "Evidence is missing: export again, or give the file that was asked for."
    expected = f"20 UNDECIDED kept: expected a head of a/b/2026, found c/d. {advice}"
    assert [str(one) for one in report.findings] == [expected]


def test_keys_are_followed_both_ways() -> None:
    """From an old key to the new, from the new to the old, and from neither to neither."""
    third = log_keys(ORIGIN, bytes([2] * 32))
    said = [("here", body) for body in [*rotations(KEYS, NEXT), *rotations(NEXT, third)]]
    for begin in (KEYS, NEXT, third):
        trust = Trust([Key.parse(key.text()) for key in begin.verifiers], None)
        trust.follow(said, report := Report())
        ages = {key.text: age for key, age in trust.age.items()}
        assert ages == {key.text(): age for age, keys in enumerate((KEYS, NEXT, third)) for key in keys.verifiers}
        assert report.findings == []
    stranger = Key.parse(log_keys("x", bytes(32)).ed25519.verifier.text())
    trust = Trust([stranger], None)
    trust.follow(said, Report())
    assert trust.age == {stranger: 0}


@pytest.mark.parametrize("change", [{"by_old": ""}, {"by_new": "AAAA"}, {"by_new": "?"}, {"old": None}, {"new": "x"}])
def test_a_change_of_keys_needs_both_signatures(change: dict[str, Any]) -> None:
    """A change that one of the keys has not signed is a finding, and believed by nobody."""
    trust = Trust([Key.parse(key.text()) for key in KEYS.verifiers], None)
    trust.follow([("here", rotations(KEYS, NEXT)[0] | change)], report := Report())
    assert [str(one)[:72] for one in report.findings] == [
        "13 SIGNATURE here: expected a change of keys signed by both keys, found "
    ]
    assert len(trust.age) == 2


def test_a_change_stays_within_its_kind_and_name() -> None:
    """An Ed25519 key cannot name an ML-DSA key, or another log's, its successor."""
    both = KEYS.ed25519, KEYS.ml_dsa_44
    other = log_keys("x", bytes(32)).ed25519
    for old, new in (both, (KEYS.ed25519, other)):
        texts = [key.verifier.text() for key in (old, new)]
        message = f"key.rotated/v1\n{old.name}\n{texts[0]}\n{texts[1]}\n".encode()
        signed = {name: b64encode(key.sign(message)).decode() for name, key in (("by_old", old), ("by_new", new))}
        Trust([], None).follow([("here", {"old": texts[0], "new": texts[1], **signed})], report := Report())
        assert [one.code for one in report.findings] == [Code.SIGNATURE]


CASE = "c_" + "0" * 32


def promised(field: str, seq: int, value: Any, secret: bytes = bytes(32)) -> tuple[dict[str, Any], dict[str, Any]]:
    """An entry that commits to a value, and the opening."""
    place = f"vault:{CASE}/{seq}"
    item = {"f": field, "c": commitment(secret, CASE, seq, field, value), "v": place}
    return entry(case_seq=seq, pd=[item]), {"v": place, "secret": secret.hex(), "value": value}


def judged(entries: list[dict[str, Any]], openings: list[Any]) -> tuple[list[str], dict[str, int]]:
    """What `Values` finds."""
    report = Report()
    values = Values(openings, report)
    for index, one in enumerate(entries):
        values.watch(index, one)
    values.finish()
    return [f"{one.code:d} {one.where}: {one.expected} / {one.found}" for one in report.findings], report.checked


def grave(**body: Any) -> dict[str, Any]:
    """A tombstone."""
    return entry(type="pd.erased", case_seq=9, body={"decision": "GN 1", "fields": "all", **body})


def test_values_are_matched_erased_or_gone() -> None:
    """A value matches, is erased by a decision that covers it, or is gone."""
    (one, opened), (two, _) = promised("a", 0, {"å": [1]}), promised("b", 1, None)
    gone = f"16 entry 1, vault:{CASE}/1: a value, or a later pd.erased with its decision / neither"
    assert judged([one, two], [opened]) == ([gone], {"values": 1})
    assert judged([one, two, grave(fields=["b"])], [opened]) == ([], {"values": 1, "erased": 1})
    assert judged([one, two, grave(fields=["a"])], []) == ([gone], {"erased": 1})
    assert judged([one, two, grave()], []) == ([], {"erased": 2})
    assert judged([grave(), one], [])[0] == [gone.replace("entry 1", "entry 1").replace("/1:", "/0:")]
    kept = f"15 entry 0, vault:{CASE}/0: nothing, after the pd.erased of entry 1 / a value"
    assert judged([one, grave()], [opened]) == ([kept], {"values": 1, "erased": 0})
    form = "16 entry 2: pd.erased with decision and fields / another form"
    for body in ({"decision": " "}, {"decision": 1}, {"fields": "some"}, {"fields": None}):
        assert judged([one, two, grave(**body)], [opened]) == ([form, gone], {"values": 1}), body


@pytest.mark.parametrize(
    ("opening", "found"),
    [
        (None, "15 opening 1: v, secret and value, each place once / others"),
        ({"v": "x", "secret": "00"}, "15 opening 1: v, secret and value, each place once / others"),
        ({"v": 1, "secret": "00", "value": 1}, "15 opening 1: v, secret and value, each place once / others"),
        ({"v": "x", "secret": "00" * 32, "value": 1}, "15 x: an entry that commits to it / none"),
        (
            {"v": f"vault:{CASE}/0", "secret": "å", "value": 1},
            "15 opening 1: v, secret and value, each place once / others",
        ),
        (
            {"v": f"vault:{CASE}/0", "secret": "00" * 31, "value": 1},
            "15 opening 1: v, secret and value, each place once / others",
        ),
        (
            {"v": f"vault:{CASE}/0", "secret": "11" * 32, "value": 1},
            f"15 entry 0, vault:{CASE}/0: the value that was committed to / another",
        ),
    ],
)
def test_openings_must_open_something(opening: Any, found: str) -> None:
    """An opening in another form, of nothing, or with another secret is a finding."""
    assert found in judged([promised("a", 0, 1)[0]], [opening])[0]


def test_every_commitment_of_an_entry_is_compared() -> None:
    """A value that is gone does not hide the next one, and where nothing was promised nothing is decided."""
    (one, _), (two, opened) = promised("a", 0, 1), promised("b", 1, 2)
    both = entry(case_seq=1, pd=[*one["pd"], *two["pd"]])
    wrong = f"15 entry 0, vault:{CASE}/1: the value that was committed to / another"
    gone = f"16 entry 0, vault:{CASE}/0: a value, or a later pd.erased with its decision / neither"
    assert judged([both], [opened | {"value": 3}]) == ([wrong, gone], {"values": 1})
    assert judged([entry()], []) == (["20 values: at least one commitment / none"], {})
    stray = {"v": "x", "secret": "00" * 32, "value": 1}
    assert judged([two], [opened, stray]) == (["15 x: an entry that commits to it / none"], {"values": 1})


def test_openings_are_read_line_by_line() -> None:
    """A line that is not JSON is an opening of nothing."""
    assert read_openings(b'{"v":1}\nx\n') == [{"v": 1}, None]


def test_the_commitment_is_the_writers() -> None:
    """Writer and verifier give the same commitment."""
    assert commitment(bytes(32), CASE, 12, "barn", [{"ålder": 7}]) == commit(
        bytes(32), CASE, 12, "barn", [{"ålder": 7}]
    )


@pytest.mark.parametrize(("restricted", "drawn"), [(False, True), (True, False), (None, False)])
def test_what_a_person_took_over_is_in_the_frame_unless_protected(restricted: bool | None, drawn: bool) -> None:
    """A case that a person took over is drawn by hand, but not while it was restricted."""
    sample = Sample(Report())
    kinds: list[tuple[str, dict[str, Any]]] = [("case.opened", {"process": "x"})]
    kinds += [] if restricted is None else [("case.cleared", {"restricted": restricted})]
    kinds += [("human.review.taken", {}), ("human.review.taken", {}), ("decision.made", {"by": "person"})]
    for index, (kind, body) in enumerate(kinds):
        sample.watch(index, entry(type=kind, body=body, case_seq=index), bytes([index] * 32))
    case = sample._cases[CASE]
    index = len(kinds) - 3
    taken = (index, entry()["ts"], bytes([index] * 32).hex(), "person_by_hand")
    assert (case.person, case.robot) == (taken if drawn else None, None)


def test_a_period_in_another_form_is_altered() -> None:
    """A chain of a period that lacks what every period has cannot be right."""
    sample = Sample(report := Report())
    sample.watch(0, entry(case="stickprov-x-2026-11", type="sample.reveal", body={}), bytes(32))
    sample.finish({})
    assert [f"{one.code:d} {one.where}: {one.expected} / {one.found}" for one in report.findings] == [
        "10 stickprov-x-2026-11: entries in the form of the stickprov / KeyError"
    ]
