"""The scenario's own arithmetic, against amounts worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from testbed.scenario.draft import Row
from testbed.scenario.expected import counted_income, deficit, norm_total, reasons_of_the_month
from testbed.scenario.people import Child

SEPTEMBER = date(2025, 9, 1)


def child(years: int, *, lunch_at_home: bool = True) -> Child:
    """A child of that age in September 2025."""
    return Child("Barn", "Exempel", date(2025 - years, 8, 1), lunch_at_home)


def test_one_adult() -> None:
    """2025: 3 910 + 1 270 = 5 180; rent 5 000 and no income give 10 180."""
    assert norm_total(SEPTEMBER, adults=1, children=(), living_in_home=None) == 5180
    found = deficit(month=SEPTEMBER, adults=1, children=(), living_in_home=None, income=Decimal(0), costs=Decimal(5000))
    assert found == 10180


def test_a_family() -> None:
    """2025: 7 050 + 2 700 (4-6) + 4 350 (11-14) is not enough: 3 030 for 4-6; with 2 010 for four it is 16 440."""
    children = (child(5), child(12))
    assert norm_total(SEPTEMBER, adults=2, children=children, living_in_home=None) == 7050 + 3030 + 4350 + 2010


def test_the_column_without_lunch() -> None:
    """2025: a child of 4-6 years without lunch at home is 2 700, and of 7 years 3 790 whatever the lunch."""
    alone = norm_total(SEPTEMBER, adults=1, children=(), living_in_home=None)
    small = norm_total(SEPTEMBER, adults=1, children=(child(5, lunch_at_home=False),), living_in_home=None)
    school = norm_total(SEPTEMBER, adults=1, children=(child(7, lunch_at_home=False),), living_in_home=None)
    assert small - alone == 2700 + 1400 - 1270
    assert school - alone == 3790 + 1400 - 1270


@pytest.mark.parametrize(("year", "living", "shared"), [(2025, 3, 590), (2025, 4, 503), (2025, 2, 700), (2024, 3, 573)])
def test_a_shared_home(year: int, living: int, shared: int) -> None:
    """One of n persons pays shared[n] / n in whole kronor, half up: 1770/3, 2010/4 = 502.5, 1400/2, 1720/3 = 573.3."""
    single = {2024: 3800, 2025: 3910}[year]
    assert norm_total(date(year, 9, 1), adults=1, children=(), living_in_home=living) == single + shared


def test_more_than_seven_members() -> None:
    """Each member after the seventh adds shared[7] - shared[6]: eight in 2025 is 2 810 + 190."""
    children = tuple(child(8) for _ in range(6))
    assert norm_total(SEPTEMBER, adults=2, children=children, living_in_home=None) == 7050 + 6 * 3790 + 3000


def test_job_stimulus() -> None:
    """A fourth of the applicant's wage does not count, to the öre; other incomes and other persons count whole."""
    rows = [Row("SALARY", Decimal(333)), Row("SALARY", Decimal(400), 2), Row("HOUSING_ALLOWANCE", Decimal(100))]
    assert counted_income(rows, stimulus=True) == Decimal("749.75")
    assert counted_income(rows, stimulus=False) == 833


@pytest.mark.parametrize(
    ("month", "lunch_at_home", "reasons"),
    [
        ("2025-09-01", False, set()),
        ("2024-09-01", True, set()),
        ("2024-09-01", False, {"norm_faststalld"}),
        ("2022-09-01", True, {"belopp_saknas"}),
        ("2022-09-01", False, {"belopp_saknas", "norm_faststalld"}),
        ("2020-09-01", False, {"belopp_saknas"}),
        ("2026-09-01", True, {"norm_faststalld"}),
        ("2026-10-01", True, {"norm_faststalld", "aktivitetskrav_ej_tillampligt"}),
        ("2027-01-01", True, {"belopp_saknas"}),
    ],
)
def test_months_that_a_person_must_take(month: str, lunch_at_home: bool, reasons: set[str]) -> None:
    """A month without a confirmed norm, or with a law that is not confirmed, is nobody's but a person's."""
    assert reasons_of_the_month(date.fromisoformat(month), [child(5, lunch_at_home=lunch_at_home)]) == reasons
