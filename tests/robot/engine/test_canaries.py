"""Canaries: known-wrong cases that measure reviewers and nothing else."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from audit.stickprov.canary import canary_commitment
from robot.engine.canaries import Canaries, Canary, measured
from robot.engine.case import CaseState
from robot.engine.review import ReviewError
from robot.engine.sample_figures import records, reviewed
from robot.engine.sample_reviews import Answer
from robot.engine.sampling import BlindCase
from testbed.scenario.numbers import published
from tests.robot.engine.ground import CLEAR, PROCESS
from tests.robot.engine.sampled import BO, DAN, PERIOD, Sampled, sampled

FACTS = {
    "ansokan": {
        "manad": "2025-09",
        "personnummer": published()[50],
        "adress": "Provgatan 50",
        "inkomst": "1000.00",
        "personer": 2,
    },
    "skydd": CLEAR,
    "folkbokforing": {"Kommunkod": "9999"},
}
WRONG = Canary("2025-09", FACTS, "bifall", 910_000, "bifall", 900_000)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Sampled]:
    """A house with an open month and one picked case."""
    made = sampled(tmp_path)
    made.couple()
    yield made
    made.ground.house.close()


def canaries(house: Sampled) -> Canaries:
    """The house's canaries."""
    return Canaries(house.ground.house.ledger, house.ground.house.library, house.periods.drawing)


def test_a_canary_looks_like_a_case_and_counts_nowhere(house: Sampled) -> None:
    """It is committed to before, stands among the random reviews, shows its wrong decision, and is in no rate."""
    ref = canaries(house).plant(PROCESS, WRONG, DAN)
    reviews = house.ground.house.sample_reviews
    with house.ground.house.database.read() as session:
        work = reviews.work(session, BO)
    assert len(work) == 2
    assert ref in {one.case_ref for one in work}
    assert not any("canary" in repr(one) for one in work)
    shown = reviews.open(ref, "random-1", BO)
    assert isinstance(shown, CaseState)
    assert shown.decision is not None
    assert shown.decision.amount == Decimal(9100)
    state = reviews.answer(ref, "random-1", BO, Answer("bifall", Decimal(9000), cause="inkomst"))
    found = state.tasks["random-1"].found
    assert found is not None
    assert (found.kind, found.difference_ore) == ("wrong_amount", 10_000)
    revealed = house.entries(ref, "canary.revealed")[0].body
    assert house.chain("sample.canary")[0].body["commitment"] == canary_commitment(
        ref, revealed["nonce"], revealed["truth"]
    )
    with house.ground.house.database.read() as session:
        assert (measured(session, PROCESS, PERIOD).shown, measured(session, PROCESS, PERIOD).seen) == (1, 1)
        assert reviewed(session, PROCESS) == []
        period = asyncio.run(house.periods.open(PROCESS))
        counted = records(house.ground.house.ledger.journal, session, period, house.ground.clock.now())
    assert len(counted) == 1
    assert not any(row.ref == ref for row in house.ground.cases())
    house.ground.assert_whole()


def test_a_blind_canary_shows_no_decision(house: Sampled) -> None:
    """A blind reviewer gets its facts only; who does not see the error is counted so."""
    ref = canaries(house).plant(PROCESS, replace(WRONG, blind=True), DAN)
    reviews = house.ground.house.sample_reviews
    shown = reviews.open(ref, "random-1", BO)
    assert isinstance(shown, BlindCase)
    assert "9100" not in repr(shown)
    assert "910000" not in repr(shown)
    reviews.answer(ref, "random-1", BO, Answer("bifall", Decimal(9100)))
    with house.ground.house.database.read() as session:
        assert (measured(session, PROCESS, PERIOD).shown, measured(session, PROCESS, PERIOD).seen) == (1, 0)


def test_only_wrong_cases_are_canaries(house: Sampled) -> None:
    """A right decision, an unknown fact or a value of the wrong form is refused."""
    planter = canaries(house)
    for canary, why in (
        (replace(WRONG, shown_ore=900_000), "Det som visas ska vara fel"),
        (replace(WRONG, facts={"okand": 1}), "ingen uppgift som heter okand"),
        (replace(WRONG, facts={**FACTS, "ansokan": "nej"}), "inte den form"),
    ):
        with pytest.raises(ReviewError, match=why):
            planter.plant(PROCESS, canary, DAN)
