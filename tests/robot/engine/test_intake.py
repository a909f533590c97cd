"""Intake: an application is taken whole or refused whole, and kept either way."""

import json
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from robot.engine.application import read_application
from robot.engine.intake import Accepted, Intake, Refused
from robot.engine.intake_folder import Folder
from robot.engine.ledger import Ledger
from robot.engine.library import Library, UnknownProcessError
from robot.store.tables import IntakeRow
from tests.robot.engine.ground import PROCESS, Crash, Ground, application, build


def submit(ground: Ground, data: bytes) -> Accepted | Refused:
    """Hand in bytes."""
    return ground.house.intake.submit(data, process=PROCESS, source="test")


def deliveries(ground: Ground) -> list[IntakeRow]:
    """Every delivery, taken or refused."""
    with ground.house.database.read() as session:
        return list(session.exec(select(IntakeRow)).all())


def test_an_application_becomes_a_case_with_a_job(ground: Ground) -> None:
    """Journal, row and job come together; the row holds no personal number, only a keyed hash of it."""
    result = submit(ground, application())

    assert isinstance(result, Accepted)
    assert result.new
    row = ground.row(result.case)
    assert (row.status, row.restricted, row.position, row.job) == ("running", True, 0, 1)
    assert row.subject is not None
    assert len(row.subject) == 64
    assert "194408139089" not in repr(row)


def test_every_fault_is_named_and_the_delivery_is_kept(ground: Ground) -> None:
    """A bad application gives all its faults at once, no case, and lies whole in the vault."""
    data = application(income=None, people="två", extra=1)
    result = submit(ground, data)

    assert isinstance(result, Refused)
    assert {fault.where for fault in result.faults} == {"inkomst", "personer", "extra"}
    assert ground.cases() == []
    (recorded,) = ground.house.ledger.recorded(result.delivery)
    assert recorded.values["delivery"] == data.decode()
    ground.assert_whole()


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"\xff\xfe", "the file", "expected UTF-8 text, found byte 0xff at offset 0"),
        (b'{"manad": ', "line 1, column 11", "expected JSON"),
        (b"", "line 1, column 1", "expected JSON"),
        (b"[]", "the application", "object"),
        (b'{"inkomst": NaN}', "the file", "found NaN, which is not JSON"),
        (b'{"inkomst": Infinity}', "the file", "found Infinity, which is not JSON"),
        (b'{"inkomst": 1, "inkomst": 2}', "the file", "expected each key once, found twice: inkomst"),
        (b"[" * 100_000, "the file", "nested without end"),
        (b'{"inkomst": ' + b"9" * 5000 + b"}", "the file", "4300"),
        (application(income=1000.5), "inkomst", "never as a float"),
        (application(income=1e999), "the file", "Infinity"),
        (application(income="1000.505"), "inkomst", "at most two decimals"),
        (application(adress="\ud800"), "the application", "Invalid JSON"),
    ],
    ids=lambda value: value[:30].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_what_is_no_application_is_refused(ground: Ground, data: bytes, where: str, what: str) -> None:
    """Wrong encoding, broken JSON, doubled keys, numbers that are none, floats as money: refused with the place."""
    result = submit(ground, data)

    assert isinstance(result, Refused)
    assert any(fault.where == where and what in fault.what for fault in result.faults), result.faults
    assert ground.cases() == []
    ground.assert_whole()


def test_a_number_too_large_for_a_float_is_refused(ground: Ground) -> None:
    """1e999 is a JSON number, but no amount."""
    result = submit(ground, application().replace(b'"1000.00"', b"1e999"))

    assert isinstance(result, Refused)


def test_faults_never_quote_the_sender(ground: Ground) -> None:
    """A value, or a key that says something of a person, is not repeated in faults, rows or logs."""
    secret: dict[str, Any] = {"194408139089": 1, "Anna Exempel bor på Provgatan 1": 2}
    result = submit(ground, application(income="Provgatan 1", **secret))

    assert isinstance(result, Refused)
    told = repr(result.faults) + repr(deliveries(ground))
    assert "194408139089" not in told
    assert "Provgatan" not in told
    assert sum(fault.where == "(unreadable key)" for fault in result.faults) == 2


def test_the_same_bytes_are_the_same_case(ground: Ground) -> None:
    """Handed in again, an application is told to be taken; a refused one gives the same delivery and faults."""
    first, again = submit(ground, application()), submit(ground, application())
    bad, bad_again = submit(ground, b"{}"), submit(ground, b"{}")

    assert isinstance(first, Accepted)
    assert again == Accepted(first.case, new=False)
    assert bad == bad_again
    assert len(deliveries(ground)) == 2


def test_the_same_bytes_at_once_are_one_case(url: str, tmp_path: Path) -> None:
    """Five deliveries of the same bytes at the same moment make one case, also with a definition nobody has used."""
    ground = build(tmp_path, url=url)
    answers = at_once(ground, [application()] * 5)

    assert len({answer.case for answer in answers}) == 1
    assert sum(answer.new for answer in answers) == 1
    ground.house.close()


def test_one_persons_applications_at_once_see_each_other(url: str, tmp_path: Path) -> None:
    """Of four different applications of one person for one month three are remarked, whoever comes first."""
    ground = build(tmp_path, url=url)
    answers = at_once(ground, [application(income=f"{number}.00") for number in range(4)])

    states = [ground.house.ledger.load(answer.case) for answer in answers]
    assert sorted(len(state.remarks) for state in states) == [0, 1, 1, 1]
    ground.house.close()


def at_once(ground: Ground, applications: list[bytes]) -> list[Accepted]:
    """Hand in applications from a thread each."""
    gate = threading.Barrier(len(applications), timeout=30)
    answers: list[Any] = []

    def hand_in(data: bytes) -> None:
        gate.wait()
        answers.append(submit(ground, data))

    threads = [threading.Thread(target=hand_in, args=(data,)) for data in applications]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(applications)
    return answers


def test_a_crash_in_intake_leaves_nothing_half_taken(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its job there is no case, no delivery and no entry; handed in again it is taken as new."""

    def die(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(ground.house.queue, "put", die)
        with pytest.raises(Crash):
            submit(ground, application())
    assert (ground.cases(), deliveries(ground)) == ([], [])

    result = submit(ground, application())
    assert isinstance(result, Accepted)
    assert result.new
    ground.assert_whole()


def test_an_unknown_process_is_named_with_those_there_are(ground: Ground) -> None:
    """The message lists the processes that exist."""
    with pytest.raises(UnknownProcessError, match="there is no process 'provbidraget'; there are: provbidrag"):
        ground.house.intake.submit(application(), process="provbidraget", source="test")


def test_time_of_arrival_starts_the_promise(ground: Ground) -> None:
    """The case is due 24 hours after it reached the authority."""
    row = ground.row(ground.submit(application()))

    assert (row.due_at - row.received_at).total_seconds() == 24 * 3600


def test_reading_keeps_amounts_exact(ground: Ground) -> None:
    """An amount as text or as a whole number is read exactly; nothing passes through a float."""
    definition = ground.house.library.current(PROCESS)

    record, faults = read_application(application(income="0.10"), definition)
    assert faults == ()
    assert str(record.inkomst) == "0.10"


# The folder


@pytest.fixture
def folder(ground: Ground) -> Path:
    """The intake folder, there before the robot."""
    path = ground.house.settings.intake
    path.mkdir()
    return path


def poll(ground: Ground) -> int:
    """One look in the folder."""
    return looked_after(ground).poll()


def looked_after(ground: Ground) -> Folder:
    """The folder as the scheduler has it."""
    settings, clock = ground.house.settings, ground.clock
    return Folder(settings.intake, ground.house.intake, process=PROCESS, clock=clock, refused_days=30)


def names(folder: Path) -> set[str]:
    """Every file below the folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_sorts_what_it_takes(ground: Ground, folder: Path) -> None:
    """What is taken lies in the vault and is gone; refused files go to avvisade with their faults; the rest is left."""
    (folder / "a.json").write_bytes(application())
    (folder / "b.json").write_bytes(b"{}")
    (folder / "c.json.part").write_bytes(b"{")

    assert poll(ground) == 1
    assert names(folder) == {"avvisade/b.json", "avvisade/b.faults.json", "c.json.part"}
    report = json.loads((folder / "avvisade/b.faults.json").read_text(encoding="utf-8"))
    assert report["faults"][0]["where"] == "manad"


def test_a_crash_before_the_removal_is_harmless(ground: Ground, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken but not removed, a file is the same case at the next look."""
    (folder / "a.json").write_bytes(application())

    def die(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", die)
        with pytest.raises(Crash):
            poll(ground)

    assert poll(ground) == 0
    assert len(ground.cases()) == 1
    assert names(folder) == set()


def test_a_name_that_is_used_again_replaces_nothing(ground: Ground, folder: Path) -> None:
    """Two refused files under one name are both kept, each with its faults."""
    for data in (b"{}", b"[]"):
        (folder / "a.json").write_bytes(data)
        assert poll(ground) == 0

    assert len(names(folder)) == 4


def test_a_refused_file_is_removed_in_time(ground: Ground, folder: Path) -> None:
    """Whoever looks after the e-service has thirty days to see it, counted from the refusal; the vault keeps it."""
    (folder / "a.json").write_bytes(b"{}")
    os.utime(folder / "a.json", (0, 0))
    poll(ground)
    ground.clock.advance(timedelta(days=30))
    assert looked_after(ground).clear() == 0
    ground.clock.advance(timedelta(seconds=1))
    assert looked_after(ground).clear() == 2
    assert names(folder) == set()


def test_one_bad_file_does_not_keep_the_others_waiting(
    ground: Ground, folder: Path, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    """What cannot be taken stays where it is, drift is told without the file's name, and the rest is taken."""
    (folder / "194408139089.json").mkdir()
    (folder / "a.json").write_bytes(application(income="1.00"))
    (folder / "b.json").write_bytes(application(income="2.00"))
    real = Intake.submit

    def broken(self: Intake, data: bytes, **named: Any) -> Any:
        if b"1.00" in data:
            raise RuntimeError
        return real(self, data, **named)

    monkeypatch.setattr(Intake, "submit", broken)

    assert poll(ground) == 1
    assert names(folder) == {"a.json"}
    failures = [event for event in logged if event["event"] == "intake.file_failed"]
    assert len(failures) == 2
    assert "194408139089" not in repr([{**event, "exc_info": None} for event in failures])


# Definitions


def test_a_case_keeps_the_version_it_began_with(tmp_path: Path) -> None:
    """A case begun with an old version is finished with it, though the folder has changed since."""
    processes = copy_processes(tmp_path)
    before = build(tmp_path / "data", processes=processes)
    ref = before.submit(application())
    before.house.close()
    rules = processes / PROCESS / "rules.py"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("max(Decimal(0), ", "max(Decimal(1), "), encoding="utf-8"
    )
    after = build(tmp_path / "data", processes=processes)

    state = after.run(ref)
    newer = after.row(after.submit(application(number="199006022397")))

    assert state.status == "closed"
    assert state.version != newer.version
    after.house.close()


@pytest.mark.parametrize("harm", ["removed", "broken"])
def test_a_case_needs_no_folder(tmp_path: Path, harm: str) -> None:
    """A case is finished with its stored version when the folder is gone or has errors."""
    processes = copy_processes(tmp_path)
    before = build(tmp_path / "data", processes=processes)
    ref = before.submit(application())
    before.house.close()
    process = processes / PROCESS / "process.yaml"
    process.unlink() if harm == "removed" else process.write_text("process: provbidrag\n", encoding="utf-8")
    after = build(tmp_path / "data", processes=processes)

    assert after.run(ref).status == "closed"
    after.house.close()


def test_a_version_that_was_never_stored_is_said_so(ground: Ground) -> None:
    """The message names version and process."""
    with pytest.raises(UnknownProcessError, match="version sha256:0 of provbidrag is not in the database"):
        ground.house.library.get(PROCESS, "sha256:0")


def copy_processes(folder: Path) -> Path:
    """A copy of the test's processes that may be changed."""
    import shutil

    from tests.robot.engine.ground import PROCESSES

    shutil.copytree(PROCESSES, folder / "processes", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "processes"


def test_the_ledger_refuses_a_case_that_was_moved(ground: Ground) -> None:
    """Whoever writes from an older state than the journal's writes nothing."""
    from audit.log.entry import Actor
    from robot.engine.ledger import StaleCaseError
    from robot.steps.base import Draft

    ref = ground.submit(application())
    ledger: Ledger = ground.house.ledger
    old = ledger.load(ref)
    actor = Actor(kind="robot", id=PROCESS)
    ledger.write(old, [Draft("register.asked", {"fact": "skydd"})], actor=actor)

    with pytest.raises(StaleCaseError, match=r"register\.asked"):
        ledger.write(old, [Draft("register.asked", {"fact": "skydd"})], actor=actor)
    assert ground.types(ref) == ["case.opened", "register.asked"]
    assert isinstance(ground.house.library, Library)
