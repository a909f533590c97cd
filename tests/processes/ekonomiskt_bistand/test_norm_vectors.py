"""Shared regression cases of the norm, when they are at hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from robot.definition.document import Document
from tests.processes.ekonomiskt_bistand.example import Evaluate, Facts

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "riksnorm-regression.yaml"
# E05 is about unreadable register data, which the connectors refuse; F03 is older than the tables, 1993.
NOT_FOR_THE_CALCULATION = {"E05", "F03"}
FIRST_YEAR_WITH_TABLE = 2019


def _vectors() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        return []
    examples = Document.read(VECTORS.parent, VECTORS.name).data["examples"]
    return [example for example in examples if example["id"] not in NOT_FOR_THE_CALCULATION]


def _household(given: dict[str, Any]) -> Facts:
    children = [
        {"alder": int(child["age"]), "lunch_hemma": child.get("lunch_at_preschool") != "true"}
        for child in given.get("children", [])
    ]
    adults = int(given.get("adults", 1))
    shared = given.get("adult_in_household_of")
    return {
        "vuxna": adults,
        "sambor": adults == 2,
        "personer_i_bostaden": None if shared is None else int(shared),
        "barn": children,
    }


def _facts(given: dict[str, Any]) -> Facts:
    incomes = {
        "net_wage": "SALARY",
        "barnbidrag": "CHILD_ALLOWANCE",
        "bostadsbidrag": "HOUSING_ALLOWANCE",
        "income": "PENSION",
    }
    expenses = {"rent": "RENT", "expenses": "RENT", "electricity": "ELECTRICITY", "home_insurance": "HOME_INSURANCE"}
    household = {"adults": "1", "children": [{"age": "5"}]} if given.get("norm") == "8340" else given
    return {
        "hushall": _household(household),
        "inkomster": [{"slag": incomes[key], "belopp": given[key], "person": 1} for key in incomes if key in given],
        "utgifter": [{"slag": expenses[key], "belopp": given[key]} for key in expenses if key in given],
        "sarskilda_utgifter": [],
        "jobbstimulans": {"1": given.get("jobbstimulans") == "true", "2": False},
        "barns_arbetsinkomster": [given["child_own_work_income_year_to_date"]]
        if "child_own_work_income_year_to_date" in given
        else [],
    }


EXPECTED_AS = {
    "norm": "riksnorm",
    "own_norm": "riksnorm",
    "norm_plus_rent": "bistand",
    "counted_income": "raknade_inkomster",
    "sum": "summa",
    "carry_over": "summa",
    "counted_of_child_income": "barns_inkomst_over_prisbasbelopp",
}


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared regression cases are not beside this checkout")
@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["id"])
def test_shared_vectors(evaluate: Evaluate, vector: dict[str, Any]) -> None:
    """Every shared regression case that is about the calculation comes out as expected."""
    year = int(vector["year"])
    assert year >= FIRST_YEAR_WITH_TABLE
    wanted = {EXPECTED_AS[key]: value for key, value in vector["expected"].items() if key != "decision"}
    found = evaluate(["utfall", *wanted], _facts(vector["input"]), date(year, 9, 1))
    assert {name: found[name].value for name in wanted} == {name: Decimal(value) for name, value in wanted.items()}
    if vector["expected"].get("decision") == "refuse_to_human":
        assert found["utfall"].value == "avslag"
