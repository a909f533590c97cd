"""Socialakten stores what it is given, once, and only for who has seen the newest."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from testbed.scenario.numbers import published
from testbed.socialakten.forms import RefusedError, calculation_month, decision_month, sums
from testbed.socialakten.store import CALCULATION, ChangedMeanwhileError, Store
from testbed.verksamhetssystem.records import Member
from testbed.verksamhetssystem.seed import Case, Person

NOW = datetime(2025, 9, 2, 8, tzinfo=UTC)
TYPED = {"fran": "2025-09-01", "till": "2025-09-30", "storlek": "1", "gemensamt": "1 250,50", "normrader": []}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one person and one akt."""
    number = published()[0]
    member = Member("Sol Ek", date(1990, 1, 1), "Sökande", number)
    case = Case("EB-1", date(2025, 1, 1))
    person = Person(number, "Sol Ek", "Gatan 1", "Bankkonto", (member,), (case,))
    return Store.seeded(tmp_path / "akten.sqlite", [person])


def test_who_has_not_seen_the_newest_cannot_save(store: Store) -> None:
    """A save from a page opened before somebody else saved is refused, and nothing of it is stored."""
    store.save("EB-1", CALCULATION, "2025-09", TYPED, version=1, at=NOW, by="robot")
    with pytest.raises(ChangedMeanwhileError):
        store.save("EB-1", CALCULATION, "2025-09", TYPED, version=1, at=NOW, by="handlaggare")
    assert [record["by"] for record in store.records("EB-1")] == ["robot"]


def test_the_system_adds_up_by_itself() -> None:
    """The sums follow from what was typed, not from what the robot says they are."""
    row = {"namn": "Sol Ek", "normgrupp": "Ensamstående", "belopp": "3 940"}
    assert sums(TYPED | {"normrader": [row]})["Slutsumma"] == "-5\u00a0190,50"


@pytest.mark.parametrize(("name", "value"), [("till", "2025-09-29"), ("fran", "1 sept"), ("gemensamt", "tolv")])
def test_a_calculation_that_cannot_be_read_is_refused(name: str, value: str) -> None:
    """A month that is not whole, a day or an amount in another form names its field."""
    with pytest.raises(RefusedError) as refused:
        calculation_month(TYPED | {name: value})
    assert list(refused.value.faults) == [name]


def test_a_decision_must_be_confirmed() -> None:
    """Without the tick that everything was checked a decision is refused."""
    typed = {"utfall": "Bifall", "orsak": "Övriga skäl", "motivering": "x", "kontrollerat": False}
    with pytest.raises(RefusedError) as refused:
        decision_month(typed)
    assert list(refused.value.faults) == ["kontrollerat"]
