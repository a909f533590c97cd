"""Entries get their places: all of them, once, in the order of their case, whatever the databases show when."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from audit.errors import LogError
from audit.log import sequencer, tree
from audit.log.sequencer import StoredNodes, integrate
from audit.log.tables import EntryRow, LeafRow, NodeRow
from tests.audit.ground import ROBOT, House, case_ref


def write(session: Session, house: House, count: int, *, seed: int = 1) -> None:
    """Entries of a few cases, mixed."""
    chosen = random.Random(seed)
    for number in range(count):
        house.journal.append(session, case_ref(chosen.randrange(5)), "case.note", actor=ROBOT, body={"n": number})


def in_turn(engine: Engine, most: int = sequencer.BATCH) -> int:
    """One transaction of the sequencer; how many entries have a place then."""
    with Session(engine) as session, session.begin():
        integrate(session, most)
        return sequencer.size(session)


def leaves(engine: Engine) -> list[bytes]:
    """The leaf hashes in their places, after making sure that cases keep their order."""
    query = select(EntryRow.case_ref, EntryRow.case_seq, LeafRow.leaf).join(
        EntryRow, col(EntryRow.id) == LeafRow.entry_id
    )
    with Session(engine) as session:
        rows = session.exec(query.order_by(col(LeafRow.position))).all()
    seen: dict[str, int] = {}
    for case, case_seq, _ in rows:
        assert seen.get(case, -1) + 1 == case_seq
        seen[case] = case_seq
    return [leaf for _, _, leaf in rows]


def test_every_entry_gets_one_place(engine: Engine, house: House) -> None:
    """Batches of any size give the places 0 to n-1, nothing waits after, and a rolled back entry leaves no hole."""
    with Session(engine) as session, session.begin():
        write(session, house, 20)
    with Session(engine) as session:
        write(session, House(), 3, seed=9)
        session.rollback()
    assert in_turn(engine, 7) == 7
    with Session(engine) as session, session.begin():
        write(session, house, 5, seed=2)
    assert [in_turn(engine, 7) for _ in range(4)] == [14, 21, 25, 25]
    assert len(leaves(engine)) == 25
    with Session(engine) as session:
        assert sequencer.waiting(session) == 0


def test_an_entry_that_becomes_visible_late_is_not_passed_over(postgres: Engine, house: House) -> None:
    """A transaction that took its number first and commits last gets its place afterwards."""
    with Session(postgres) as late:
        house.journal.append(late, case_ref(1), "case.note", actor=ROBOT)
        with Session(postgres) as early, early.begin():
            house.journal.append(early, case_ref(2), "case.note", actor=ROBOT)
        assert in_turn(postgres) == 1
        late.commit()
    assert in_turn(postgres) == 2

    with Session(postgres) as session:
        places = session.exec(select(LeafRow.entry_id).order_by(col(LeafRow.position))).all()
    assert places == sorted(places, reverse=True)


def test_stored_tiles_give_the_same_tree_as_all_leaves(
    sqlite: Engine, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With tiles of four, four levels of them: every root and proof is that of the plain leaves."""
    monkeypatch.setattr(sequencer, "TILE_HEIGHT", 2)
    monkeypatch.setattr(sequencer, "TILE", 4)
    chosen = random.Random(3)
    with Session(sqlite) as session, session.begin():
        write(session, house, 150)
    while in_turn(sqlite, chosen.choice([1, 3, 4, 5, 17, 64])) < 150:
        pass
    plain = leaves(sqlite)
    grown = tree.Frontier()
    with Session(sqlite) as session:
        levels = set(session.exec(select(NodeRow.level)))
        stored = StoredNodes(session)
        for size in range(1, 151):
            grown.append(plain[size - 1])
            assert tree.root(stored, size) == grown.root()
        for index in range(0, 150, 7):
            path = tree.inclusion(stored, index, 150)
            assert tree.root_of_inclusion(plain[index], index, 150, path) == grown.root()
    assert levels == {1, 2, 3}


def test_a_tile_is_read_in_the_order_of_its_places(postgres: Engine, house: House) -> None:
    """However PostgreSQL has come to lay the rows of a tile, no place is taken for missing."""
    with Session(postgres) as session, session.begin():
        write(session, house, 40)
    in_turn(postgres)
    with Session(postgres) as session, session.begin():
        moved = session.execute(text("DELETE FROM log_leaf WHERE position < 7 RETURNING *")).mappings().all()
        again = text("INSERT INTO log_leaf (position, entry_id, leaf) VALUES (:position, :entry_id, :leaf)")
        session.execute(again, [dict(one) for one in moved])
    plain = leaves(postgres)
    grown = tree.Frontier()
    for leaf in plain:
        grown.append(leaf)
    with Session(postgres) as session:
        assert tree.root(StoredNodes(session), len(plain)) == grown.root()


HARMS: dict[str, Callable[[Session], object]] = {
    "a changed entry that waits": lambda session: session.execute(text("UPDATE journal_entry SET data = X'00'")),
    "a changed hash that waits": lambda session: session.execute(text("UPDATE journal_entry SET leaf = X'00'")),
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_was_changed_on_its_way_gets_no_place(sqlite: Engine, house: House, harm: str) -> None:
    """The sequencer hashes the stored bytes itself, and stops at the first entry that is not what was written."""
    with Session(sqlite) as session, session.begin():
        write(session, house, 3)
        HARMS[harm](session)
    with Session(sqlite) as session, pytest.raises(LogError, match="changed"):
        integrate(session)
    assert in_turn_of_nothing(sqlite) == 0


def in_turn_of_nothing(engine: Engine) -> int:
    """How many entries have a place."""
    with Session(engine) as session:
        return sequencer.size(session)


def test_removed_leaves_are_named(sqlite: Engine, house: House) -> None:
    """A tree with a gap or without its end gives an error, and never a root over something else."""
    with Session(sqlite) as session, session.begin():
        write(session, house, 10)
        integrate(session)
        session.execute(text("DELETE FROM log_leaf WHERE position = 4"))
        for height, number in ((0, 4), (3, 0), (0, 12), (8, 0), (16, 0)):
            with pytest.raises(LogError, match="gone"):
                StoredNodes(session)(height, number)
