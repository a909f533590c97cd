"""The journal: appending to a case's chain, and reading it back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, event, text
from sqlmodel import Session, SQLModel, col, select

from audit.canonical import JSONInput
from audit.errors import CanonicalError, EntryError, JournalClosedError, JournalConflictError, VaultError
from audit.log.check import check_all, check_case
from audit.log.entry import leaf_hash
from audit.log.tables import LOG_TABLES, EntryRow
from audit.vault.tables import CaseKeyRow, ValueRow
from tests.audit.ground import PERSON, ROBOT, TABLES, House, case_ref

CASE = case_ref(1)


def test_entries_form_a_chain(session: Session, house: House) -> None:
    """Each entry carries the next number and the leaf hash of the one before; each case has its own chain."""
    first = house.journal.append(session, CASE, "case.opened", actor=ROBOT, body={"process": "ekonomiskt_bistand"})
    other = house.journal.append(session, case_ref(2), "case.opened", actor=ROBOT)
    house.clock.advance(timedelta(seconds=1))
    second = house.journal.append(session, CASE, "calc.done", actor=ROBOT, body={"amount_ore": 482300}, causes=[0])
    assert (first.case_seq, first.case_prev) == (0, None)
    assert (other.case_seq, other.case_prev) == (0, None)
    assert (second.case_seq, second.case_prev) == (1, leaf_hash(first.canonical()).hex())
    assert (second.ts, second.mono) == ("2026-11-20T10:15:03.123456Z", 1_000_000)
    assert house.journal.entries(session, CASE) == [first, second]


def test_the_row_repeats_the_entry(session: Session, house: House) -> None:
    """A row holds the canonical bytes, their hash, and columns that say the same."""
    entry = house.journal.append(session, CASE, "case.opened", actor=ROBOT)
    row = session.exec(select(EntryRow)).one()
    assert row.data == entry.canonical()
    assert row.leaf == leaf_hash(row.data)
    assert (row.case_ref, row.case_seq, row.type, row.ts) == (entry.case, 0, "case.opened", entry.ts)


def test_personal_values_lie_in_the_vault_and_come_back(session: Session, house: House) -> None:
    """The entry's bytes hold only commitments; reading opens the values."""
    personal: dict[str, JSONInput] = {"namn": "Åsa Öberg", "inkomst": {"belopp": "12300.00"}}
    entry = house.journal.append(session, CASE, "register.answered", actor=ROBOT, personal=personal)
    assert "Öberg".encode() not in entry.canonical()
    assert [item.f for item in entry.pd] == ["namn", "inkomst"]
    assert [item.v for item in entry.pd] == [f"vault:{CASE}/0", f"vault:{CASE}/1"]
    (recorded,) = house.journal.read(session, CASE)
    assert (recorded.entry, recorded.values) == (entry, personal)
    assert "Öberg" not in repr(recorded)


def test_a_value_place_is_never_used_twice_even_after_gallring(session: Session, house: House) -> None:
    """After a case is forgotten, a new value gets a number of its own, and the old one stays absent."""
    house.journal.append(session, CASE, "case.opened", actor=ROBOT, personal={"namn": "Åsa"})
    session.execute(delete(ValueRow))
    session.execute(delete(CaseKeyRow))
    house.journal.append(session, CASE, "pd.erased", actor=PERSON, body={"decision": "GB-1"})
    later = house.journal.append(session, CASE, "human.review.done", actor=PERSON, personal={"skal": "text"})
    assert later.pd[0].v == f"vault:{CASE}/2000"
    assert [recorded.values for recorded in house.journal.read(session, CASE)] == [{}, {}, {"skal": "text"}]
    assert check_case(session, house.vault, CASE) == []


def test_a_value_gone_without_a_tombstone_is_an_error(session: Session, house: House) -> None:
    """A missing value is absent only after a later pd.erased; otherwise reading fails."""
    house.journal.append(session, CASE, "case.opened", actor=ROBOT)
    house.journal.append(session, CASE, "pd.erased", actor=PERSON, body={"decision": "GB-1"})
    house.journal.append(session, CASE, "doc.read", actor=ROBOT, personal={"namn": "Åsa"})
    session.execute(delete(ValueRow))
    with pytest.raises(VaultError, match=r"/2000: the journal commits to a value that is gone"):
        house.journal.read(session, CASE)


def test_a_value_that_is_not_the_committed_one_is_an_error(session: Session, house: House) -> None:
    """A value that somebody with the keys put in its place does not match, and reading fails."""
    house.journal.append(session, CASE, "doc.read", actor=ROBOT, personal={"belopp": "100.00"})
    session.execute(delete(ValueRow))
    house.vault.store(session, CASE, 0, {"f": "900.00"}, created="")
    with pytest.raises(VaultError, match="is not the one the journal commits to"):
        house.journal.read(session, CASE)


def test_closing_counts_the_entries(session: Session, house: House) -> None:
    """case.closed says how many entries there are, and the caller may not say it."""
    house.journal.append(session, CASE, "case.opened", actor=ROBOT)
    with pytest.raises(EntryError, match=r"case\.closed\.body\.count: the journal counts itself"):
        house.journal.append(session, CASE, "case.closed", actor=ROBOT, body={"count": 2})
    closed = house.journal.append(session, CASE, "case.closed", actor=ROBOT, body={"how": "beslutat"})
    assert closed.body == {"how": "beslutat", "count": 2}


def test_a_closed_case_takes_only_late_entries_until_it_is_reopened(session: Session, house: House) -> None:
    """After case.closed: reading, review, gallring and reopening; everything else only after case.reopened."""

    def append(type_: str) -> None:
        house.journal.append(session, CASE, type_, actor=PERSON)

    append("case.opened")
    append("access.read")
    append("calc.done")
    append("case.closed")
    for refused in ("calc.done", "case.closed", "effect.intended"):
        with pytest.raises(JournalClosedError, match=rf"{refused} may only follow after case\.reopened"):
            append(refused)
    append("access.read")
    append("human.review.opened")
    append("pd.erased")
    with pytest.raises(JournalClosedError):
        append("calc.done")
    append("case.reopened")
    append("access.read")
    append("calc.done")
    append("case.closed")
    assert house.journal.entries(session, CASE)[-1].body == {"count": 11}
    assert check_case(session, house.vault, CASE) == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"type": "Calc"}, EntryError, "type: String should match pattern"),
        ({"case": "SN 2026/117"}, EntryError, "expected a reference from new_case_ref"),
        ({"body": {"belopp": 1.5}}, CanonicalError, r"calc\.done\.body\.belopp: expected JSON without floats"),
        ({"personal": {"belopp": 1.5}}, CanonicalError, "belopp: expected JSON without floats"),
        ({"personal": {"två ord": 1}}, EntryError, r"pd\.0\.f: String should match pattern"),
        ({"causes": [1]}, EntryError, r"causes: expected case_seq of earlier entries \(below 1\), found \[1\]"),
        ({"personal": {f"f{n}": n for n in range(1001)}}, EntryError, "at most 1000 personal values"),
        ({"body": {"text": "x" * 70_000}}, EntryError, "give what is large as `personal`"),
    ],
)
def test_what_breaks_the_format_is_refused(
    session: Session, house: House, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    """An append outside the format raises, and after a rollback the chain is whole."""
    house.journal.append(session, CASE, "case.opened", actor=ROBOT)
    session.commit()
    call: dict[str, Any] = {"case": CASE, "type": "calc.done", "actor": ROBOT, **arguments}
    with pytest.raises(error, match=message):
        house.journal.append(session, **call)
    session.rollback()
    assert len(house.journal.entries(session, CASE)) == 1
    assert check_all(session, house.vault).problems == ()


def test_append_does_not_commit(session: Session, house: House) -> None:
    """The caller's transaction decides: after a rollback neither entry, value nor key is there."""
    house.journal.append(session, CASE, "case.opened", actor=ROBOT, personal={"namn": "Åsa"})
    session.rollback()
    assert [session.exec(select(table)).all() for table in (EntryRow, ValueRow, CaseKeyRow)] == [[], [], []]


def _overtaken(engine: Engine, house: House, personal: dict[str, Any] | None) -> None:
    """Append in one session while another commits between its look at the chain and its insert."""
    with Session(engine) as session:
        house.journal.append(session, CASE, "case.opened", actor=ROBOT)
        session.commit()
        slow, overtaken = session.connection(), list[str]()

        @event.listens_for(slow, "before_cursor_execute")
        def _overtake(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("INSERT") and not overtaken:
                overtaken.append(statement)
                with Session(engine) as fast:
                    House(seed=2).journal.append(fast, CASE, "access.read", actor=PERSON, personal=personal)
                    fast.commit()

        with pytest.raises(JournalConflictError, match="entry 1 was written by another transaction"):
            house.journal.append(session, CASE, "calc.done", actor=ROBOT, personal=personal)
        session.rollback()
        again = house.journal.append(session, CASE, "calc.done", actor=ROBOT, personal=personal)
        assert again.case_seq == 2
        session.commit()
        assert check_all(session, house.vault).problems == ()


@pytest.mark.parametrize("personal", [None, {"namn": "Åsa"}])
def test_the_second_writer_of_a_place_loses_on_postgresql(
    postgres: Engine, house: House, personal: dict[str, Any] | None
) -> None:
    """Of two transactions that saw the same last entry one wins; the other rolls back, runs again and comes after."""
    _overtaken(postgres, house, personal)


@pytest.mark.parametrize("personal", [None, {"namn": "Åsa"}])
def test_the_second_writer_of_a_place_loses_on_sqlite(
    tmp_path: Path, house: House, personal: dict[str, Any] | None
) -> None:
    """Also without BEGIN IMMEDIATE the unique key catches two writers of one place."""
    engine = create_engine(f"sqlite:///{tmp_path / 'deferred.db'}")
    SQLModel.metadata.create_all(engine, tables=[*TABLES, *LOG_TABLES])
    _overtaken(engine, house, personal)
    engine.dispose()


def _append_until_done(engine: Engine, worker: int, count: int) -> int:
    """Append as a worker does, running the transaction again after each conflict; returns the conflicts."""
    house, conflicts, done = House(seed=worker), 0, 0
    while done < count:
        with Session(engine) as session:
            try:
                house.journal.append(
                    session, CASE, "gui.step", actor=ROBOT, body={"n": done}, personal={"worker": worker}
                )
                session.commit()
                done += 1
            except JournalConflictError:
                conflicts += 1
    return conflicts


def test_many_writers_make_one_chain(engine: Engine, house: House) -> None:
    """Four workers that append to one case at once leave one chain without gap, with every entry in it."""
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(_append_until_done, engine, worker, 15) for worker in range(4)]:
            future.result()
    with Session(engine) as session:
        recorded = house.journal.read(session, CASE)
        assert [item.entry.case_seq for item in recorded] == list(range(60))
        assert sorted(item.values["worker"] for item in recorded) == sorted(list(range(4)) * 15)  # type: ignore[type-var]  # JSON ints
        assert check_all(session, house.vault).problems == ()


def test_appending_never_reads_the_whole_case(sqlite: Engine, house: House) -> None:
    """The last entry is found through the index, and at most two rows are asked for."""
    queries: list[tuple[str, Any]] = []
    with Session(sqlite) as session:
        house.journal.append(session, CASE, "access.read", actor=PERSON)
        event.listen(sqlite, "before_cursor_execute", lambda _c, _cur, sql, values, *_: queries.append((sql, values)))
        house.journal.append(session, CASE, "calc.done", actor=ROBOT)
        selects = [(sql, values) for sql, values in queries if sql.startswith("SELECT")]
        assert len(selects) == 2
        for sql, values in selects:
            assert "LIMIT" in sql
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            assert "USING INDEX" in str(plan)
            assert "TEMP B-TREE" not in str(plan)


def test_same_inputs_give_the_same_bytes(make_rows: Callable[[int], list[Any]]) -> None:
    """The same seed and clock give byte-equal rows, secrets and ciphertexts included; another seed gives others."""
    assert make_rows(7) == make_rows(7)
    assert make_rows(7) != make_rows(8)


@pytest.fixture
def make_rows(engine: Engine) -> Callable[[int], list[Any]]:
    """Runs the same story with a seed on empty tables, and returns every stored row."""

    def run(seed: int) -> list[Any]:
        house = House(seed=seed)
        with Session(engine) as session:
            house.journal.append(session, CASE, "case.opened", actor=ROBOT, personal={"namn": "Åsa", "barn": [8, 11]})
            house.clock.advance(timedelta(milliseconds=3))
            house.journal.append(session, CASE, "case.closed", actor=ROBOT, intent="brev:1")
            entries = session.execute(select(EntryRow.data, EntryRow.leaf).order_by(col(EntryRow.case_seq))).all()
            vault = session.execute(text("SELECT * FROM vault_value ORDER BY number")).all()
            keys = session.execute(text("SELECT * FROM vault_case_key")).all()
            session.rollback()
        return [tuple(row) for row in (*entries, *vault, *keys)]

    return run
