"""Time-stamps of the log's heads (RFC 3161), from a real authority on this machine."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from sqlmodel import select
from structlog.testing import capture_logs
from typer.testing import CliRunner

from audit.errors import TimestampError
from audit.log.checkpoint import Checkpoint
from audit.log.export import export_log
from audit.log.tables import TimestampRow
from audit.log.timestamp import Stamped, check_folder, question, read_roots, stamped
from audit.verify.cli import main as verify
from robot.cli import audit
from robot.engine.keeper import Keeper
from robot.engine.logbook import Logbook
from robot.engine.timestamping import AGAIN_SECONDS, Timestamping
from robot.engine.turn import turn_of
from tests.robot.engine.authority import Authority, authority
from tests.robot.engine.fleet import PUBLISHED
from tests.robot.engine.ground import Ground, application

APP = typer.Typer()
audit.register(APP)
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the test's authority is openssl's")


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Authority]:
    """The authority."""
    with authority(tmp_path / "authority") as made:
        yield made


@pytest.fixture
def logbook(ground: Ground, there: Authority) -> Logbook:
    """A signed log of a house that has that authority in its settings."""
    more = {"timestamp_url": there.url, "timestamp_roots_file": there.roots}
    settings = ground.house.settings.model_copy(update=more)
    ground.submit(application())
    logbook = Logbook(ground.house.database, ground.house.ledger.journal, ground.clock, settings)
    logbook.checkpoint()
    return logbook


@pytest.fixture
def asking(logbook: Logbook) -> Timestamping:
    """The robot's side."""
    found = logbook.timestamping()
    assert found is not None
    return found


def _head(logbook: Logbook) -> Checkpoint:
    head = logbook.checkpoint()
    return Checkpoint(head.origin, head.size, head.root)


def tokens(ground: Ground) -> list[TimestampRow]:
    """What is stored."""
    with ground.house.database.read() as session:
        return list(session.exec(select(TimestampRow)))


def exported(ground: Ground, logbook: Logbook, folder: Path) -> Path:
    """The log as files."""
    with ground.house.database.read() as session:
        export_log(session, folder, logbook.origin, keys=logbook.notary.keys.verifiers)
    return folder


def test_a_head_is_stamped_once_a_day(ground: Ground, logbook: Logbook, asking: Timestamping, there: Authority) -> None:
    """One token a day, and none for a head that has one already; the next day the newest head gets its own."""
    for _ in range(2):
        asking.tick()
    ground.clock.advance(timedelta(days=1))
    asking.tick()
    assert (len(tokens(ground)), len(there.asked)) == (1, 1)

    ground.submit(application(number=PUBLISHED[1]))
    newest = logbook.checkpoint()
    asking.tick()

    last = asking.last()
    assert last is not None
    assert (len(tokens(ground)), last[0], last[1].by) == (2, newest.size, "CN=Prov tidsstämpling")
    assert abs(last[1].at - datetime.now(UTC)) < timedelta(minutes=5), "the authority's clock, not ours"


def test_nothing_but_a_token_over_this_head_is_kept(
    ground: Ground, asking: Timestamping, there: Authority, tmp_path: Path
) -> None:
    """Errors, noise, an answer to an older question, another authority's: none is kept, and each is asked for again."""
    asking.tick()
    with ground.house.database.write() as session:
        row = session.exec(select(TimestampRow)).one()
        replayed = row.token
        session.delete(row)
    other = Authority(tmp_path / "other")
    other.prepare()
    wrong = [(500, b""), (200, b"no token"), (200, replayed), (200, b""), (302, b"")]
    for number, answer in enumerate(wrong, start=1):
        there.answers.append(answer)
        with capture_logs() as said:
            asking.tick()
            asking.tick()
        assert len(there.asked) == number + 1, "it is not asked again at once"
        assert (tokens(ground), len(said)) == ([], int(number == 1)), "and it is told once"
        ground.clock.advance(timedelta(seconds=AGAIN_SECONDS))
    asking.roots = read_roots(other.roots)
    asking.tick()
    assert tokens(ground) == []
    asking.roots = read_roots(there.roots)
    ground.clock.advance(timedelta(seconds=AGAIN_SECONDS))
    asking.tick()
    assert len(tokens(ground)) == 1


def test_an_authority_that_is_gone_stops_nothing(ground: Ground, logbook: Logbook) -> None:
    """Nobody listens, or the settings are wrong: the keeper signs on, and the log is well."""
    settings = ground.house.settings
    for more in ({"timestamp_roots_file": None}, {"timestamp_roots_file": settings.data / "none"}):
        changed = settings.model_copy(update={"timestamp_url": "http://127.0.0.1:9/tsr", **more})
        wrong = Logbook(ground.house.database, ground.house.ledger.journal, ground.clock, changed)
        with pytest.raises(TimestampError):
            wrong.timestamping()
        keeper = Keeper(wrong, turn_of(ground.house.database, "log"), ground.clock)
        assert list(keeper._outside()) == []
    asking = logbook.timestamping()
    assert asking is not None
    for url in ("http://127.0.0.1:9/tsr", "http://tsa.example.se/tsr"):
        Timestamping(ground.house.database, ground.clock, asking.origin, url, asking.roots).tick()
    assert tokens(ground) == []
    assert logbook.wrong() == ""
    ground.submit(application(number=PUBLISHED[1]))
    assert logbook.checkpoint().size > 1


def test_the_keeper_asks_beside_the_work(ground: Ground, logbook: Logbook) -> None:
    """What the keeper does outside is asking for the token, when nothing else is in the settings."""
    keeper = Keeper(logbook, turn_of(ground.house.database, "log"), ground.clock)
    for work in keeper._outside():
        work()
    assert len(tokens(ground)) == 1


def test_an_export_carries_tokens_that_others_can_check(
    ground: Ground, logbook: Logbook, asking: Timestamping, there: Authority, tmp_path: Path
) -> None:
    """Our command and `openssl ts` come to the same: a token holds over its own head and over no other."""
    asking.tick()
    folder = exported(ground, logbook, tmp_path / "out")
    (name, good), *rest = check_folder(folder, read_roots(there.roots))
    assert isinstance(good, Stamped), good
    assert rest == []
    token, head = folder / "timestamps" / name, folder / "checkpoints" / Path(name).stem
    text = "".join(head.read_text(encoding="utf-8").splitlines(keepends=True)[:3])
    for lines, code in ((text, 0), (text.replace(logbook.origin, "other"), 1)):
        command = ("openssl", "ts", "-verify", "-in", token, "-CAfile", there.roots, "-data", "/dev/stdin")
        assert subprocess.run(command, input=lines.encode(), check=False, capture_output=True).returncode == code
    assert verify(["log", str(folder)]) == 0

    run = CliRunner().invoke(APP, ["audit", "timestamp", str(folder), "--roots", str(there.roots), "--json"])
    assert (run.exit_code, json.loads(run.stdout)) == (
        0,
        [{"file": name, "ok": True, "at": good.at.isoformat(), "by": good.by}],
    )


def test_a_token_that_does_not_hold_is_found(
    ground: Ground, logbook: Logbook, asking: Timestamping, there: Authority, tmp_path: Path
) -> None:
    """A changed byte anywhere, another head, a head that is gone, and no token at all: exit 1, never 0."""
    asking.tick()
    folder = exported(ground, logbook, tmp_path / "out")
    (token,) = (folder / "timestamps").iterdir()
    head, whole, roots = folder / "checkpoints" / token.stem, token.read_bytes(), read_roots(there.roots)

    def holds() -> bool:
        return all(isinstance(one, Stamped) for _, one in check_folder(folder, roots))

    for at in range(0, len(whole), 97):
        token.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        found = dict(check_folder(folder, roots))[token.name]
        assert isinstance(found, TimestampError) or found == stamped(whole, _head(logbook), roots)
    token.write_bytes(whole)
    assert holds()
    note = head.read_text(encoding="utf-8")
    for harmed in (note.replace(logbook.origin, "other", 1), note[:10], ""):
        head.write_text(harmed, encoding="utf-8")
        assert not holds()
    head.write_text(note, encoding="utf-8")
    token.rename(token.with_name("00000000000000000999.tsr"))
    assert not holds()
    shutil.rmtree(folder / "timestamps")
    assert CliRunner().invoke(APP, ["audit", "timestamp", str(folder), "--roots", str(there.roots)]).exit_code == 1


def test_every_question_has_its_own_nonce(logbook: Logbook) -> None:
    """Two questions over one head differ, so an older answer is none to the newer."""
    head = _head(logbook)
    assert question(head).as_bytes() != question(head).as_bytes()
