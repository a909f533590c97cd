"""A small seeded case system with two persons, and the values that the rules would give for one of them."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from robot.definition.document import Document
from robot.gui.screen import ScreenFile
from testbed.verksamhetssystem.calculation import Content, ExpenseRow, IncomeRow, NormRow
from testbed.verksamhetssystem.faults import Faults
from testbed.verksamhetssystem.records import JobStimulus, Member
from testbed.verksamhetssystem.seed import Case, EarlierCalculation, EarlierDecision, Person

NOW = datetime(2025, 9, 22, 8, 0, tzinfo=UTC)
SCREENS = Path("processes/ekonomiskt_bistand/screens").absolute()
PERSON, OTHER = "199006022397", "199107172380"
NAME, CHILD = "Astrid Exempel", "Bo Exempel"
REFERENCE = "EB-2025-09-0001"


@dataclass(frozen=True)
class Norm:
    """A household row to write."""

    person: str
    norm: str
    manadsbelopp: Decimal
    dagar: int | None


@dataclass(frozen=True)
class Income:
    """An income row to write."""

    typ: str
    sokande: Decimal
    medsokande: Decimal


@dataclass(frozen=True)
class Expense:
    """An expense row to write."""

    typ: str
    ansokt: Decimal
    godkant: Decimal


@dataclass(frozen=True)
class Town:
    """The running case system: its address, its seeded database and the one in use, and its faults."""

    url: str
    template: Path
    database: Path
    faults: Faults

    def start_over(self) -> None:
        """Everything as it was seeded, without faults. Sessions live on: they are the app's own."""
        self.faults.replace([])
        with closing(sqlite3.connect(self.template)) as source, closing(sqlite3.connect(self.database)) as target:
            source.backup(target)

    def stored(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table that were not there from the start."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(f"SELECT * FROM {table} WHERE imported = 0").fetchall()  # noqa: S608 - a test's own word
        return [dict(row) for row in rows]

    def finals(self) -> list[dict[str, Any]]:
        """The new calculations that are locked."""
        return [row for row in self.stored("calculations") if row["status"] == "Slutlig"]


def kr(amount: str) -> Decimal:
    """Kronor."""
    return Decimal(amount)


VALUES: dict[str, Any] = {
    "sokande_personnummer": PERSON,
    "arendenummer": "EB-1001",
    "kontrollmanad": "2025-08",
    "manad": date(2025, 9, 1),
    "period_fran": date(2025, 9, 1),
    "period_till": date(2025, 9, 30),
    "antal_i_hushallet": 2,
    "gemensamma_kostnader": kr("1400"),
    "normrader": (
        Norm(NAME, "Ensamstående", kr("3940"), None),
        Norm(CHILD, "Barn 7-10 år", kr("3650"), 14),
    ),
    "jobbstimulans_sokande": True,
    "jobbstimulans_medsokande": False,
    "inkomstrader": (
        Income("Lön efter skatt", kr("1250.50"), kr("0")),
        Income("Barnbidrag/Flerbarnstillägg", kr("1250"), kr("0")),
    ),
    "utgiftsrader": (Expense("Boendekostnad", kr("6500"), kr("6500")), Expense("Hemförsäkring", kr("120"), kr("120"))),
    "sarskilda_rader": (Expense("Medicin", kr("85.50"), kr("85.50")),),
    # 14 days of the child: round(3 650 × 12 / 365) = 120 kr, 14 × 120 = 1 680
    "visad_jobbstimulans": kr("-312.63"),
    "visad_norm": kr("-7020"),
    "visade_utgifter": kr("-6620"),
    "summa": kr("-11452.13"),
    "visade_sarskilda_utgifter": kr("-85.50"),
    "resultat": kr("-11537.63"),
    "beslutstyp": "Bifall",
    "beslutsdag": date(2025, 9, 22),
    "bistand": kr("11537.63"),
    "beslutsorsak": "Arbetslös, otillräcklig ersättning/stöd",
    "beslutsfattare": "Automatiserad beslutsfunktion",
    "beslutstext": f"Ekonomiskt bistånd beviljas med 11 537,63 kr för september 2025. Referens {REFERENCE}.",
    "beslutsreferens": REFERENCE,
    "utbetalningsdag": date(2025, 9, 25),
    "journalrubrik": "Beslut om ekonomiskt bistånd för september 2025",
    "journaltext": f"Bifall med 11 537,63 kr för september 2025. Referens {REFERENCE}.",
}

_EARLIER = Content(
    norm_rows=(NormRow(NAME, "Ensamstående", kr("3940")), NormRow(CHILD, "Barn 7-10 år", kr("3650"))),
    members=2,
    shared=kr("1400"),
    incomes=(IncomeRow("Barnbidrag/Flerbarnstillägg", kr("1250")),),
    expenses=(ExpenseRow("Boendekostnad", kr("6500"), kr("6500")),),
)


def persons() -> list[Person]:
    """Astrid with a child and last month's calculation, and somebody else without any."""
    household = (
        Member(NAME, date(1990, 6, 2), "Sökande", PERSON),
        Member(CHILD, date(2016, 5, 4), "Barn"),
    )
    case = Case(
        "EB-1001",
        date(2025, 3, 1),
        job_stimulus=(JobStimulus("Sökande", date(2025, 6, 1), date(2027, 5, 31)),),
        calculations=(
            EarlierCalculation(date(2025, 8, 1), _EARLIER, decision=EarlierDecision(date(2025, 8, 20))),
            EarlierCalculation(date(2025, 7, 1), _EARLIER),
        ),
    )
    other = Member("Cecilia Exempel", date(1991, 7, 17), "Sökande", OTHER)
    return [
        Person(PERSON, NAME, "Provgatan 1, 200 00 Exempelstad", "Bankkonto i Sparbanken", household, (case,)),
        Person(
            OTHER, other.name, "Provgatan 2, 200 00 Exempelstad", "Avi", (other,), (Case("EB-1002", date(2025, 8, 1)),)
        ),
    ]


def screen(name: str) -> ScreenFile:
    """A screen file of ekonomiskt bistånd."""
    return ScreenFile.model_validate(Document.read(SCREENS, f"{name}.yaml").data)
