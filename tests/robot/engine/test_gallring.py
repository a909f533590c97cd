"""Gallring: what is erased is gone from every file, what is kept is kept, and a crash in between changes nothing."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
from sqlalchemy import text
from sqlmodel import select
from typer.testing import CliRunner

from audit.errors import VaultError
from audit.log.check import check_all
from audit.log.entry import Actor
from audit.log.journal import ERASED
from audit.verify.cli import main as verify
from robot.cli.main import build as main
from robot.engine import gallring as gallring_module
from robot.engine.gallring import GallringError
from robot.engine.intake import Refused
from robot.engine.review import Person
from robot.engine.sample_reviews import Answer
from robot.steps.base import Draft
from robot.store.database import DatabaseError
from robot.store.tables import ErasureRow
from tests.robot.engine.erasing import found_in, gallring, only_of, secrets_of, stored
from tests.robot.engine.ground import ANNA, NUMBERS, PROCESS, Crash, Ground, application, build
from tests.robot.engine.guessing import left_over, tried, tried_at_once

DECISION = "Socialnämnden 2031-02-11 § 14"
BORN_ON_THE_FIFTH = "195005050512"
UNRELATED = "199107172380"
YEARS = timedelta(days=6 * 366)
STREET = "Gallrade gatan"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A data folder with three closed cases, made once and copied; the one in the middle is told apart."""
    folder = tmp_path_factory.mktemp("gallring") / "data"
    made = build(folder)
    with stamina.set_testing(True, attempts=1):
        cases = [
            finished(made, adress="Andra vägen 1"),
            finished(made, NUMBERS[1], adress=f"{STREET} {NUMBERS[1]}", income="1234.50"),
            finished(made, BORN_ON_THE_FIFTH, adress="Tredje vägen 1"),
        ]
    made.house.close()
    return folder, cases


@pytest.fixture
def data(template: tuple[Path, list[str]], tmp_path: Path) -> Path:
    """A copy of the folder."""
    return Path(shutil.copytree(template[0], tmp_path / "data"))


@pytest.fixture
def ground(data: Path) -> Iterator[Ground]:
    """A house on the copy."""
    made = build(data)
    yield made
    made.house.close()


@pytest.fixture
def other(template: tuple[Path, list[str]]) -> str:
    """A closed case that nothing is special with."""
    return template[1][0]


@pytest.fixture
def ref(template: tuple[Path, list[str]]) -> str:
    """The closed case that is to be erased; its letter names its person."""
    return template[1][1]


@pytest.fixture
def sample(template: tuple[Path, list[str]]) -> str:
    """A closed case of a person born on the fifth."""
    return template[1][2]


def finished(ground: Ground, number: str = NUMBERS[0], **more: Any) -> str:
    """A case that the robot has decided, sent and closed."""
    state = ground.handled(application(number=number, **more))
    assert state.status == "closed", state.review
    return state.ref


def erased(ground: Ground, ref: str, **more: Any) -> None:
    """The case, erased on a decision although its time may not be over."""
    gallring(ground).erase(ref, decision=DECISION, by="anna", despite=frozenset({"too_early", "sampled"}), **more)


def evaluate(ground: Ground) -> None:
    """Let the scheduler look twice: it closes the months that are over, and then evaluates them."""
    for _ in range(2):
        ground.house.periods().watch()


def tombstones(ground: Ground, ref: str) -> list[dict[str, Any]]:
    """The bodies of the case's tombstones."""
    with ground.house.database.read() as session:
        entries = ground.house.ledger.journal.entries(session, ref)
    return [entry.body for entry in entries if entry.type == ERASED]


def orders(ground: Ground) -> list[ErasureRow]:
    """What is ordered and not carried through."""
    with ground.house.database.read() as session:
        return list(session.exec(select(ErasureRow)).all())


def test_nothing_of_an_erased_case_is_left_in_any_file(ground: Ground, data: Path, ref: str, other: str) -> None:
    """No value, secret, key, ciphertext or hash of it stands in database, WAL, letters or intake; others are whole."""
    ours = only_of(secrets_of(ground, ref), [secrets_of(ground, other)])
    assert found_in(data, ours), "the search must find them before"
    erased(ground, ref)
    assert found_in(data, ours) == []
    assert len(ground.sent()) == 2
    ground.assert_whole()
    assert ground.house.ledger.load(other).facts["ansokan"].value


def test_what_is_handed_out_or_saved_afterwards_holds_nothing_of_it(
    ground: Ground, tmp_path: Path, ref: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export with every value and a backup have no byte of the case, and the export is proven."""
    ours = only_of(secrets_of(ground, ref), [secrets_of(ground, other)])
    erased(ground, ref)
    monkeypatch.setenv("ARENDE_DATA", str(ground.house.settings.data))
    out = tmp_path / "out"
    result = CliRunner().invoke(main(), ["audit", "export", str(out / "export"), "--with-values", "--why", "Kontroll."])
    assert result.exit_code == 0, result.output
    database = ground.house.database.engine.url.database
    with closing(sqlite3.connect(f"{database}")) as source, closing(sqlite3.connect(out / "backup.sqlite")) as target:
        source.backup(target)
    assert found_in(out, secrets_of(ground, other)), "the search must find what is left"
    assert found_in(out, ours) == []
    assert verify(["erasure", str(out / "export")]) == 0


def test_nothing_is_left_in_postgresql_either(postgres: str, tmp_path: Path) -> None:
    """Its tables, WAL and statistics hold no byte of the case, when old WAL files are not kept for reuse."""
    ground = build(tmp_path, url=postgres)
    ref = finished(ground, NUMBERS[1], adress=f"{STREET} 17")
    other = finished(ground)
    ours = stored(only_of(secrets_of(ground, ref), [secrets_of(ground, other)]))
    admin = ground.house.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET wal_recycle = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("ANALYZE"))
        connection.execute(text("CHECKPOINT"))
        folder = Path(str(connection.execute(text("SHOW data_directory")).scalar_one()))
    assert found_in(folder, ours, codes=False), "the search must find them before"
    erased(ground, ref)
    assert found_in(folder, ours, codes=False) == []
    ground.assert_whole()
    with admin.connect() as connection:
        connection.execute(text("ALTER SYSTEM RESET wal_recycle"))
    ground.house.close()


def test_the_journal_proves_the_gallring_and_nothing_else_changed(ground: Ground, ref: str) -> None:
    """The tombstone names decision, count and who; chains and commitments verify; the case has no facts any more."""
    values = gallring(ground).look(ref).values
    erased(ground, ref)
    assert tombstones(ground, ref) == [{"decision": DECISION, "fields": "all", "count": values, "by": "anna"}]
    state, row = ground.house.ledger.load(ref), ground.row(ref)
    assert [fact.why for fact in state.facts.values()] == ["Uppgiften är gallrad."] * len(state.facts)
    assert (state.erased_at, state.decision is not None) == (row.erased_at, True)
    assert (row.subject, row.reasons) == (None, [])
    ground.assert_whole()


def test_what_is_erased_without_a_tombstone_is_found(ground: Ground, ref: str) -> None:
    """Values that are gone with no decision in the journal are a fault, not a gallring."""
    with ground.house.database.write() as session:
        session.connection().execute(text("DELETE FROM vault_value"))
    with ground.house.database.read() as session:
        assert check_all(session, ground.house.vault).problems
    with pytest.raises(VaultError):
        ground.house.ledger.load(ref)


@pytest.mark.parametrize("where", ["files", "destroy", "jobs", "scrub"])
def test_a_crash_in_between_leaves_nothing_half_done(
    ground: Ground, data: Path, ref: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Values are gone exactly when the tombstone is there; the order stands, and the next run finishes it."""
    ours = stored(secrets_of(ground, ref))

    def crash(*_: Any, **__: Any) -> None:
        raise Crash

    places = {
        "files": ("robot.engine.traces.Traces.remove", crash),
        "destroy": ("robot.engine.gallring._deliveries", _first_then(gallring_module._deliveries, crash, 2)),
        "jobs": ("robot.engine.queue.Queue.forget", crash),
        "scrub": ("robot.engine.gallring.scrub", crash),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*places[where])
        with pytest.raises(Crash):
            erased(ground, ref)
    gone = gallring(ground).look(ref).values == 0
    assert gone == bool(tombstones(ground, ref)) == (where in {"jobs", "scrub"})
    ground.assert_whole()
    assert [order.case_ref for order in orders(ground)] == [ref]
    assert gallring(ground).resume().erased == (ref,)
    assert (len(tombstones(ground, ref)), orders(ground)) == (1, [])
    assert found_in(data, ours) == []
    ground.assert_whole()


def _first_then(first: Callable[..., Any], then: Callable[..., Any], calls: int) -> Callable[..., Any]:
    count = iter(range(calls))
    return lambda *given: then() if next(count, None) is None else first(*given)


def test_a_database_in_use_is_said_and_finished_later(
    ground: Ground, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When another process reads all the time, deleted bytes may be left: that is an error, and the order stands."""
    monkeypatch.setattr("robot.store.scrub.PATIENCE_SECONDS", 0)
    with ground.house.database.read() as reading:
        reading.connection().execute(text("SELECT count(*) FROM journal_entry")).all()
        with pytest.raises(DatabaseError, match="--resume"):
            erased(ground, ref)
    assert [order.destroyed for order in orders(ground)] == [True]
    assert gallring(ground).resume().erased == (ref,)


def test_a_hold_stops_gallring_until_it_is_lifted(ground: Ground, ref: str) -> None:
    """Under a legal hold nothing is erased, also when gallring was ordered before it came."""
    gallring(ground).hold(ref, ANNA, reason="Tvist i förvaltningsrätten.")
    with pytest.raises(GallringError, match="hold"):
        erased(ground, ref)
    with pytest.raises(GallringError, match="on already"):
        gallring(ground).hold(ref, ANNA, reason="Igen.")
    gallring(ground)._order([ref], DECISION, "anna")
    assert gallring(ground).resume().waiting == (ref,)
    assert tombstones(ground, ref) == []
    gallring(ground).release(ref, ANNA, reason="Tvisten är avgjord.")
    assert gallring(ground).resume().erased == (ref,)
    with pytest.raises(GallringError, match="erased already"):
        gallring(ground).hold(ref, ANNA, reason="För sent.")


def test_what_stands_in_the_way_is_named(ground: Ground, ref: str, sample: str) -> None:
    """A case in hand, one before its time, one that is kept for research, and one erased before are not erased."""
    waiting = ground.submit(application(number=UNRELATED))
    with pytest.raises(GallringError, match="not finished"):
        erased(ground, waiting)
    with pytest.raises(GallringError, match="time is not over"):
        gallring(ground).erase(ref, decision=DECISION, by="anna")
    with pytest.raises(GallringError, match="kept for research"):
        erased(ground, sample)
    with pytest.raises(GallringError, match="KOMMUNKOD"):
        gallring(ground, kommunkod="").erase(ref, decision=DECISION, by="anna", despite=frozenset({"too_early"}))
    with pytest.raises(GallringError, match="must rest on a decision"):
        gallring(ground).erase(ref, decision=" ", by="anna", despite=frozenset({"too_early"}))
    erased(ground, ref)
    with pytest.raises(GallringError, match="erased already"):
        erased(ground, ref)
    with pytest.raises(GallringError, match="no case"):
        gallring(ground).look("c_" + "0" * 32)


def test_time_is_counted_from_the_last_note_in_the_persons_file(ground: Ground, other: str) -> None:
    """An old case is not due while a later case of the same person is younger than the retention, or is open."""
    old = other
    ground.clock.advance(timedelta(days=4 * 365))
    later = ground.submit(application(manad="2025-10"))
    ground.clock.advance(timedelta(days=2 * 365))
    evaluate(ground)
    assert gallring(ground).look(old).obstacles == ("open", "too_early")
    ground.house.reviews.take_over(later, ANNA, motivation="Jag tar den.")
    assert gallring(ground).look(old).due == gallring(ground).look(later).due > ground.clock.now()
    assert old not in {one.ref for one in gallring(ground).due()}
    ground.clock.advance(timedelta(days=5 * 366))
    assert {old, later} <= {one.ref for one in gallring(ground).due() if not one.obstacles}


def test_a_case_is_kept_until_the_stickprov_is_done_with_it(ground: Ground, ref: str) -> None:
    """While its month is not evaluated, or a review of it is not answered, only a decision about the case erases it."""
    bo, reviews = Person("bo", "Bo Exempel"), ground.house.sample_reviews
    with pytest.raises(GallringError, match="is not evaluated"):
        gallring(ground).erase(ref, decision=DECISION, by="anna", despite=frozenset({"too_early"}))
    reviews.put_in_lane(ref, "complaint", ANNA, motivation="Ett klagomål.")
    ground.clock.advance(YEARS)
    evaluate(ground)
    assert gallring(ground).look(ref).obstacles == ("sampled",), "the complaint is not answered"
    reviews.open(ref, "complaint-1", bo)
    reviews.answer(ref, "complaint-1", bo, Answer(judged="cannot_tell", motivation="Uppgifter saknas."))
    assert gallring(ground).look(ref).obstacles == ("too_early",), "the answer is a note in the file"
    gallring(ground).erase(ref, decision=DECISION, by="anna", despite=frozenset({"too_early"}))


def test_reading_a_case_does_not_prolong_its_time(ground: Ground, ref: str) -> None:
    """An access.read is no note in the file."""
    due = gallring(ground).look(ref).due
    ground.clock.advance(timedelta(days=300))
    ground.house.ledger.note(ref, Draft("access.read", {"why": "drift"}), actor=Actor(kind="person", id="anna"))
    assert gallring(ground).look(ref).due == due


def test_the_nightly_run_erases_what_is_due_and_only_on_a_standing_decision(
    ground: Ground, ref: str, other: str, sample: str
) -> None:
    """Without a decision nothing is erased; with one, what is due and free of obstacles, and refused deliveries."""
    refused = ground.house.intake.submit(b'{"personnummer": "199006022397"}', process=PROCESS, source="test")
    assert isinstance(refused, Refused)
    ground.clock.advance(YEARS)
    evaluate(ground)
    assert gallring(ground).nightly("").erased == ()
    assert {one.ref: one.obstacles for one in gallring(ground).due()} == {
        ref: (),
        other: (),
        sample: ("preserved",),
        refused.delivery: (),
    }
    assert set(gallring(ground).nightly(DECISION).erased) == {ref, other, refused.delivery}
    assert tombstones(ground, sample) == []
    assert [one.ref for one in gallring(ground).due()] == [sample]
    ground.assert_whole()


def test_a_refused_file_goes_with_its_delivery(ground: Ground, data: Path) -> None:
    """The file in avvisade and the list of its faults are removed, and its hash cannot be tried against anything."""
    sent = json.dumps({"personnummer": UNRELATED, "adress": f"{STREET} 17"}).encode()
    (data / "intake" / "avvisade").mkdir(parents=True)
    (data / "intake" / "avvisade" / "Anna.json").write_bytes(sent)
    (data / "intake" / "avvisade" / "Anna.faults.json").write_text("{}", encoding="utf-8")
    refused = ground.house.intake.submit(sent, process=PROCESS, source="test")
    assert isinstance(refused, Refused)
    assert gallring(ground).look(refused.delivery).files == 2
    erased(ground, refused.delivery)
    assert list((data / "intake" / "avvisade").iterdir()) == []
    assert found_in(data, {"number": UNRELATED.encode(), "digest": _digest(sent)}) == []


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(PROCESS.encode() + b"\0" + data).digest()


def known(ground: Ground, ref: str) -> list[str]:
    """What the number may have been hashed in, for somebody who knows everything else: the delivery and the letter."""
    delivery = application(number=NUMBERS[1], adress=f"{STREET} {NUMBERS[1]}", income="1234.50").decode()
    content = next(iter(ground.house.ledger.load(ref).effects.values())).content
    letter = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return [NUMBERS[1], f"{ref}|{NUMBERS[1]}", delivery, f"{PROCESS}\0{delivery}", letter]


def test_trying_numbers_against_what_is_left_finds_nobody(ground: Ground, ref: str) -> None:
    """What is left holds keyed commitments and names only; every number of the days around finds no hash."""
    texts, number, first = known(ground, ref), NUMBERS[1], date(1990, 5, 27)
    for one in texts:
        findable = {hashlib.sha256(one.encode()).hexdigest()}
        assert tried(first, 10, [one], number, findable) == [number], "the search must be able to find"
    kept = left_over(ground, ref)
    with ground.house.database.read() as session:
        entries = ground.house.ledger.journal.entries(session, ref)
    keyed = {item.c for entry in entries for item in entry.pd}
    keyed |= {entry.body["key"] for entry in entries if "key" in entry.body}
    erased(ground, ref)
    left = left_over(ground, ref)
    assert left == keyed
    assert left < kept
    assert tried(first, 10, texts, number, left) == []


@pytest.mark.slow
def test_trying_all_numbers_of_a_century_finds_nobody(ground: Ground, ref: str) -> None:
    """36 525 days with 1 000 numbers each, against every hash that is left of the case, and one that is not."""
    texts, number = known(ground, ref), NUMBERS[1]
    erased(ground, ref)
    left = left_over(ground, ref)
    assert tried_at_once(date(1926, 1, 1), 36_525, texts, number, left) == []
    planted = {hashlib.sha256(texts[-1].encode()).hexdigest()}
    assert tried_at_once(date(1988, 1, 1), 1_500, texts, number, left | planted) == [number]


def test_the_tombstones_time_is_the_clocks(ground: Ground, ref: str) -> None:
    """The fold says since when everything is gone."""
    ground.clock.advance(timedelta(days=1))
    erased(ground, ref)
    assert ground.house.ledger.load(ref).erased_at == datetime(2025, 9, 2, 8, 0, tzinfo=UTC)
