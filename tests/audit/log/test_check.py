"""The check of chains and vault: what it finds, what it names it, and when it stays silent."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, delete, update
from sqlmodel import Session, SQLModel, col, select

from audit import canonical
from audit.log.check import Problem, ProblemKind, check_all, check_case
from audit.log.entry import Actor, leaf_hash
from audit.log.tables import LOG_TABLES, EntryRow
from audit.vault.keys import MasterKey
from audit.vault.tables import CaseKeyRow, ValueRow
from audit.vault.vault import Vault
from tests.audit.ground import PERSON, ROBOT, TABLES, House, case_ref
from tests.audit.log.attacks import ATTACKS, NEW_CASE, Attack
from tests.audit.values import bodies, json_values, repeatable

CASE = case_ref(1)
KIND = ProblemKind


def tell_a_story(session: Session, house: House) -> None:
    """Four cases: one closed and read afterwards, one open with personal values last, one without any, one series."""
    append = house.journal.append
    append(session, CASE, "case.opened", actor=ROBOT, personal={"namn": "Åsa", "barn": [8, 11]})
    append(session, case_ref(2), "case.opened", actor=ROBOT, personal={"namn": "Bo"})
    append(session, case_ref(3), "case.opened", actor=ROBOT)
    house.clock.advance(timedelta(seconds=1))
    append(session, CASE, "register.answered", actor=ROBOT, personal={"inkomst": "12300.00"}, causes=[0])
    append(session, case_ref(3), "calc.done", actor=ROBOT, body={"amount_ore": 1})
    append(session, "stickprov-lon-2026-11", "sample.commit", actor=ROBOT)
    append(session, CASE, "calc.done", actor=ROBOT, body={"amount_ore": 482300}, causes=[0, 1])
    house.clock.advance(timedelta(days=-1))
    append(session, CASE, "case.closed", actor=ROBOT)
    append(session, CASE, "access.read", actor=PERSON)
    append(session, case_ref(2), "doc.read", actor=ROBOT, personal={"text": "hyra", "sida": 2})


@pytest.fixture(scope="module")
def memory() -> Iterator[Engine]:
    """A SQLite in memory, for the many examples of the properties."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=[*TABLES, *LOG_TABLES])
    yield engine
    engine.dispose()


def forge(session: Session, case: str, seq: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Change an entry and everything after it in its case so that every hash is right again."""
    previous: str | None = None
    query = select(EntryRow).where(EntryRow.case_ref == case).order_by(col(EntryRow.case_seq))
    for row in session.exec(query.execution_options(populate_existing=True)).all():
        entry = json.loads(row.data)
        entry["case_prev"] = previous
        if row.case_seq == seq:
            change(entry)
        data = canonical.encode(entry)
        values = {"data": data, "leaf": leaf_hash(data), "type": entry["type"], "ts": entry["ts"]}
        session.execute(update(EntryRow).where(col(EntryRow.id) == row.id).values(**values))
        previous = leaf_hash(data).hex()


def kinds(problems: list[Problem]) -> list[ProblemKind]:
    """The kinds of problems in the order they were found."""
    return [problem.kind for problem in problems]


def test_an_honest_log_has_no_problems(session: Session, house: House) -> None:
    """Whole chains and vault: no problem, and the report counts what was looked at."""
    tell_a_story(session, house)
    session.commit()
    seen: list[tuple[int, int]] = []
    report = check_all(session, house.vault, lambda done, total: seen.append((done, total)))
    assert report.problems == ()
    assert (report.cases, report.entries, report.values) == (4, 10, 6)
    assert seen[-1] == (10, 10)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_nothing_checked_is_visible(session: Session, house: House) -> None:
    """An empty journal reports no entries, and a case without entries is a problem."""
    assert check_all(session, house.vault).entries == 0
    assert kinds(check_case(session, house.vault, CASE)) == [KIND.NO_ENTRIES]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
@settings(repeatable, max_examples=40)
@given(data=st.data())
def test_every_single_change_is_found(memory: Engine, attack: Attack, data: st.DataObject) -> None:
    """Whatever is edited, removed, swapped or added by itself in journal or vault, the check finds a problem."""
    house = House()
    with Session(memory) as session:
        tell_a_story(session, house)
        attack(session, house.vault, data.draw)
        assert check_all(session, house.vault).problems != ()
        session.rollback()


actions = st.tuples(
    st.sampled_from([0, 1, 2]),
    st.sampled_from(["calc.done", "access.read", "effect.intended", "human.review.opened"]),
    bodies(),
    st.dictionaries(st.sampled_from(["namn", "inkomst", "text"]), json_values(), max_size=2),
    st.integers(-100_000, 100_000),
)


@repeatable
@given(st.lists(actions, max_size=12), st.sets(st.sampled_from([0, 1, 2])), st.sets(st.sampled_from([0, 1, 2])))
def test_no_false_alarm_on_honest_logs(
    memory: Engine,
    story: list[tuple[int, str, dict[str, Any], dict[str, Any], int]],
    closed: set[int],
    erased: set[int],
) -> None:
    """Any honest history, with clock jumps, closing, late reading and gallring, has no problem and reads back."""
    house = House()
    with Session(memory) as session:
        for number in range(3):
            house.journal.append(session, case_ref(number), "case.opened", actor=ROBOT)
        for number, type_, body, personal, jump in story:
            house.clock.advance(timedelta(seconds=jump))
            house.journal.append(session, case_ref(number), type_, actor=ROBOT, body=body, personal=personal)
        for number in closed:
            house.journal.append(session, case_ref(number), "case.closed", actor=ROBOT)
        for number in erased:
            session.execute(delete(ValueRow).where(col(ValueRow.case_ref) == case_ref(number)))
            session.execute(delete(CaseKeyRow).where(col(CaseKeyRow.case_ref) == case_ref(number)))
            house.journal.append(session, case_ref(number), "pd.erased", actor=PERSON, body={"decision": "GB-1"})
        for number in closed:
            house.journal.append(session, case_ref(number), "access.read", actor=PERSON)
        assert check_all(session, house.vault).problems == ()
        kept = [personal for number, _, _, personal, _ in story if number not in erased and personal]
        read = [item.values for number in range(3) for item in house.journal.read(session, case_ref(number))]
        assert sorted(map(canonical.encode, kept)) == sorted(canonical.encode(values) for values in read if values)
        session.rollback()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda entry: entry.update(case_seq=7), [KIND.COLUMNS]),
        (lambda entry: entry.update(case_prev="ab" * 32), [KIND.LINK]),
        (lambda entry: entry.update(causes=[2]), [KIND.CAUSE]),
        (lambda entry: entry.update(extra=1), [KIND.UNREADABLE]),
        (lambda entry: entry.update(type="case.closed", body={"count": 3}), [KIND.AFTER_CLOSE]),
        (lambda entry: entry.update(pd=[{"f": "x", "c": "ab" * 32, "v": f"vault:{CASE}/2000"}]), [KIND.VALUE_GONE]),
        (
            lambda entry: entry.update(pd=[{"f": "x", "c": "ab" * 32, "v": f"vault:{case_ref(2)}/0"}]),
            [KIND.COMMITMENT],
        ),
    ],
)
def test_each_broken_rule_has_its_name(
    session: Session, house: House, change: Callable[[dict[str, Any]], object], found: list[ProblemKind]
) -> None:
    """An entry that breaks one rule, with every hash made right again, is reported under that rule and its place."""
    tell_a_story(session, house)
    forge(session, CASE, 2, change)
    problems = check_case(session, house.vault, CASE)
    assert kinds(problems) == found
    assert {problem.case_seq for problem in problems} <= {2, 3}


def test_a_wrong_count_is_named(session: Session, house: House) -> None:
    """A closed case whose count is not the number of its entries has lost or gained some."""
    tell_a_story(session, house)
    forge(session, CASE, 3, lambda entry: entry.update(body={"count": 3}))
    (problem,) = check_case(session, house.vault, CASE)
    assert problem == Problem(KIND.COUNT, CASE, 3, "expected count 4, found 3")


def test_a_gap_is_named_with_its_place(session: Session, house: House) -> None:
    """A removed entry leaves a gap, and the next one's link broken."""
    tell_a_story(session, house)
    session.execute(delete(EntryRow).where(col(EntryRow.case_ref) == CASE, col(EntryRow.case_seq) == 2))
    problems = check_case(session, house.vault, CASE)
    assert kinds(problems) == [KIND.GAP, KIND.LINK]
    assert problems[0].detail == "expected case_seq 2, found 3"


def test_another_master_key_is_one_problem_per_case(session: Session, house: House) -> None:
    """With the wrong master key each case with values says so once, instead of once per value."""
    tell_a_story(session, house)
    report = check_all(session, Vault(MasterKey(bytes(32))))
    assert kinds(list(report.problems)) == [KIND.KEY, KIND.KEY]


def test_vault_rows_without_entries_are_found(session: Session, house: House) -> None:
    """Values and keys of a case that the journal does not know are found, although no entry leads to them."""
    tell_a_story(session, house)
    house.vault.store(session, NEW_CASE, 0, {"f": "planted"}, created="")
    report = check_all(session, house.vault)
    assert kinds(list(report.problems)) == [KIND.NO_ENTRIES, KIND.ORPHAN_VALUE, KIND.ORPHAN_KEY]


def test_a_problem_never_holds_a_personal_value(session: Session, house: House) -> None:
    """Details name places, never what was stored there."""
    tell_a_story(session, house)
    session.execute(delete(ValueRow).where(col(ValueRow.number) == 0))
    house.vault.store(session, CASE, 0, {"f": "Planterad"}, created="")
    problems = check_all(session, house.vault).problems
    assert set(kinds(list(problems))) == {KIND.COMMITMENT, KIND.VALUE_GONE}
    for word in ("Planterad", "Åsa", "Bo'", "12300"):
        assert word not in str(problems)


def test_a_row_changed_behind_the_session_is_seen(engine: Engine, house: House) -> None:
    """What the session remembers of a row does not hide what another connection stored."""
    with Session(engine, expire_on_commit=False) as session:
        tell_a_story(session, house)
        remembered = session.exec(select(EntryRow)).all()
        session.commit()
        with Session(engine) as other:
            other.execute(update(EntryRow).where(col(EntryRow.case_ref) == CASE).values(type="case.planted"))
            other.commit()
        assert KIND.COLUMNS in kinds(check_case(session, house.vault, CASE))
        assert len(remembered) == 10


def _cut_the_end(session: Session) -> None:
    session.execute(delete(EntryRow).where(col(EntryRow.case_ref) == CASE, col(EntryRow.case_seq) >= 3))


def _remove_a_case(session: Session) -> None:
    for table in TABLES:
        session.execute(delete(table).where(table.c.case_ref == case_ref(2)))


def _rewrite_a_case(session: Session) -> None:
    forge(session, CASE, 2, lambda entry: entry.update(body={"amount_ore": 1}))


def _forge_an_actor(session: Session) -> None:
    forge(session, CASE, 4, lambda entry: entry.update(actor=Actor(kind="person", id="nagon-annan").model_dump()))


@pytest.mark.parametrize("attack", [_cut_the_end, _remove_a_case, _rewrite_a_case, _forge_an_actor])
def test_what_single_chains_cannot_show(session: Session, house: House, attack: Callable[[Session], None]) -> None:
    """A cut end, a whole case gone and a case rewritten with new hashes look honest: they need a head outside."""
    tell_a_story(session, house)
    attack(session)
    assert check_all(session, house.vault).problems == ()
