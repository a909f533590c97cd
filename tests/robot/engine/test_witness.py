"""Witnesses over real HTTP: what they cosign, what they refuse, and what the robot makes of their answers."""

import sqlite3
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlmodel import col, select

from audit.errors import LogError, NoteError
from audit.log.checkpoint import Checkpoint, signed
from audit.log.keys import log_keys
from audit.log.note import Note, VerifierKey
from audit.log.policy import Policy
from audit.log.receipt import whole_note
from audit.log.tables import CheckpointRow
from audit.log.witness import LARGEST_BODY, Witness, request, witness_keys
from robot.cli.audit.witness import serve
from robot.engine.logbook import Logbook
from robot.engine.witnessing import Witnessing
from tests.robot.engine.fleet import PUBLISHED
from tests.robot.engine.ground import Ground, application

NAME = "revisor.example.se/vittne"


@pytest.fixture
def logbook(ground: Ground) -> Logbook:
    """The log of a house with a few cases, signed."""
    for number in PUBLISHED[:3]:
        ground.submit(application(number=number))
    logbook = ground.house.logbook()
    logbook.checkpoint()
    return logbook


@pytest.fixture
def witness(ground: Ground, logbook: Logbook, tmp_path: Path) -> Witness:
    """A witness of that log with a state of its own."""
    logs = {logbook.origin: logbook.notary.keys.verifiers}
    return Witness(witness_keys(NAME, b"w" * 32), logs, tmp_path / "seen.sqlite", ground.clock.now)


@pytest.fixture
def url(witness: Witness) -> Iterator[str]:
    """Where it listens."""
    server = serve(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def policy(url: str, folder: Path, quorum: str = "revisor") -> Policy:
    """A policy with one witness there."""
    path = folder / "policy"
    vkey = witness_keys(NAME, b"w" * 32)[0].verifier.text()
    path.write_text(
        f"# vittnen\nwitness revisor {vkey} {url}\ngroup alla all revisor\nquorum {quorum}\n", encoding="utf-8"
    )
    return Policy.read(path)


def witnessing(ground: Ground, url: str, quorum: str = "alla") -> Witnessing:
    """The robot's side."""
    settings = ground.house.settings
    return Witnessing(ground.house.database, ground.clock, settings.log_origin, policy(url, settings.data, quorum))


def newest(ground: Ground) -> Note:
    """The newest head with its cosignatures."""
    with ground.house.database.read() as session:
        row = session.exec(select(CheckpointRow).order_by(col(CheckpointRow.size).desc())).first()
        assert row is not None
        return whole_note(session, row)


def note_at(logbook: Logbook, size: int, root: bytes) -> Note:
    """A head with the log's own signatures, as whoever has stolen its key can make it."""
    return signed(Checkpoint(logbook.origin, size, root), logbook.notary.keys, logbook._clock.now())


def test_each_new_head_is_cosigned_with_a_proof_from_the_last(ground: Ground, logbook: Logbook, url: str) -> None:
    """The first head and a later one get a cosignature that meets the policy and is kept with the note."""
    robot = witnessing(ground, url)
    assert robot.submit() == 1
    ground.submit(application(manad="2025-10"))
    logbook.checkpoint()
    assert not robot.policy.is_met_by(newest(ground))

    assert robot.submit() == 1

    assert robot.policy.is_met_by(newest(ground))
    assert robot.quorum_since() is not None
    assert robot.submit() == 1


def test_a_lost_answer_is_asked_for_again(ground: Ground, logbook: Logbook, witness: Witness, url: str) -> None:
    """A witness that has cosigned what the robot never heard of says so (409), and gives its signature again."""
    witness.add_checkpoint(request(0, [], newest(ground)))

    assert witnessing(ground, url).submit() == 1


def test_a_witness_refuses_another_head_of_the_same_size(ground: Ground, logbook: Logbook, witness: Witness) -> None:
    """409, and the two heads with the log's signature lie in its file as evidence."""
    head = newest(ground)
    size = Checkpoint.parse(head.text).size
    assert witness.add_checkpoint(request(0, [], head)).status == 200
    fork = note_at(logbook, size, b"f" * 32)

    answer = witness.add_checkpoint(request(size, [], fork))

    assert (answer.status, answer.kind, answer.body) == (409, "text/x.tlog.size", f"{size}\n")
    with sqlite3.connect(ground.house.settings.data / "seen.sqlite") as connection:
        kept = connection.execute("SELECT note FROM refused").fetchall()
    connection.close()
    assert kept == [(fork.render(),)]


def test_a_witness_answers_as_the_specification_says(ground: Ground, logbook: Logbook, witness: Witness) -> None:
    """404 unknown log, 403 no trusted or a wrong signature, 400 what cannot be, 409 another size, 422 a wrong proof."""
    head = newest(ground)
    size = Checkpoint.parse(head.text).size
    stranger = signed(Checkpoint("other/log", 1, b"x" * 32), log_keys("other/log", b"o" * 32), ground.clock.now())
    thief = signed(Checkpoint.parse(head.text), log_keys(logbook.origin, b"t" * 32), ground.clock.now())
    wrong = Note(Checkpoint(logbook.origin, size, b"x" * 32).text(), head.signatures)
    longer = note_at(logbook, size + 1, b"l" * 32)
    assert witness.add_checkpoint(request(0, [], head)).status == 200
    refused = {
        404: request(0, [], stranger),
        403: request(size, [], thief),
        400: request(size + 1, [], head),
        409: request(size - 1, ["A" * 43 + "="], head),
        422: request(size, ["A" * 43 + "="], longer),
    }
    assert {status: witness.add_checkpoint(body).status for status, body in refused.items()} == {
        status: status for status in refused
    }
    assert witness.add_checkpoint(request(size, [], wrong)).status == 403
    for body in (b"", b"old 1\n", b"old 01\n\n" + head.render().encode(), b"old -1\n\n", b"\xff", b"old x\n\nnote"):
        assert witness.add_checkpoint(body).status == 400


def test_a_log_that_was_put_back_is_disputed(ground: Ground, logbook: Logbook, witness: Witness, url: str) -> None:
    """When the witness has seen more than the log now holds, the robot says so and stores nothing."""
    size = Checkpoint.parse(newest(ground).text).size
    witness.add_checkpoint(request(0, [], note_at(logbook, size + 5, b"l" * 32)))

    with pytest.raises(LogError) as error:
        witnessing(ground, url).submit()
    assert error.value.code == "witness_disagrees"


def test_a_fork_is_disputed(ground: Ground, logbook: Logbook, witness: Witness, url: str) -> None:
    """When the witness has seen another head of the same size, the second 409 is a dispute and no reason to ask on."""
    size = Checkpoint.parse(newest(ground).text).size
    witness.add_checkpoint(request(0, [], note_at(logbook, size, b"f" * 32)))

    with pytest.raises(LogError):
        witnessing(ground, url).submit()


def test_a_silent_witness_waits_for_the_next_time(ground: Ground, logbook: Logbook) -> None:
    """Nobody listens: nothing is stored, nothing stops, and the health check waits a day before it says so."""
    robot = witnessing(ground, "http://127.0.0.1:9")
    assert robot.submit() == 0
    assert robot.quorum_since() is None


def test_a_signature_by_another_key_is_dropped(ground: Ground, logbook: Logbook, tmp_path: Path) -> None:
    """Only the key that the policy names counts, whatever the witness answers."""
    logs = {logbook.origin: logbook.notary.keys.verifiers}
    other = Witness(witness_keys(NAME, b"x" * 32), logs, tmp_path / "other.sqlite", ground.clock.now)
    server = serve(other, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    cosigned = witnessing(ground, f"http://127.0.0.1:{server.server_address[1]}").submit()

    server.shutdown()
    thread.join()
    server.server_close()
    assert cosigned == 0
    assert len(newest(ground).signatures) == 2


def test_the_server_reads_nothing_larger_than_a_checkpoint(url: str) -> None:
    """A body without length or above the limit is refused unread; so is every other path."""
    host = url.removeprefix("http://")
    for path, length, status in (("/add-checkpoint", LARGEST_BODY + 1, 413), ("/other", 0, 404)):
        connection = HTTPConnection(host, timeout=5)
        connection.request("POST", path, headers={"Content-Length": str(length)})
        assert connection.getresponse().status == status
        connection.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum revisor\n",
        "quorum none\nquorum none\n",
        "group g 2 none\nquorum none\n",
        "witness none KEY\nquorum none\n",
        "witness a KEY\nwitness a KEY\nquorum a\n",
        "witness a KEY\ngroup g 2 a\nquorum g\n",
        "witness a KEY\ngroup g any a\ngroup h any a\nquorum h\n",
        "witness a KEY\ngroup g x a\nquorum g\n",
        "log abc\nquorum none\n",
        "vittne a KEY\nquorum none\n",
    ],
)
def test_a_policy_that_says_two_things_is_refused(text: str, tmp_path: Path) -> None:
    """Unknown words, names that are taken or missing, impossible groups, no quorum or two."""
    path = tmp_path / "policy"
    vkey = witness_keys(NAME, b"w" * 32)[0].verifier.text()
    path.write_text(text.replace("KEY", vkey), encoding="utf-8")
    with pytest.raises(NoteError):
        Policy.read(path)


def test_a_quorum_counts_groups(tmp_path: Path) -> None:
    """Two of three witnesses and one of another group: exactly the sets that the rule allows."""
    path = tmp_path / "policy"
    names = ("x1", "x2", "x3", "y1")
    lines = [f"witness {name} {witness_keys(name, bytes([n]) * 32)[0].verifier.text()}" for n, name in enumerate(names)]
    rules = ["group x 2 x1 x2 x3", "group both all x y1", "quorum both"]
    path.write_text("\n".join((*lines, *rules)), encoding="utf-8")
    found = Policy.read(path)
    assert isinstance(found.witnesses["x1"].key, VerifierKey)
    for have, met in (("x1 x2 y1", True), ("x1 y1", False), ("x1 x2 x3", False), ("x2 x3 y1", True), ("", False)):
        assert found.is_met(lambda name, have=have: name in have.split()) is met  # type: ignore[misc] # bound now
