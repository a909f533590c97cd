"""The exported log: read back by the verifier, which shares no code with the writer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from audit.errors import LogError
from audit.log import export as exporting
from audit.log import sequencer
from audit.log.export import export_case, export_log, openings, write_openings
from audit.log.heads import Heads
from audit.log.keys import ROTATED, log_keys, rotations
from audit.log.notary import Notary, keep
from audit.log.receipt import receipt_for
from audit.log.recovery import chain
from audit.verify.cli import main as verify
from tests.audit.ground import ROBOT, House, case_ref

ORIGIN = "exempelkommun/prov/2026"
CASES = 6


@pytest.fixture
def sign(sqlite: Engine, house: House, tmp_path: Path) -> Callable[..., Notary]:
    """Integrates and signs, with the key of this letter."""

    def signed(letter: bytes = b"a") -> Notary:
        notary = Notary(ORIGIN, log_keys(ORIGIN, letter * 32), Heads(tmp_path / "heads.sqlite"))
        with Session(sqlite) as session, session.begin():
            while sequencer.integrate(session):
                pass
        with Session(sqlite) as session, session.begin():
            keep(session, notary.sign(session, house.clock.now()), house.clock.now())
        return notary

    return signed


@pytest.fixture
def full(sqlite: Engine, house: House) -> Callable[[int], None]:
    """Writes so many entries with personal values into a few cases."""

    def filled(count: int) -> None:
        with Session(sqlite) as session, session.begin():
            for number in range(count):
                case = case_ref(number % CASES)
                personal = {"inkomst": str(number)} if number % 3 == 0 else {}
                house.journal.append(session, case, "doc.read", actor=ROBOT, body={"n": number}, personal=personal)

    return filled


def verified(*arguments: object) -> int:
    """The verifier's exit code."""
    return verify([str(one) for one in arguments])


def test_a_log_with_a_rotated_key_and_values_is_proven(
    sqlite: Engine, house: House, sign: Callable[..., Notary], full: Callable[[int], None], tmp_path: Path
) -> None:
    """Full and partial tiles, several checkpoints, two pairs of keys and all personal values verify."""
    full(300)
    old = sign().keys
    with Session(sqlite) as session, session.begin():
        for body in rotations(old, log_keys(ORIGIN, b"b" * 32)):
            house.journal.append(session, chain(ORIGIN), ROTATED, actor=ROBOT, body=body)
    sign()
    full(400)
    notary = sign(b"b")
    folder = tmp_path / "out"
    with Session(sqlite) as session:
        export_log(session, folder, ORIGIN, keys=notary.keys.verifiers)
        every = (one for n in range(CASES) for one in openings(session, house.journal, house.vault, case_ref(n)))
        write_openings(folder, every)

    assert verified("log", folder, "--keys", folder / "keys") == 0
    assert verified("erasure", folder, "--keys", folder / "keys") == 0
    assert len(list((folder / "checkpoints").iterdir())) == 3
    assert (folder / "tile" / "entries" / "002.p" / "190").exists()


def test_an_export_is_brought_up_to_date(
    sqlite: Engine, sign: Callable[..., Notary], full: Callable[[int], None], tmp_path: Path
) -> None:
    """The same folder takes a later state, and a head that was kept in between is found again."""
    folder, kept = tmp_path / "out", tmp_path / "kept"
    full(200)
    notary = sign()
    with Session(sqlite) as session:
        export_log(session, folder, ORIGIN, keys=notary.keys.verifiers)
    kept.write_bytes((folder / "checkpoint").read_bytes())
    full(100)
    sign()
    with Session(sqlite) as session:
        export_log(session, folder, ORIGIN, keys=notary.keys.verifiers)

    assert verified("log", folder, "--keys", folder / "keys", "--known-head", kept) == 0


def test_what_is_gone_is_not_exported_as_if_it_were_whole(
    sqlite: Engine, sign: Callable[..., Notary], full: Callable[[int], None], tmp_path: Path
) -> None:
    """An entry or a place that is gone, and a log that was never signed, end with an error and not with a log."""
    full(20)
    with Session(sqlite) as session, pytest.raises(LogError, match="signed"):
        export_log(session, tmp_path / "none", ORIGIN)
    with Session(sqlite) as session, pytest.raises(LogError, match="signed"):
        export_case(session, case_ref(1))
    sign()
    for number, harm in enumerate(
        ("DELETE FROM journal_entry WHERE id = 20", "DELETE FROM log_leaf WHERE position = 3")
    ):
        with Session(sqlite) as session, session.begin():
            session.execute(text(harm))
        with Session(sqlite) as session, pytest.raises(LogError):
            export_log(session, tmp_path / str(number), ORIGIN)
        assert not (tmp_path / str(number) / "checkpoint").exists()


def test_a_case_is_handed_out_alone_with_its_proofs(
    sqlite: Engine, house: House, sign: Callable[..., Notary], full: Callable[[int], None], tmp_path: Path
) -> None:
    """One case's document verifies without the others, and its receipt without the log."""
    full(60)
    with Session(sqlite) as session, session.begin():
        house.journal.append(session, case_ref(3), "case.closed", actor=ROBOT)
    notary = sign()
    with Session(sqlite) as session:
        found = list(openings(session, house.journal, house.vault, case_ref(3)))
        document: dict[str, Any] = dict(export_case(session, case_ref(3), openings=found))
        receipt = receipt_for(session, case_ref(3), 2)
        missing = receipt_for(session, case_ref(3), 99)
    assert receipt is not None
    assert missing is None
    keys, file, paper = tmp_path / "keys", tmp_path / "case.json", tmp_path / "case.tlog-proof"
    keys.write_text("".join(f"{key.text()}\n" for key in notary.keys.verifiers), encoding="utf-8")
    file.write_text(json.dumps(document), encoding="utf-8")
    paper.write_text(receipt.text(), encoding="utf-8")

    assert found
    assert verified("case", file, "--keys", keys) == 0
    assert verified("receipt", paper, "--keys", keys) == 0
    file.write_text(json.dumps({**document, "entries": document["entries"][:-1]}), encoding="utf-8")
    paper.write_text(receipt.text().replace("index 15", "index 16"), encoding="utf-8")
    assert verified("receipt", paper, "--keys", keys) == 10


def test_tiles_are_named_as_the_specification_says() -> None:
    """Three digits a folder, all but the last with an x, and the width of a tile that is not full."""
    width = sequencer.TILE
    assert exporting._place(0, width) == "000"
    assert exporting._place(1234067, 1234068 * width) == "x001/x234/067"
    assert exporting._place(5, 5 * width + 7) == "005.p/7"
