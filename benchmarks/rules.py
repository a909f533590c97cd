"""How fast the rules decide: whole decisions of ekonomiskt bistånd with the full finding tree, on one core."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from robot.definition import Definition, discover, load
from robot.definition.answer import read_given
from robot.rules import Fact, Known
from robot.steps.decide import Decide

MONTH = date(2025, 9, 1)
HOUSEHOLDS = 64
ROUNDS = 9
_ADULTS, _CHILDREN, _SHARED = Decimal(7050), (Decimal(3030), Decimal(3790)), Decimal(2010)


def run(seconds: float) -> dict[str, Any]:
    """Decide for about `seconds` seconds and return figures per second (medians of several rounds).

    The household has 2 adults, 2 children, 3 incomes and 4 costs; the amounts differ between decisions. `plain` is the
    same sums in plain Python without findings, in the same run; `ratio` is how many times longer the rules take.
    Raises ValueError when the two do not agree.
    """
    definition = load(discover()["ekonomiskt_bistand"])
    given = [_household(number) for number in range(HOUSEHOLDS)]
    month = Known(MONTH, "given")
    facts = [{definition.in_force_on: month, **read_given(definition, json.dumps(one))} for one in given]
    targets = _targets(definition)

    def decide(index: int) -> Any:
        return definition.book.evaluate(targets, facts[index], MONTH)

    def explain(index: int) -> Any:
        return definition.book.evaluate(targets, facts[index], MONTH).to_json()

    def plain(index: int) -> Decimal:
        return _plain(facts[index])

    for index in range(HOUSEHOLDS):
        found = decide(index)["bistand"].value
        if found != plain(index):
            raise ValueError(f"household {index}: the rules say {found}, plain Python says {plain(index)}")
    share = seconds / 3 / ROUNDS
    rates = {work.__name__: _rate(work, share) for work in (decide, explain, plain)}
    return {
        "decisions_per_second": round(rates["decide"]),
        "decisions_with_json_per_second": round(rates["explain"]),
        "plain_per_second": round(rates["plain"]),
        "ratio": round(rates["plain"] / rates["decide"], 2),
        "findings_per_decision": len(decide(0).findings),
        "month": MONTH.isoformat()[:7],
    }


def _targets(definition: Definition) -> tuple[str, ...]:
    step = next(step for step in definition.steps if isinstance(step, Decide))
    answer = definition.answer
    shown: Sequence[str] = () if answer is None else (*answer.values.values(), *answer.checks)
    return (step.decide, step.amount, *shown)


def _rate(work: Callable[[int], Any], seconds: float) -> float:
    """Median calls per second over the rounds."""
    rates = []
    for _ in range(ROUNDS):
        done, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            for index in range(HOUSEHOLDS):
                work(index)
            done += HOUSEHOLDS
        rates.append(done / spent)
    return statistics.median(rates)


def _household(number: int) -> dict[str, Any]:
    children = [{"alder": age, "lunch_hemma": True, "dagar": None} for age in (2, 8)]
    return {
        "hushall": {"vuxna": 2, "sambor": True, "personer_i_bostaden": None, "barn": children},
        "inkomster": [
            {"slag": "SALARY", "belopp": f"{7200 + 4 * number}.00", "person": 1},
            {"slag": "CHILD_ALLOWANCE", "belopp": "2650.00", "person": 1},
            {"slag": "HOUSING_ALLOWANCE", "belopp": f"{1900 + number}.50", "person": 2},
        ],
        "utgifter": [
            {"slag": "RENT", "belopp": f"{7900 + number}.00"},
            {"slag": "ELECTRICITY", "belopp": "412.00"},
            {"slag": "HOME_INSURANCE", "belopp": "129.00"},
        ],
        "sarskilda_utgifter": [{"slag": "MEDICINE", "belopp": "300.00"}],
        "jobbstimulans": {"1": True, "2": False},
    }


def _plain(facts: dict[str, Fact]) -> Decimal:
    values: dict[str, Any] = {name: fact.value for name, fact in facts.items()}  # type: ignore[union-attr] # all are known
    norm = _ADULTS + sum(_CHILDREN) + _SHARED
    incomes = sum((row.belopp for row in values["inkomster"]), Decimal(0))
    wages = sum((row.belopp for row in values["inkomster"] if row.slag == "SALARY" and row.person == 1), Decimal(0))
    costs = sum((row.belopp for row in values["utgifter"]), Decimal(0))
    special = sum((row.belopp for row in values["sarskilda_utgifter"]), Decimal(0))
    return max(Decimal(0), norm + costs + special - (incomes - wages * Decimal("0.25")))
