"""The draw, as it is journalled."""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from audit.errors import DrawError, JournalConflictError
from audit.log.check import check_all
from audit.log.entry import Entry
from audit.log.tables import EntryRow
from audit.stickprov.draw import Draw, draw
from audit.stickprov.ticket import key_commitment, period_key, threshold, ticket
from tests.audit.ground import ROBOT, House, case_ref

KEY = bytes(range(32))
LOG, PERIOD = "ekonomiskt_bistand", "2026-11"
CHAIN = f"stickprov-{LOG}-{PERIOD}"


def drawn(session: Session, house: House, number: int, **changes: Any) -> Draw:
    """Draw one case of the bifall stratum at one half."""
    arguments: dict[str, Any] = {
        "case": case_ref(number),
        "log": LOG,
        "period": PERIOD,
        "stratum": "bifall",
        "rate": Fraction(1, 2),
        "key": KEY,
        "actor": ROBOT,
    }
    return draw(house.journal, session, **(arguments | changes))


def written(session: Session, type_: str) -> list[Entry]:
    """Every entry of a type, in the order of the database."""
    rows = session.scalars(select(EntryRow.data).where(col(EntryRow.type) == type_).order_by(col(EntryRow.id)))
    return [Entry.parse(data) for data in rows]


def test_the_first_draw_of_a_period_commits_to_its_key(session: Session, house: House) -> None:
    """The hash of the period's key and the plan are journalled once, before any ticket, and the key itself never."""
    for number in range(5):
        drawn(session, house, number)
    chain = house.journal.entries(session, CHAIN)
    assert [entry.type for entry in chain] == ["sample.commit", "sample.plan"]
    secret = period_key(KEY, LOG, PERIOD)
    assert chain[0].body == {
        "log": LOG,
        "period": PERIOD,
        "method": "stickprov/v1",
        "commitment": key_commitment(secret),
    }
    assert chain[1].body == {"lane": "random", "stratum": "bifall", "rate": "1/2", "threshold": "8000000000000000"}
    everything = b"".join(session.scalars(select(EntryRow.data)))
    assert secret.hex().encode() not in everything
    assert KEY.hex().encode() not in everything
    assert check_all(session, house.vault).problems == ()


def test_every_pick_and_non_pick_can_be_recomputed_from_the_revealed_key(session: Session, house: House) -> None:
    """With the period's key, each case's ticket and outcome follow from the journal alone."""
    outcomes = {case_ref(number): drawn(session, house, number, rate=Fraction(1, 3)) for number in range(60)}
    secret = period_key(KEY, LOG, PERIOD)
    assert key_commitment(secret) == written(session, "sample.commit")[0].body["commitment"]
    tickets = {entry.case: entry.body for entry in written(session, "sample.ticket")}
    assert tickets.keys() == outcomes.keys()
    for case, body in tickets.items():
        u = ticket(secret, LOG, PERIOD, case)
        assert int(body["u"], 16) == u == outcomes[case].u
        assert body["picked"] is (u < threshold(Fraction(body["probability"]))) is outcomes[case].picked
    assert {entry.case for entry in written(session, "sample.pick")} == {
        case for case, outcome in outcomes.items() if outcome.picked
    }
    assert 0 < len(written(session, "sample.pick")) < 60


def test_a_ticket_says_how_probable_the_pick_was(session: Session, house: House) -> None:
    """The ticket holds stratum, lane, u, threshold and probability exactly; the pick points at it."""
    outcome = drawn(session, house, 1, rate=Fraction(1))
    ticketed, picked = house.journal.entries(session, case_ref(1))
    assert outcome == Draw(picked=True, u=int(ticketed.body["u"], 16), threshold=2**64, probability=Fraction(1))
    assert ticketed.body == {
        "log": LOG,
        "period": PERIOD,
        "lane": "random",
        "stratum": "bifall",
        "u": f"{outcome.u:016x}",
        "threshold": "10000000000000000",
        "probability": "1",
        "picked": True,
    }
    assert (picked.type, picked.causes, picked.body) == ("sample.pick", (0,), {"lane": "random", "stratum": "bifall"})


def test_a_rate_of_nothing_picks_nobody_and_says_so(session: Session, house: House) -> None:
    """At rate 0 the ticket is still journalled, with probability 0."""
    assert not drawn(session, house, 1, rate=Fraction(0)).picked
    assert written(session, "sample.ticket")[0].body["probability"] == "0"


def test_a_case_keeps_its_ticket(session: Session, house: House) -> None:
    """Drawing a case again changes nothing, also at a raised rate: the ticket that stands is returned."""
    first = drawn(session, house, 1)
    drawn(session, house, 2, rate=Fraction(3, 4))
    assert drawn(session, house, 1, rate=Fraction(3, 4)) == first
    assert len(house.journal.entries(session, case_ref(1))) == 1 + first.picked


@pytest.mark.parametrize("change", [{"period": "2026-12"}, {"stratum": "avslag"}, {"log": "foreningsbidrag"}])
def test_a_case_cannot_get_a_second_ticket(session: Session, house: House, change: dict[str, str]) -> None:
    """Another period, stratum or log would be a second try for the same case: refused."""
    drawn(session, house, 1)
    with pytest.raises(
        DrawError, match=r"a case is drawn once: asked for .*, drawn already in ekonomiskt_bistand/2026-11"
    ):
        drawn(session, house, 1, **change)


def test_the_key_cannot_change_within_a_period(session: Session, house: House) -> None:
    """Another key than the committed one is refused, without a ticket; a new period may have a new key."""
    drawn(session, house, 1)
    with pytest.raises(DrawError, match="put the right key file back; a new key begins with a new period") as caught:
        drawn(session, house, 2, key=bytes(32))
    assert period_key(bytes(32), LOG, PERIOD).hex()[:16] not in str(caught.value)
    assert house.journal.entries(session, case_ref(2)) == []
    drawn(session, house, 2, key=bytes(32), period="2026-12")


def test_the_rate_rises_within_a_period_and_falls_only_from_the_next(session: Session, house: House) -> None:
    """A raised rate is a new plan entry; a lowered one is refused until the next period; strata are apart."""
    drawn(session, house, 1, rate=Fraction(1, 20))
    drawn(session, house, 2, rate=Fraction(1, 10))
    drawn(session, house, 3, rate=Fraction(1, 30), stratum="avslag")
    plans = [(entry.body["stratum"], entry.body["rate"]) for entry in written(session, "sample.plan")]
    assert plans == [("bifall", "1/20"), ("bifall", "1/10"), ("avslag", "1/30")]
    with pytest.raises(
        DrawError, match="expected a rate of at least 1/10, found 1/20: within a period a rate can rise"
    ):
        drawn(session, house, 4, rate=Fraction(1, 20))
    drawn(session, house, 4, rate=Fraction(1, 20), period="2026-12")


def test_a_raised_rate_keeps_every_earlier_pick(session: Session, house: House) -> None:
    """Tickets do not depend on the rate: what was picked at the lower rate is picked at the higher too."""
    low = [drawn(session, house, number, rate=Fraction(1, 10)) for number in range(40)]
    limit = threshold(Fraction(1, 5))
    assert all(outcome.u < limit for outcome in low if outcome.picked)


def _work(engine: Engine, worker: int) -> int:
    """Draw eight cases as a worker does, running each transaction again after a conflict; returns the conflicts."""
    house, conflicts = House(seed=worker), 0
    todo = [worker * 100 + number for number in range(8)]
    while todo:
        with Session(engine) as session:
            try:
                drawn(session, house, todo[0])
                session.commit()
                todo.pop(0)
            except JournalConflictError:
                conflicts += 1
    return conflicts


def test_workers_that_start_a_period_together_commit_once(engine: Engine, house: House) -> None:
    """Four workers drawing at once leave one commitment, one plan and one ticket per case."""
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(_work, engine, worker) for worker in range(4)]:
            future.result()
    with Session(engine) as session:
        assert [entry.type for entry in house.journal.entries(session, CHAIN)] == ["sample.commit", "sample.plan"]
        assert len(written(session, "sample.ticket")) == 32
        assert check_all(session, house.vault).problems == ()
