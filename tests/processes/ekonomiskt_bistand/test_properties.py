"""What must hold for every household, income and expense."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from processes.ekonomiskt_bistand.katalog import INKOMSTTYPER, SARSKILDA_UTGIFTSTYPER, UTGIFTSTYPER
from robot.definition import load
from robot.definition.load import PROCESSES
from robot.rules import Known

BOOK = load(PROCESSES / "ekonomiskt_bistand").book
MONTH = date(2025, 9, 1)

amounts = some.integers(0, 3_000_000).map(lambda ore: f"{Decimal(ore) / 100:.2f}")
adults = some.integers(1, 2)
children = some.lists(
    some.fixed_dictionaries(
        {"alder": some.integers(0, 20), "lunch_hemma": some.booleans(), "dagar": some.none() | some.integers(0, 30)}
    ),
    max_size=9,
)
kinds_of_income = some.sampled_from(sorted(INKOMSTTYPER))


@some.composite
def cases(draw: some.DrawFn) -> dict[str, Any]:
    """The pure facts of a household that the law answers."""
    count = draw(adults)
    persons = some.integers(1, count)
    income = some.fixed_dictionaries({"slag": kinds_of_income, "belopp": amounts, "person": persons})
    return {
        "hushall": {"vuxna": count, "sambor": count == 2, "personer_i_bostaden": None, "barn": draw(children)},
        "inkomster": draw(some.lists(income, max_size=6)),
        "utgifter": draw(_expenses(UTGIFTSTYPER)),
        "sarskilda_utgifter": draw(_expenses(SARSKILDA_UTGIFTSTYPER)),
        "jobbstimulans": {"1": draw(some.booleans()), "2": draw(some.booleans())},
    }


def _expenses(kinds: Mapping[str, str]) -> some.SearchStrategy[list[dict[str, Any]]]:
    one = some.fixed_dictionaries({"slag": some.sampled_from(sorted(kinds)), "belopp": amounts})
    return some.lists(one, max_size=5)


def _work_out(facts: dict[str, Any], *names: str) -> dict[str, Decimal]:
    known = {name: Known(BOOK.facts[name].from_json(value), "test") for name, value in facts.items()}
    found = BOOK.evaluate(names, {"manad": Known(MONTH, "test"), **known}, MONTH)
    assert all(found[name].determined for name in names)
    return {name: found[name].value for name in names}


@settings(max_examples=60, deadline=None)
@given(case=cases())
def test_sums_hold(case: dict[str, Any]) -> None:
    """The result is incomes minus norm minus expenses minus special expenses, and bistånd is exactly its deficit."""
    found = _work_out(
        case, "raknade_inkomster", "riksnorm", "godkanda_utgifter", "summa_sarskilda_utgifter", "resultat", "bistand"
    )
    costs = found["riksnorm"] + found["godkanda_utgifter"] + found["summa_sarskilda_utgifter"]
    assert found["resultat"] == found["raknade_inkomster"] - costs
    assert found["bistand"] == max(Decimal(0), -found["resultat"])
    assert found["bistand"] == found["bistand"].quantize(Decimal("0.01"))


@settings(max_examples=60, deadline=None)
@given(case=cases(), kind=kinds_of_income, amount=amounts)
def test_more_income_never_gives_more(case: dict[str, Any], kind: str, amount: str) -> None:
    """One more income never raises the bistånd, whatever it is."""
    richer = {**case, "inkomster": [*case["inkomster"], {"slag": kind, "belopp": amount, "person": 1}]}
    assert _work_out(richer, "bistand")["bistand"] <= _work_out(case, "bistand")["bistand"]


@settings(max_examples=60, deadline=None)
@given(case=cases(), age=some.integers(0, 20))
def test_one_more_child_never_gives_less(case: dict[str, Any], age: int) -> None:
    """A child more in the household never lowers the norm."""
    household = {**case["hushall"], "barn": [*case["hushall"]["barn"], {"alder": age}]}
    assert _work_out({**case, "hushall": household}, "riksnorm")["riksnorm"] > _work_out(case, "riksnorm")["riksnorm"]


@settings(max_examples=60, deadline=None)
@given(case=cases(), days=some.integers(0, 29))
def test_more_days_never_give_less(case: dict[str, Any], days: int) -> None:
    """A day more with the child never lowers the child's part, and never gives more than the whole month."""

    def norm(count: int | None) -> Decimal:
        barn = [{"alder": 8, "dagar": count}]
        facts = {**case, "hushall": {**case["hushall"], "barn": barn}}
        return _work_out(facts, "personliga_kostnader")["personliga_kostnader"]

    assert norm(days) <= norm(days + 1) <= norm(None)
