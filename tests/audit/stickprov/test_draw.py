"""The draw, as it is journalled and as anyone can check it afterwards."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from audit.errors import DrawError, JournalConflictError
from audit.log.check import check_all
from audit.log.entry import Entry
from audit.log.tables import EntryRow
from audit.stickprov.draw import Draw
from audit.stickprov.period import Stratum, change_rate
from audit.stickprov.ticket import key_commitment, period_key, threshold
from tests.audit.ground import House, case_ref
from tests.audit.stickprov.ground import BIFALL, CHAIN, KEY, LOG, PERIOD, Month, later, leaf
from tests.audit.stickprov.recompute import wrong

AVSLAG = Stratum("avslag", Fraction(1, 3), minimum=4)


def recomputed(month: Month, *, altered: dict[str, Any] | None = None) -> list[str]:
    """What a recomputation from the journal's bytes finds."""
    cases: dict[str, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
    chain: list[tuple[str, dict[str, Any]]] = []
    query = select(EntryRow.data).order_by(col(EntryRow.case_ref), col(EntryRow.case_seq))
    for data in month.session.scalars(query):
        entry = Entry.parse(data)
        if entry.case == CHAIN:
            chain.append((entry.type, entry.body))
        else:
            cases[entry.case].append((entry.type, leaf(entry), entry.body))
    if altered:
        cases |= altered
    return wrong(chain, dict(cases), log=LOG, period=PERIOD)


def test_a_period_begins_with_the_hash_of_its_key(month: Month) -> None:
    """The key's hash and the plan are journalled before any ticket, and the key itself never before the reveal."""
    month.open()
    for number in range(5):
        month.drawn(number)
    chain = month.house.journal.entries(month.session, CHAIN)
    assert [entry.type for entry in chain] == ["sample.commit", "sample.plan"]
    secret = period_key(KEY, LOG, PERIOD)
    assert chain[0].body["commitment"] == key_commitment(secret)
    assert (chain[0].body["from"], chain[0].body["to"]) == (
        "2026-10-31T23:00:00.000000Z",
        "2026-11-30T23:00:00.000000Z",
    )
    assert chain[1].body == {
        "lane": "random",
        "stratum": "bifall",
        "mode": "hold",
        "rate": "1/2",
        "threshold": "8000000000000000",
        "minimum": 0,
    }
    everything = b"".join(month.session.scalars(select(EntryRow.data)))
    assert secret.hex().encode() not in everything
    assert KEY.hex().encode() not in everything


def test_every_pick_and_non_pick_can_be_recomputed_from_the_revealed_key(month: Month) -> None:
    """With the revealed key, every ticket, pick and non-pick of two strata follows from the journal alone."""
    month.open(BIFALL, AVSLAG)
    for number in range(12):
        month.drawn(number)
        month.drawn(100 + number, stratum="avslag")
    month.close()
    assert recomputed(month) == []
    assert 0 < len(month.picked()) < 24
    assert check_all(month.session, month.house.vault).problems == ()


def test_a_pick_that_is_changed_afterwards_is_found(month: Month) -> None:
    """Who has database and robot can drop a pick, invent one, or swap a ticket, and even rehash: the key tells."""
    month.open()
    for number in range(20):
        month.drawn(number)
    month.close()
    picked = min(month.picked())
    passed = next(case_ref(number) for number in range(20) if case_ref(number) not in month.picked())
    for case in (picked, passed):
        told = [(entry.type, leaf(entry), entry.body) for entry in month.house.journal.entries(month.session, case)]
        dropped = [one for one in told if one[0] != "sample.pick"]
        flipped = dropped if case == picked else [*told, ("sample.pick", "", {})]
        assert recomputed(month, altered={case: flipped}) != []
        swapped = [(kind, at, {**body, "u": "0" * 16} if kind == "sample.ticket" else body) for kind, at, body in told]
        assert recomputed(month, altered={case: swapped}) != []
        hidden = [one for one in told if not one[0].startswith("sample.")]
        assert recomputed(month, altered={case: hidden}) != []


def test_a_ticket_says_which_decision_and_how_probable(month: Month) -> None:
    """The ticket holds the decision's leaf, stratum, u, threshold and probability exactly; the pick points at it."""
    month.open(replace(BIFALL, rate=Fraction(1)))
    ref = month.decided(1)
    outcome = month.draw(ref)
    *_, made, ticketed, picked = month.house.journal.entries(month.session, ref)
    assert outcome == Draw(picked=True, u=int(ticketed.body["u"], 16), threshold=2**64, probability=Fraction(1))
    place = {"log": LOG, "period": PERIOD, "lane": "random", "mode": "hold", "stratum": "bifall"}
    assert ticketed.body == {
        **place,
        "decision": leaf(made),
        "u": f"{outcome.u:016x}",
        "threshold": "10000000000000000",
        "probability": "1",
        "picked": True,
    }
    assert (picked.type, picked.causes, picked.body) == (
        "sample.pick",
        (ticketed.case_seq,),
        {**place, "why": "ticket"},
    )


def test_a_case_keeps_its_ticket(month: Month) -> None:
    """Drawing a case again changes nothing, also at a raised rate: the ticket that stands is returned."""
    month.open()
    first = month.drawn(1)
    change_rate(month.scribe, month.period, "bifall", Fraction(3, 4), cause="first_error", figures={})
    assert month.draw(case_ref(1)) == first
    assert [entry.case for entry in month.written("sample.ticket")] == [case_ref(1)]


def test_a_case_is_drawn_in_the_stratum_that_was_proposed(month: Month) -> None:
    """Another stratum, with a lower rate say, cannot be chosen after the decision."""
    month.open(BIFALL, AVSLAG)
    ref = month.decided(1)
    with pytest.raises(DrawError, match="expected the stratum that was proposed, 'bifall', found 'avslag'"):
        month.draw(ref, "avslag")


def test_nothing_is_drawn_before_the_decision(month: Month) -> None:
    """There is no question about a case that the robot has not decided."""
    month.open()
    month.append(case_ref(1), "case.opened", {"process": LOG})
    with pytest.raises(DrawError, match="decide first"):
        month.draw(case_ref(1))


def test_the_key_cannot_change_within_a_period(month: Month) -> None:
    """Another key than the committed one is refused; a new period may have a new key."""
    month.open()
    other = Month(month.session, month.house, key=bytes(32))
    with pytest.raises(DrawError, match="put the right key file back") as caught:
        other.open()
    assert period_key(bytes(32), LOG, PERIOD).hex()[:16] not in str(caught.value)
    other.open(period="2026-12")
    other.keeper.close()


def test_the_rate_rises_within_a_period_and_falls_only_from_the_next(month: Month) -> None:
    """A raised rate is a new plan; a lower one stands in the chain until the next period begins with it."""
    month.open(replace(BIFALL, rate=Fraction(1, 20)))
    change_rate(month.scribe, month.period, "bifall", Fraction(1, 5), cause="first_error", figures={"fel": "1"})
    month.open(replace(BIFALL, rate=Fraction(1, 20)))
    assert month.period.strata["bifall"].rate == Fraction(1, 5)
    change_rate(month.scribe, month.period, "bifall", Fraction(1, 10), cause="calm", figures={})
    assert month.period.strata["bifall"].rate == Fraction(1, 5)
    assert [entry.body["effective"] for entry in month.written("rate.changed")] == ["now", "next"]
    assert month.open(replace(BIFALL, rate=Fraction(1, 20)), period="2026-12").strata["bifall"].rate == Fraction(1, 10)


def test_a_raised_rate_holds_until_it_is_lowered(month: Month) -> None:
    """The next period begins with the rate that the last one ended with, never below what the process wants."""
    month.open(replace(BIFALL, rate=Fraction(1, 20)))
    change_rate(month.scribe, month.period, "bifall", Fraction(1, 10), cause="first_error", figures={})
    later(month.house, 30)
    assert month.open(replace(BIFALL, rate=Fraction(1, 20)), period="2026-12").strata["bifall"].rate == Fraction(1, 10)
    assert month.open(replace(BIFALL, rate=Fraction(1, 4)), period="2027-01").strata["bifall"].rate == Fraction(1, 4)


def _work(engine: Engine, worker: int) -> int:
    """Draw six cases as a worker does, running each transaction again after a conflict; returns the conflicts."""
    house, conflicts = House(seed=worker), 0
    todo = [worker * 100 + number for number in range(6)]
    while todo:
        with Session(engine) as session:
            month = Month(session, house)
            try:
                month.open()
                month.drawn(todo[0])
                session.commit()
                todo.pop(0)
            except JournalConflictError:
                conflicts += 1
            finally:
                month.keeper.close()
    return conflicts


def test_workers_that_start_a_period_together_commit_once(engine: Engine, house: House) -> None:
    """Four workers drawing at once leave one commitment, one plan and one ticket per case."""
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(_work, engine, worker) for worker in range(4)]:
            future.result()
    with Session(engine) as session:
        assert [entry.type for entry in house.journal.entries(session, CHAIN)] == ["sample.commit", "sample.plan"]
        tickets = session.scalars(select(EntryRow.case_ref).where(col(EntryRow.type) == "sample.ticket")).all()
        assert len(tickets) == len(set(tickets)) == 24
        assert check_all(session, house.vault).problems == ()


def test_the_threshold_of_a_stratum_is_its_rate() -> None:
    """A stratum's limit is the threshold of its rate."""
    assert AVSLAG.limit == threshold(Fraction(1, 3))
