"""The persons that the tests of the case system know, and a running system with its truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from audit.clock import ManualClock
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.calculation import Content, ExpenseRow, IncomeRow, NormRow
from testbed.verksamhetssystem.faults import Faults
from testbed.verksamhetssystem.records import JobStimulus, Member
from testbed.verksamhetssystem.seed import (
    Case,
    EarlierCalculation,
    EarlierDecision,
    EarlierNote,
    EarlierPayment,
    Person,
)
from testbed.verksamhetssystem.seed import seed as seed_system
from testbed.verksamhetssystem.truth import build_truth_app

NOW = datetime(2025, 8, 27, 10, 0, tzinfo=UTC)  # a Wednesday
ANNA, BO, CILLA = "Anna Exempel", "Bo Exempel", "Cilla Exempel"

COUPLE_CONTENT = Content(
    norm_rows=(
        NormRow(ANNA, "Sambor", Decimal(3525)),
        NormRow(BO, "Sambor", Decimal(3525)),
        NormRow(CILLA, "Barn 7-10 år", Decimal(3790)),
    ),
    members=3,
    shared=Decimal(1770),
    incomes=(
        IncomeRow("Lön efter skatt", Decimal("9999.99")),
        IncomeRow("Barnbidrag/Flerbarnstillägg", Decimal(1250)),
    ),
    job_stimulus_applicant=True,
    expenses=(ExpenseRow("Boendekostnad", Decimal(7000), Decimal(7000)),),
    special_expenses=(ExpenseRow("Medicin", Decimal(250), Decimal(200)),),
)

COUPLE = Person(
    "199006022397",
    ANNA,
    "Provgatan 1, 123 45 Provstad",
    "Bankkonto 0000-0 000 000 0, Anna Exempel",
    (
        Member(ANNA, date(1990, 6, 2), "Sökande", "199006022397"),
        Member(BO, date(1991, 7, 17), "Medsökande", "199107172380"),
        Member(CILLA, date(2016, 1, 1), "Barn"),
    ),
    (
        Case(
            "EB-1001",
            date(2024, 2, 1),
            job_stimulus=(JobStimulus("Sökande", date(2024, 9, 1), date(2026, 8, 31)),),
            calculations=(
                EarlierCalculation(
                    date(2025, 8, 1),
                    COUPLE_CONTENT,
                    decision=EarlierDecision(
                        date(2025, 7, 28), payments=(EarlierPayment(Decimal(100), date(2025, 7, 30)),)
                    ),
                ),
            ),
            notes=(EarlierNote("Besök", "Samtal om sommaren.", datetime(2025, 7, 1, 9, tzinfo=UTC)),),
        ),
    ),
)

SINGLE = Person(
    "19880209T050",
    "Doris Exempel",
    "Provgatan 2, 123 45 Provstad",
    "Bankgiro 000-0000",
    (Member("Doris Exempel", date(1988, 2, 9), "Sökande"),),
    (Case("EB-1002", date(2025, 1, 7)),),
)


@dataclass(frozen=True)
class Ground:
    """A running case system: its address, the address of its truth, its clock and its faults."""

    url: str
    truth_url: str
    database: Path
    clock: ManualClock
    faults: Faults

    def again(self) -> None:
        """As it was at first: seeded data, the time NOW, no faults."""
        for file in self.database.parent.glob(f"{self.database.name}*"):
            file.unlink()
        seed_system(self.database, [COUPLE, SINGLE], at=datetime(2025, 8, 1, tzinfo=UTC))
        self.clock.advance(NOW - self.clock.now())
        self.faults.replace([])


@contextmanager
def running(folder: Path) -> Iterator[Ground]:
    """A case system with the couple and the single person; its sessions last 20 minutes."""
    database, clock, faults = folder / "verksamhetssystem.sqlite", ManualClock(NOW), Faults()
    app = build_app(database, clock=clock, session_minutes=20, faults=faults)
    truth = build_truth_app(database, faults=faults)
    with Server(app, name="verksamhetssystem") as system, Server(truth, name="truth") as told:
        yield Ground(system.url, told.url, database, clock, faults)
