"""What a fill never writes: a decision that is not the rules' own."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from robot.engine.case import CaseState, Decision
from robot.engine.view import CaseView
from robot.steps.fill import _decided_otherwise
from tests.robot.engine.ground import Ground, application, build


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A house on SQLite."""
    made_for_it = build(tmp_path)
    yield made_for_it
    made_for_it.house.close()


@pytest.fixture
def decided(ground: Ground) -> CaseState:
    """A case that the robot has decided: bifall, 4 000 kronor."""
    return ground.handled(application())


def codes(ground: Ground, state: CaseState) -> list[str]:
    """Why a screen would not be written."""
    definition = ground.house.library.current(state.process)
    return [reason.code for reason in _decided_otherwise(CaseView(definition, state, now=ground.clock.now()))]


def made(state: CaseState) -> Decision:
    """The decision that was made."""
    assert state.decision is not None
    return state.decision


def test_the_rules_own_decision_is_written(ground: Ground, decided: CaseState) -> None:
    """Whoever decided it: the figures on the screens are the ones that the rules give."""
    assert codes(ground, decided) == []
    assert codes(ground, replace(decided, decision=replace(made(decided), by="anna"))) == []
    assert codes(ground, replace(decided, decision=None)) == []


@pytest.mark.parametrize(("outcome", "amount"), [("bifall", "3999.00"), ("avslag", "0"), ("avslag", "4000.00")])
def test_a_decision_that_differs_is_a_persons_to_write(
    ground: Ground, decided: CaseState, outcome: str, amount: str
) -> None:
    """Another outcome or another amount than the rules' would stand beside a calculation that does not lead to it."""
    other = replace(made(decided), outcome=outcome, amount=Decimal(amount))
    assert codes(ground, replace(decided, decision=other)) == ["beslut_avviker"]
