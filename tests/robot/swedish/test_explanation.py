"""A decision is explained from the journal: data, rules, sum, and what would have given another decision."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from robot.engine.counterfactual import turning_points
from robot.engine.fold import fold
from robot.engine.house import House
from robot.engine.view import CaseView
from robot.rules import Known
from robot.swedish.explanation import Explanation, NothingToExplainError, explain, lines
from tests.desk import world

SUMS = ("raknade_inkomster", "godkanda_utgifter", "summa_sarskilda_utgifter")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[str, str]]]:
    """A house with cases in every state."""
    house = world.build(tmp_path_factory.mktemp("explained"))
    yield house, world.fill(house)
    house.close()


def explained(filled: tuple[House, dict[str, str]], name: str) -> tuple[Explanation, CaseView]:
    """The explanation of a case, and the case as the rules see it."""
    house, cases = filled
    recorded = house.ledger.recorded(cases[name])
    state = fold(recorded)
    definition = house.library.get(state.process, state.version)
    view = CaseView(definition, state, now=house.clock.now())
    return explain(definition, state, recorded, now=house.clock.now()), view


@pytest.mark.parametrize("name", ["decided", "avslag", "income"])
def test_every_turning_point_is_what_the_rules_answer(filled: tuple[House, dict[str, str]], name: str) -> None:
    """At the told sum the rules give the told outcome, and one öre nearer to the real sum they give the real one."""
    _, view = explained(filled, name)
    old = view.values(("utfall",))[0]["utfall"]
    points = turning_points(view, "utfall", SUMS)
    assert points
    for point in points:
        nearer = point.at + (Decimal("0.01") if point.was > point.at else Decimal("-0.01"))
        for value, wanted in ((point.at, point.outcome), (nearer, old)):
            facts = {**view.facts, point.name: Known(value, "tänkt värde")}
            found = view.definition.book.evaluate(("utfall",), facts, view.state.month)["utfall"].value
            assert (point.name, value, found) == (point.name, value, wanted)


def test_a_sum_that_cannot_change_the_outcome_is_not_told(filled: tuple[House, dict[str, str]]) -> None:
    """With no income and approved, fewer expenses down to zero still leave the norm: only the income is told."""
    _, view = explained(filled, "decided")
    assert [point.name for point in turning_points(view, "utfall", SUMS)] == ["raknade_inkomster"]


def test_the_text_names_every_source_and_paragraph(filled: tuple[House, dict[str, str]]) -> None:
    """Each piece of data has its register and time, each rule its paragraph, and the sum is the decision's."""
    found, view = explained(filled, "decided")
    text = "\n".join(lines(found))
    assert view.state.decision is not None
    assert "Beslut: bifall, 10\u00a0842\u00a0kr." in text
    assert "Skyddade personuppgifter (Skatteverket, 16 september 2025 kl. 08.00)" in text
    assert all(rule.law for rule in found.rules)
    assert "hade beslutet blivit avslag" in text


def test_what_is_not_calculated_is_not_explained(filled: tuple[House, dict[str, str]]) -> None:
    """A case without a proposal has no explanation, and says so."""
    with pytest.raises(NothingToExplainError, match="inte beräknat än"):
        explained(filled, "unbegun")
