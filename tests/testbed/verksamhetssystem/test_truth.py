"""The truth tells everything that is stored, and changes nothing; the seed refuses what the screens cannot show."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from testbed.verksamhetssystem.calculation import Content, IncomeRow, NormRow, summarise
from testbed.verksamhetssystem.money import from_ore, parse_amount, show_amount, to_ore
from testbed.verksamhetssystem.seed import seed
from tests.testbed.verksamhetssystem.ground import COUPLE, COUPLE_CONTENT, SINGLE, Ground
from tests.testbed.verksamhetssystem.visitor import Visitor, truth


def test_persons_come_with_household_and_cases(ground: Ground) -> None:
    """A person is told with household, payee, cases and the spans of jobbstimulans."""
    (person,) = truth(ground.truth_url, "/persons?personnummer=199006022397")
    assert [member["role"] for member in person["household"]] == ["Sökande", "Medsökande", "Barn"]
    assert person["cases"][0]["job_stimulus"] == [{"role": "Sökande", "first": "2024-09-01", "last": "2026-08-31"}]
    assert len(truth(ground.truth_url, "/persons")) == 2


def test_seeded_history_is_told_as_imported(ground: Ground) -> None:
    """What the seed stored is marked, so that a test can count what came after."""
    kinds = ("calculations", "decisions", "payments", "notes")
    assert truth(ground.truth_url, "/counts") == {kind: {"stored": 1, "imported": 1} for kind in kinds}
    (calculation,) = truth(ground.truth_url, "/calculations")
    assert calculation["content"]["incomes"][0] == {
        "type": "Lön efter skatt",
        "applicant": 999999,
        "co_applicant": 0,
    }
    assert (calculation["number"], calculation["receipt"], calculation["saved_by"]) == (
        "B-000001",
        "K-000001",
        "Konvertering",
    )
    (decision,) = truth(ground.truth_url, "/decisions")
    assert decision["amount"] == -calculation["summary"]["result"] == 1106001


def test_filters_leave_out_the_others(ground: Ground) -> None:
    """Person and month narrow every list; a month that is none is an error, not an empty answer."""
    for kind in ("calculations", "decisions", "payments"):
        assert len(truth(ground.truth_url, f"/{kind}?personnummer=199006022397&month=2025-08")) == 1
        assert truth(ground.truth_url, f"/{kind}?personnummer=19880209T050") == []
        assert truth(ground.truth_url, f"/{kind}?month=2025-09") == []
    assert Visitor(ground.truth_url).ask("GET", "/payments?month=september").status == 422


@pytest.mark.parametrize("path", ["/calculations", "/persons", "/counts"])
def test_the_truth_cannot_be_written(ground: Ground, path: str) -> None:
    """The truth has no way to change a record."""
    assert Visitor(ground.truth_url).ask("POST", path).status == 405


def test_a_seed_never_mixes_with_old_data(tmp_path: Path) -> None:
    """A database file that exists is refused."""
    at = datetime(2025, 8, 1, tzinfo=UTC)
    seed(tmp_path / "a.sqlite", [SINGLE], at=at)
    with pytest.raises(FileExistsError, match="give the case system a new file"):
        seed(tmp_path / "a.sqlite", [SINGLE], at=at)


def test_a_household_is_one_that_the_screens_can_show() -> None:
    """The person stands first in the household, and no two members share a name."""
    with pytest.raises(ValueError, match="put that member first"):
        replace(COUPLE, household=COUPLE.household[1:])
    with pytest.raises(ValueError, match="the same name"):
        replace(COUPLE, household=(*COUPLE.household, COUPLE.household[1]))


def test_days_never_cost_more_than_the_month() -> None:
    """A row with days counts days × whole-krona daily amount, at most the month's: 3790 × 12 / 365 = 124.6 → 125."""
    row = NormRow("A", "Barn 7-10 år", Decimal(3790))
    amounts = [replace(row, days=days).amount for days in (0, 15, 30, 31)]
    assert amounts == [Decimal(0), Decimal(1875), Decimal(3750), Decimal(3790)]


def test_jobbstimulans_is_a_quarter_of_each_ones_salary() -> None:
    """Only Lön efter skatt of a person with the checkbox is disregarded: 25 % of 333 is 83.25."""
    income = (IncomeRow("Lön efter skatt", Decimal(333), Decimal(1000)), IncomeRow("A-kassa", Decimal(500)))
    summary = summarise(Content(incomes=income, job_stimulus_applicant=True))
    assert summary.job_stimulus == Decimal("-83.25")
    assert summary.total == Decimal("1749.75")
    both = summarise(replace(Content(incomes=income), job_stimulus_applicant=True, job_stimulus_co_applicant=True))
    assert both.job_stimulus == Decimal("-333.25")


def test_the_columns_of_a_summary_add_up() -> None:
    """Income, jobbstimulans, norm and expenses make Summa; with special expenses it makes Resultat."""
    rows = [amount for _, amount in summarise(COUPLE_CONTENT).rows()]
    assert sum(rows[:4]) == rows[4]
    assert rows[4] + rows[5] == rows[6]


@pytest.mark.parametrize(
    ("text", "kronor"),
    [
        ("3 940,00", "3940"),
        ("3\u00a0940", "3940"),
        ("0,5", "0.50"),
        ("1234567,89", "1234567.89"),
        ("3.940,00", None),
        ("3940.00", None),
        ("39 40", None),
        ("-1", None),
        ("1,234", None),
        ("", None),
        ("1e3", None),
        ("٣", None),
    ],
)
def test_amounts_are_read_or_refused(text: str, kronor: str | None) -> None:
    """A Swedish amount is read exactly; anything else is refused, never guessed."""
    assert parse_amount(text) == (None if kronor is None else Decimal(kronor))


def test_amounts_are_whole_ore() -> None:
    """Öre and kronor go both ways; a fraction of an öre is an error; zero has no sign."""
    assert from_ore(to_ore(Decimal("-3940.05"))) == Decimal("-3940.05")
    assert [show_amount(Decimal(text)) for text in ("-0", "-1234567.5")] == ["0,00", "-1\u00a0234\u00a0567,50"]
    with pytest.raises(ValueError, match="round it where it is calculated"):
        to_ore(Decimal("0.001"))
