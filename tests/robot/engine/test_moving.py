"""A municipality moves to another database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from robot.engine.moving import Move, Moved
from robot.engine.turn import turn_of
from robot.store import migrate
from robot.store.database import Database, DatabaseError
from robot.store.migrate import Progress
from robot.store.tables import WorkerRow
from tests.robot.engine.ground import NUMBERS, Ground, application, build


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Ground]:
    """A house on SQLite with a finished case, one with a person, one running and a refused delivery."""
    ground = build(tmp_path / "data")
    _fill(ground)
    yield ground
    ground.house.close()


def _fill(ground: Ground) -> None:
    ground.handled(application())
    ground.handled(application(number=NUMBERS[1], income="999999.00"))
    ground.submit(application(manad="2025-10"))
    ground.house.intake.submit(b"{}", process="provbidrag", source="test")


def _move(ground: Ground, to: str, *, restart: bool = False) -> Moved:
    return _run(ground, ground.house.settings.database, to, restart=restart)


def _run(ground: Ground, source: str, to: str, *, restart: bool = False, progress: Progress = lambda *_: None) -> Moved:
    databases = Database(source), Database(to)
    try:
        return Move(*databases, ground.house.vault, ground.clock, progress).run(restart=restart)
    finally:
        for database in databases:
            database.close()


def _revision(url: str) -> str | None:
    database = Database(url)
    found = database.revision()
    database.close()
    return found


def _after(ground: Ground, url: str) -> Ground:
    """The same house on the new database."""
    return build(ground.house.settings.data, url=url, clock=ground.clock)


def test_a_case_goes_on_in_the_new_database(full: Ground, postgres: str) -> None:
    """Everything is there with the same bytes, the running case has its job, and ends as it would have."""
    refs = {row.ref: full.types(row.ref) for row in full.cases()}
    moved = _move(full, postgres)
    assert (moved.cases, moved.jobs) == (3, 1)
    assert moved.rows["arende_intake"] == 4
    assert moved.rows["arende_definition"] == 1
    there = _after(full, postgres)
    assert {row.ref: there.types(row.ref) for row in there.cases()} == refs
    running = next(row.ref for row in there.cases() if row.status == "running")
    assert _jobs(postgres) == [running]
    assert there.run(running).status == "closed"
    there.handled(application(number=NUMBERS[1], people=2, manad="2025-10"))
    there.assert_whole()
    there.house.close()


def test_the_way_back_is_the_same(full: Ground, postgres: str, tmp_path: Path) -> None:
    """From PostgreSQL to SQLite the rows are again the same, and work goes on."""
    _move(full, postgres)
    there = _after(full, postgres)
    back = f"sqlite:///{tmp_path / 'back.sqlite'}"
    moved = _move(there, back)
    there.house.close()
    assert moved.cases == 3
    home = _after(full, back)
    home.handled(application(people=4, manad="2025-11"))
    home.assert_whole()
    home.house.close()


def _jobs(url: str) -> list[str]:
    database = Database(url)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT workflow_uuid FROM dbos.workflow_status WHERE status = 'ENQUEUED'"))
        found = [str(row[0]).partition("@")[0] for row in rows]
    database.close()
    return found


def test_a_source_in_use_is_refused(full: Ground, postgres: str) -> None:
    """A living worker or scheduler on the old database stops the move before anything is written."""
    scheduler = turn_of(full.house.database)
    assert scheduler.mine()
    with pytest.raises(DatabaseError, match="a scheduler is running"):
        _move(full, postgres)
    scheduler.close()
    row = WorkerRow(
        name="w1",
        executor="w1.1",
        term="t",
        beat=0,
        seconds=30,
        place="elsewhere",
        pid=1,
        began=1,
        started_at=full.clock.now(),
    )
    with full.house.database.write() as session:
        session.add(row)
    with pytest.raises(DatabaseError, match="workers run on it: w1"):
        _move(full, postgres)
    assert _revision(postgres) is None


def test_only_an_empty_target_is_filled(full: Ground, postgres: str) -> None:
    """A database that holds anything is refused, and --restart does not empty one that works."""
    _move(full, postgres)
    with pytest.raises(DatabaseError, match="expected an empty database"):
        _move(full, postgres)
    with pytest.raises(DatabaseError, match="--restart empties only"):
        _move(full, postgres, restart=True)


def test_a_source_that_is_not_there_is_named(full: Ground, tmp_path: Path) -> None:
    """A wrong path is an error, and makes no file."""
    wrong, new = f"sqlite:///{tmp_path / 'wrong.sqlite'}", f"sqlite:///{tmp_path / 'new.sqlite'}"
    with pytest.raises(DatabaseError, match="there is no file"):
        _run(full, wrong, new)
    assert not (tmp_path / "wrong.sqlite").exists()
    assert not (tmp_path / "new.sqlite").exists()


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("kind", "moment"),
    [
        ("postgres", "arende_case"),
        ("postgres", "jobs"),
        ("postgres", "states"),
        ("sqlite", "vault_value"),
        ("sqlite", "check --to"),
    ],
)
def test_a_broken_move_leaves_a_target_that_refuses_work(
    full: Ground, request: pytest.FixtureRequest, kind: str, moment: str
) -> None:
    """Wherever it breaks, the new database cannot be worked on, the old one can, and --restart fills it anew."""
    to: str = request.getfixturevalue(kind)

    def broken(what: str, _done: int, _total: int) -> None:
        if what == moment:
            raise Killed

    with pytest.raises(Killed):
        _run(full, full.house.settings.database, to, progress=broken)
    unusable = Database(to)
    with pytest.raises(DatabaseError, match="--restart"):
        unusable.upgrade()
    unusable.close()
    with pytest.raises(DatabaseError, match="--restart"):
        _move(full, to)
    full.assert_whole()
    assert _move(full, to, restart=True).cases == 3
    there = _after(full, to)
    there.assert_whole()
    there.house.close()


def test_a_copy_that_differs_is_found(full: Ground, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed byte in one row of any table stops the move before the new database may be worked on."""
    whole = migrate.copy

    def careless(source: Connection, target: Connection, progress: Progress) -> dict[str, int]:
        rows = whole(source, target, progress)
        target.execute(text("UPDATE arende_case SET attempts = attempts + 1"))
        return rows

    monkeypatch.setattr(migrate, "copy", careless)
    with pytest.raises(DatabaseError, match="the copy of arende_case is not the same"):
        _move(full, postgres)
    assert _revision(postgres) == "unfinished"


def test_nobody_writes_to_the_source_meanwhile(full: Ground, postgres: str, tmp_path: Path) -> None:
    """What somebody wants to write during a move waits, or is refused: it can never be left behind."""
    _move(full, postgres)
    other = Database(postgres)
    refused: list[str] = []

    def write(what: str, _done: int, _total: int) -> None:
        if what != "arende_case" or refused:
            return
        with other.engine.connect() as connection:
            connection.execute(text("SET lock_timeout = '200ms'"))
            try:
                connection.execute(text("UPDATE arende_case SET attempts = 7"))
            except OperationalError as error:
                refused.append(type(error.orig).__name__)

    _run(full, postgres, f"sqlite:///{tmp_path / 'back.sqlite'}", progress=write)
    other.close()
    assert refused == ["LockNotAvailable"]
