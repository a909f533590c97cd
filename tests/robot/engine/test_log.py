"""The log beside the work: places, signed heads, and what happens when the database says something else."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text
from structlog.typing import EventDict

from audit.errors import KeyFileError, LogError
from audit.log import sequencer
from audit.log.checkpoint import opened
from audit.log.note import Note, VerifierKey
from audit.log.recovery import chain
from audit.log.tables import ENTRIES, LEAVES, CheckpointRow
from robot.engine.health import health_of
from robot.engine.keeper import SIGN_SECONDS, Keeper
from robot.engine.logbook import Logbook
from robot.engine.turn import Turn, turn_of
from robot.settings import Settings
from tests.robot.engine.fleet import PUBLISHED
from tests.robot.engine.ground import Ground, application, build


@pytest.fixture
def logbook(ground: Ground) -> Logbook:
    """The log of a house with eight open cases."""
    for number in PUBLISHED[:8]:
        ground.submit(application(number=number))
    return ground.house.logbook()


def keeper_of(ground: Ground) -> tuple[Keeper, Turn]:
    """A keeper that is not started, and its turn to give back."""
    turn = turn_of(ground.house.database, "log")
    return Keeper(ground.house.logbook(), turn, ground.clock), turn


def change(ground: Ground, sql: str) -> None:
    """Do what whoever can write the database can do."""
    with ground.house.database.engine.begin() as connection:
        connection.execute(text(sql))


def codes(ground: Ground) -> list[str]:
    """The codes of the log's own entries that say it has stopped."""
    with ground.house.database.read() as session:
        entries = ground.house.ledger.journal.entries(session, chain(ground.house.settings.log_origin))
    return [entry.body["code"] for entry in entries if entry.type == "log.stopped"]


def test_every_entry_gets_its_place_and_the_head_both_signatures(ground: Ground, logbook: Logbook) -> None:
    """A checkpoint covers all entries, and verifies with the Ed25519 and the ML-DSA-44 key of the log."""
    head = logbook.checkpoint()

    with ground.house.database.read() as session:
        assert (sequencer.waiting(session), sequencer.size(session)) == (0, head.size)
        row = session.get(CheckpointRow, (head.origin, head.size))
    assert row is not None
    checkpoint = opened(Note.parse(row.note), logbook.notary.keys.verifiers)
    assert (checkpoint.size, checkpoint.root) == (head.size, head.root)
    assert logbook.checkpoint() == head


@pytest.mark.parametrize(
    ("harm", "whole", "code"),
    [
        ("UPDATE journal_entry SET data = data || X'20' WHERE id = 3", True, "altered"),
        ("DELETE FROM journal_entry WHERE id = 3", True, "outside"),
        ("DELETE FROM log_leaf WHERE position > 4", False, "shorter"),
        ("UPDATE log_leaf SET leaf = zeroblob(32) WHERE position = 2", False, "other_head"),
        ("DELETE FROM log_pending", True, "outside"),
        (
            "UPDATE journal_entry SET leaf = zeroblob(32) WHERE id = (SELECT max(id) FROM journal_entry)",
            False,
            "altered",
        ),
    ],
)
def test_nothing_is_signed_that_contradicts_a_signed_head(
    ground: Ground, logbook: Logbook, harm: str, whole: bool, code: str
) -> None:
    """Changed, removed, hidden and cut off entries stop the notary."""
    logbook.checkpoint()
    ground.submit(application(manad="2025-10"))

    change(ground, harm)

    with pytest.raises(LogError) as error:
        logbook.checkpoint(whole=whole)
    assert error.value.code == code


def test_an_older_copy_of_the_database_stops_the_log_loudly(tmp_path: Path, logged: list[EventDict]) -> None:
    """After a restored backup the keeper signs nothing, journals why once, and the health check says so."""
    ground = build(tmp_path / "data")
    ground.submit(application())
    ground.house.close()
    shutil.copy(tmp_path / "data" / "arende.sqlite", tmp_path / "backup")
    ground = build(tmp_path / "data")
    ground.submit(application(manad="2025-10"))
    ground.house.logbook().checkpoint()
    ground.house.close()
    for end in ("", "-wal", "-shm"):
        (tmp_path / "data" / f"arende.sqlite{end}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup", tmp_path / "data" / "arende.sqlite")
    ground = build(tmp_path / "data")
    keeper, turn = keeper_of(ground)

    keeper.tick()
    keeper.tick()
    ground.clock.advance(timedelta(minutes=2))
    keeper.tick()

    assert codes(ground) == ["shorter"]
    assert [one["event"] for one in logged].count("log.stopped") == 2
    assert "shorter" in {health.name: health.wrong for health in health_of(ground.house)}["log"]
    turn.close()
    ground.house.close()


def test_going_on_takes_a_new_name_and_a_decision(ground: Ground, logbook: Logbook, tmp_path: Path) -> None:
    """A log that lost entries is given up by name in the journal; its own name is never used again."""
    lost = logbook.checkpoint()
    with ground.house.database.engine.begin() as connection:
        connection.execute(delete(LEAVES))
        connection.execute(delete(ENTRIES).where(ENTRIES.c.id > lost.size - 2))
    with pytest.raises(LogError, match="signed"):
        logbook.recover(decision="SN 2026:14", why="Databasen återställd efter diskfel.")
    settings = Settings(data=tmp_path, log_origin="demo/ekonomiskt_bistand/2026-2")
    fresh = Logbook(ground.house.database, ground.house.ledger.journal, ground.clock, settings)

    head = fresh.recover(decision="SN 2026:14", why="Databasen återställd efter diskfel.")

    with ground.house.database.read() as session:
        entry = ground.house.ledger.journal.entries(session, chain(fresh.origin))[-1]
    assert (entry.type, entry.body["old_size"], entry.body["decision"]) == ("log.recovered", lost.size, "SN 2026:14")
    assert head.size == lost.size - 1
    assert fresh.trouble() is None


def test_a_rotated_key_is_vouched_for_by_the_old_one(ground: Ground, logbook: Logbook) -> None:
    """The journal holds both signatures of each exchange; the old key's last head covers it; the new key goes on."""
    old = logbook.notary.keys.verifiers
    head = logbook.rotate()
    ground.submit(application(manad="2025-10"))

    new = logbook.notary.keys.verifiers
    assert not set(old) & set(new)
    assert opened(Note.parse(head.note), old).size == head.size
    assert opened(Note.parse(logbook.checkpoint().note), new).size > head.size
    with ground.house.database.read() as session:
        rotated = ground.house.ledger.journal.entries(session, chain(logbook.origin))
    assert [VerifierKey.parse(entry.body["new"]) for entry in rotated] == list(new)
    assert (ground.house.settings.log_key.parent / "log.key.old1").exists()


def test_two_signers_never_sign_two_heads(ground: Ground, logbook: Logbook) -> None:
    """Whoever has read the head before another one signed is refused, and nothing of it is stored."""
    notary = logbook.notary
    logbook.integrate()
    with ground.house.database.read() as session:
        ours = notary.sign(session, ground.clock.now())
    with pytest.raises(LogError) as error:
        notary.heads.replace(None, ours)
    assert error.value.code == "signed_elsewhere"


def test_a_file_of_heads_that_was_changed_is_refused(ground: Ground, logbook: Logbook) -> None:
    """The second store is checked against itself too."""
    logbook.checkpoint()
    with sqlite3.connect(ground.house.settings.log_heads) as connection:
        connection.execute("UPDATE head SET frontier = zeroblob(length(frontier))")
    connection.close()
    ground.submit(application(manad="2025-10"))

    with pytest.raises(LogError) as error:
        logbook.checkpoint()
    assert error.value.code == "heads_altered"


def test_the_keeper_signs_decisions_at_once_and_the_rest_in_time(ground: Ground) -> None:
    """A decision is signed at the next look, other entries after five minutes, and all of them when it stops."""
    keeper, turn = keeper_of(ground)
    ground.submit(application(number=PUBLISHED[5]))
    keeper.tick()

    def size() -> int:
        head = ground.house.logbook().notary.heads.newest(ground.house.settings.log_origin)
        assert head is not None
        return head.size

    ground.handled(application())
    keeper.tick()
    decided = size()
    assert decided == ground.house.logbook().checkpoint().size
    ground.submit(application(manad="2025-10"))
    keeper.tick()
    assert size() == decided
    ground.clock.advance(timedelta(seconds=SIGN_SECONDS))
    keeper.tick()
    later = size()
    assert later > decided
    ground.submit(application(manad="2025-11"))
    keeper.tick(last=True)
    assert size() > later
    turn.close()


def test_one_keeper_at_a_time(ground: Ground) -> None:
    """A second keeper on the same database does nothing until the first gives its turn up."""
    first, turn = keeper_of(ground)
    second, other = keeper_of(ground)
    ground.submit(application())
    first.tick()

    second.tick()
    assert not other.mine()
    turn.close()
    assert other.mine()
    other.close()


def test_without_the_key_nobody_signs(ground: Ground, tmp_path: Path) -> None:
    """A machine without the key's file reads the log, and never makes a key of its own."""
    settings = Settings(data=tmp_path, log_key_file=tmp_path / "elsewhere.key")
    logbook = Logbook(ground.house.database, ground.house.ledger.journal, ground.clock, settings)
    assert not logbook.signs
    with pytest.raises(KeyFileError):
        logbook.checkpoint()
