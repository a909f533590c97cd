"""Replay: what is stored gives the same decision again, and whatever was changed since is found."""

import dataclasses
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import stamina
from sqlalchemy import text, update
from sqlmodel import select

from audit.vault.tables import ValueRow
from robot.definition import load
from robot.engine.library import Library
from robot.engine.replay import Replay, Replayed, decided_cases
from robot.steps import _letter
from robot.store.tables import DefinitionRow
from tests.robot.engine.erasing import gallring
from tests.robot.engine.ground import ANNA, NUMBERS, Ground, application, build
from tests.robot.engine.versions import changed, copied, forged

RULE = "belopp_per_person * ansokan.personer - ansokan.inkomst"


@dataclasses.dataclass(frozen=True)
class Town:
    """A house whose cases were decided by two versions of the process: by the robot, and after a person's change."""

    ground: Ground
    first: str
    second: str
    corrected: str

    def replay(self, ref: str) -> Replayed:
        """Replay one case."""
        house = self.ground.house
        return Replay(house.database, house.ledger.journal, house.library).case(ref)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Made once: no test here changes its cases."""
    folder = tmp_path_factory.mktemp("replay")
    processes = copied(folder / "processes")
    with stamina.set_testing(True, attempts=1):
        made = build(folder / "data", processes=processes)
        first = made.handled(application()).ref
        made.house.close()
        changed(processes, "rules.py", RULE, f"{RULE} / 2")
        changed(processes, "letters/beslutsbrev.html", "har beslutat", "har fattat beslutet")
        made = build(folder / "data", processes=processes, clock=made.clock)
        second = made.handled(application(number=NUMBERS[1])).ref
        waiting = made.handled(application(number="199107172380", income="4500.00")).ref
        reviews = made.house.reviews
        known = {**made.house.ledger.load(waiting).facts["ansokan"].value, "inkomst": "1500.00"}
        reviews.change_facts(waiting, ANNA, {"ansokan": known}, motivation="Fel i ansökan.")
        reviews.agree(waiting, ANNA, motivation="Stämmer.")
        made.run(waiting)
    yield Town(made, first, second, waiting)
    made.house.close()


def places(found: Replayed) -> set[tuple[str, str]]:
    """Where it differs, by type of entry and the first part of the path."""
    return {(one.type, one.where.partition(".")[0]) for one in found.differences}


def test_decisions_of_two_versions_come_out_the_same(town: Town) -> None:
    """Checks, proposals, decisions and letters of both versions, the robot's and a person's, are equal to the byte."""
    found = [town.replay(ref) for ref in (town.first, town.second, town.corrected)]
    assert [one.status for one in found] == ["same"] * 3, [one.differences for one in found]
    assert {town.first, town.second, town.corrected} <= set(decided_cases(town.ground.house.database))
    assert found[0].counts == {"check.done": 1, "decision.proposed": 1, "decision.made": 1, "effect.intended": 1}
    assert found[2].counts == {"check.done": 2, "decision.proposed": 2, "effect.intended": 1, "decision.made": 0}
    versions = {town.ground.row(ref).version for ref in (town.first, town.second)}
    assert len(versions) == 2


def test_an_edited_fact_is_found(town: Town) -> None:
    """An income that was changed with every key at hand gives another amount, and another letter."""
    known = {**town.ground.house.ledger.load(town.first).facts["ansokan"].value, "inkomst": "900.00"}
    found = town.replay(forged(town.ground.house, town.first, "case.opened", {"ansokan": known}))
    assert found.status == "differs"
    assert {("decision.proposed", "amount_ore"), ("decision.proposed", "findings")} <= places(found)
    amount = next(one for one in found.differences if one.where == "amount_ore")
    assert (amount.stored, amount.replayed) == ("400000", "410000")


def test_an_edited_letter_is_found(town: Town) -> None:
    """One word of the stored letter is enough, and the difference shows the lines and not the letter."""
    content = next(iter(town.ground.house.ledger.load(town.first).effects.values())).content
    edited = {**content, "text": content["text"].replace("bifall", "avslag", 1)}
    found = town.replay(forged(town.ground.house, town.first, "effect.intended", {"content": edited}))
    assert places(found) == {("effect.intended", "content")}
    assert [len(one.stored.splitlines()) for one in found.differences] == [2], "that line, and the copy's reference"
    assert "avslag" in found.differences[0].stored
    assert "bifall" in found.differences[0].replayed


def test_a_planted_rule_is_found(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other rules under the version's name are found wherever they give something else."""
    processes = copied(tmp_path / "processes")
    planted = load(changed(processes, "rules.py", RULE, f"{RULE} + 1"))
    version = town.ground.row(town.first).version
    stored = town.ground.house.library._stored
    monkeypatch.setitem(stored, version, dataclasses.replace(planted, version=version))
    found = town.replay(town.first)
    assert {("decision.proposed", "amount_ore"), ("decision.proposed", "findings")} == places(found)


def test_a_rule_that_stops_is_found(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that raises where it answered is a difference, not the end of the replay."""
    planted = load(changed(copied(tmp_path / "processes"), "rules.py", RULE, f"{RULE} + 1 // 0"))
    version = town.ground.row(town.first).version
    monkeypatch.setitem(town.ground.house.library._stored, version, dataclasses.replace(planted, version=version))
    assert town.replay(town.first).status == "differs"


def test_another_rounding_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that writes amounts otherwise gives other letters, and only that."""
    monkeypatch.setitem(_letter.FILTERS, "kronor", lambda value: f"{Decimal(value):.1f} kr")
    _letter._environment.cache_clear()
    found = town.replay(town.first)
    _letter._environment.cache_clear()
    assert places(found) == {("effect.intended", "content")}


def test_a_changed_archive_is_found(town: Town, tmp_path: Path) -> None:
    """A stored version that is not what its hash says cannot be replayed with, and the case is named."""
    house = town.ground.house
    with house.database.read() as session:
        row = session.get_one(DefinitionRow, town.ground.row(town.first).version)
    altered = row.archive.replace(b"aldrig under noll", b"aldrig under fyra")
    write = update(DefinitionRow).where(DefinitionRow.version == row.version)  # type: ignore[arg-type] # SQLModel's columns
    with house.database.write() as session:
        session.connection().execute(write.values(archive=altered))
    found = Replay(house.database, house.ledger.journal, Library(house.database, tmp_path)).case(town.first)
    with house.database.write() as session:
        session.connection().execute(write.values(archive=row.archive))
    assert (found.status, found.why.startswith("expected the process version")) == ("unreadable", True)


def test_an_altered_value_is_found(town: Town) -> None:
    """A value in the vault that does not open is told as the fault it is."""
    copy = forged(town.ground.house, town.first, "", {})
    with town.ground.house.database.write() as session:
        value = session.exec(select(ValueRow).where(ValueRow.case_ref == copy)).first()
        assert value is not None
        bits = bytes([value.ciphertext[0] ^ 1]) + value.ciphertext[1:]
        statement = text("UPDATE vault_value SET ciphertext = :bits WHERE case_ref = :ref AND number = :number")
        session.connection().execute(statement, {"bits": bits, "ref": copy, "number": value.number})
    assert (town.replay(copy).status, "do not open" in town.replay(copy).why) == ("unreadable", True)


def test_an_erased_case_is_named_and_no_fault(town: Town) -> None:
    """What gallring has taken cannot be replayed, and that is as it should be."""
    done = town.ground.handled(application(number="199610202385", adress="Borta 1")).ref
    assert town.replay(done).status == "same"
    gallring(town.ground).erase(done, decision="Beslut 1", by="anna", despite=frozenset({"too_early", "sampled"}))
    assert town.replay(done).status == "erased"


def test_nothing_personal_stands_where_it_differs(town: Town) -> None:
    """Paths and reasons may be shown to anybody; the values are kept apart."""
    known = {**town.ground.house.ledger.load(town.first).facts["ansokan"].value, "adress": "Hemliga vägen 9"}
    found = town.replay(forged(town.ground.house, town.first, "case.opened", {"ansokan": known}))
    assert found.status == "differs"
    assert "Hemliga" not in repr(found)
