"""Drift in what the robot approves: found when it is there, seldom when it is not."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from audit.log.entry import Actor
from audit.log.tables import EntryRow
from robot.engine.brake import Puller
from robot.engine.drift import AMOUNT, DAYS, SHARE, DriftWatch, Sample, _first_entry, _tails, measure
from robot.engine.scope import Scope
from tests.robot.engine.ground import PROCESS, Ground, application

EVA = Puller("eva", "Eva Exempel")
START = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)
RECENT, AT_LEAST = 50, 100


def drawn(count: int, seed: int, *, share: float = 0.6, level: float = 1.0) -> list[Sample]:
    """Proposals with amounts as skewed as people's, about 6 000 kr in the middle."""
    chance = random.Random(seed)
    samples = []
    for number in range(count):
        alone = chance.random() < share
        amount = int(level * chance.lognormvariate(13.2, 0.6)) if alone else None
        samples.append(Sample(START + timedelta(minutes=number), "ensam", alone, amount))
    return samples


def alarmed(samples: list[Sample], *, first: int, every: int = 10) -> bool:
    """Whether any look from ``first`` on, after each ``every`` samples, would pull the brake."""
    return any(
        measure(samples[max(0, end - 350) : end], recent=RECENT, at_least=AT_LEAST)
        for end in range(first, len(samples) + 1, every)
    )


@pytest.mark.parametrize("share", [0.6, 0.05, 0.97])
def test_a_process_that_does_not_drift_is_left_alone(share: float) -> None:
    """In 40 simulated months of 300 cases, looked at 31 times each, at most one brake is pulled falsely."""
    assert sum(alarmed(drawn(600, seed, share=share), first=300) for seed in range(40)) <= 1


@pytest.mark.parametrize(
    ("change", "code"),
    [({"share": 0.2}, SHARE), ({"share": 0.98}, SHARE), ({"level": 2.2}, AMOUNT), ({"level": 0.3}, AMOUNT)],
)
def test_a_real_change_is_found(change: dict[str, float], code: str) -> None:
    """A share or a level that has clearly moved is found within the newest fifty, in at least nineteen of twenty."""
    found = [measure(drawn(300, seed) + drawn(50, 900 + seed, **change), recent=50, at_least=100) for seed in range(20)]
    assert sum(alarm is not None for alarm in found) >= 19
    assert sum(alarm is not None and alarm.code == code for alarm in found) >= 18


def test_too_few_are_never_held_against_each_other() -> None:
    """Without enough newest or enough others nothing is said, however different they are."""
    none = [Sample(START, "ensam", False, None)]
    every = [Sample(START, "ensam", True, 100_000)]
    assert measure(every * 99 + none * 50, recent=50, at_least=100) is None
    assert measure(none * 49, recent=50, at_least=0) is None
    assert measure(every * 100 + none * 50, recent=50, at_least=100) is not None


def test_the_test_is_exact() -> None:
    """The tails are the hypergeometric distribution's: of 10 with 4 good, 3 drawn."""
    assert _tails(3, 3, 4, 10) == (Fraction(1), Fraction(1, 30))
    assert _tails(0, 3, 4, 10) == (Fraction(1, 6), Fraction(1))


def test_equal_amounts_do_not_drift_and_another_equal_amount_does() -> None:
    """A benefit of one fixed amount has no spread: any change of it is drift."""
    same = [Sample(START, None, True, 100_000)] * 150
    other = [Sample(START, None, True, 100_100)] * 50
    assert measure(same, recent=50, at_least=100) is None
    alarm = measure(same[:100] + other, recent=50, at_least=100)
    assert alarm is not None
    assert alarm.figures["medelbelopp nu"] == "1001 kr"


Write = Callable[..., None]


@pytest.fixture
def propose(ground: Ground) -> Write:
    """Writes proposals as the robot's decide step does, one a minute."""
    number = 0

    def write(
        count: int, *, alone: bool = True, stratum: str = "ensam", kind: Any = "robot", ore: int = 300_000
    ) -> None:
        nonlocal number
        for _ in range(count):
            number += 1
            ground.clock.advance(timedelta(minutes=1))
            body: dict[str, Any] = {
                "outcome": "bifall",
                "amount_ore": ore + number % 7 * 10_000,
                "reasons": [],
                "marks": [],
            }
            actor = Actor(kind=kind, id=PROCESS)
            with ground.house.database.write() as session:
                ground.house.ledger.journal.append(
                    session,
                    f"c_{number:032x}",
                    "decision.proposed",
                    actor=actor,
                    body={**body, "stratum": stratum, "alone": alone},
                )

    return write


def watch(ground: Ground) -> DriftWatch:
    """The watch as the scheduler has it, for small numbers."""
    house = ground.house
    return DriftWatch(house.database, house.brakes, ground.clock, recent=30, at_least=60)


def test_drift_pulls_the_stratum_and_says_why(ground: Ground, propose: Write) -> None:
    """When a check has gone silent the robot approves everything: its stratum is braked once, with the figures."""
    propose(40, stratum="par")
    propose(60, alone=False)
    propose(20)
    assert watch(ground).look() == 0
    propose(30)
    assert watch(ground).look() >= 1
    assert watch(ground).look() == 0
    by_scope = {one.scope: one for one in ground.house.brakes.pulled(PROCESS)}
    pulled = by_scope[Scope("stratum", "ensam")]
    assert (pulled.code, pulled.by, pulled.figures["andel nu"]) == (SHARE, "drift", "30 av 30")
    assert Scope("stratum", "par") not in by_scope
    ground.assert_whole()


def test_after_a_release_the_new_level_is_the_measure(ground: Ground, propose: Write) -> None:
    """Who lets go has judged the new level right, so the same level does not pull the brake again."""
    propose(60, alone=False)
    propose(30)
    assert watch(ground).look() == 2
    for scope in (Scope(), Scope("stratum", "ensam")):
        ground.house.brakes.release(PROCESS, scope, EVA, reason="Ett nytt register ger fler svar.")
    propose(90)
    assert watch(ground).look() == 0
    propose(30, alone=False)
    assert watch(ground).look() == 2


def test_only_the_robots_own_proposals_of_thirty_days_count(ground: Ground, propose: Write) -> None:
    """What a person has had recalculated, and what is older, says nothing about the robot of today."""
    propose(60, alone=False)
    ground.clock.advance(DAYS + timedelta(hours=2))
    propose(60, alone=False, kind="person")
    propose(40)
    assert watch(ground).look() == 0


def test_a_braked_case_counts_as_what_it_would_have_been(ground: Ground) -> None:
    """The brake itself does not look like drift: the proposal says that the robot would have decided."""
    ground.house.brakes.pull(PROCESS, Scope(), EVA, reason="Prov.")
    state = ground.handled(application())
    proposed = [
        one.entry.body for one in ground.house.ledger.recorded(state.ref) if one.entry.type == "decision.proposed"
    ]
    assert [(body["alone"], body["stratum"]) for body in proposed] == [(True, "ensam")]


def test_the_first_entry_of_a_time_is_found_by_halving(ground: Ground, propose: Write) -> None:
    """Every entry as young as asked for lies at or after the one that is found, and the search reads few."""
    propose(300)
    since = ground.clock.now() - timedelta(minutes=100)
    with ground.house.database.read() as session:
        first = _first_entry(session, since)
        earlier = session.execute(select(func.max(EntryRow.ts)).where(EntryRow.id < first)).scalar_one()  # type: ignore[arg-type, operator]  # SQLModel types columns as values
    assert datetime.fromisoformat(earlier) < since


def test_nothing_is_looked_at_when_it_is_turned_off(ground: Ground, propose: Write) -> None:
    """With recent 0 the watch never pulls."""
    propose(60, alone=False)
    propose(30)
    assert DriftWatch(ground.house.database, ground.house.brakes, ground.clock, recent=0, at_least=0).look() == 0
