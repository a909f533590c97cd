"""The cases of the GUI measurements: who they are in the case system, and what is typed into a calculation for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from robot.definition.document import Document
from robot.definition.load import PROCESSES
from robot.gui.screen import ScreenFile
from testbed.scenario.numbers import published
from testbed.verksamhetssystem.calculation import last_day
from testbed.verksamhetssystem.records import Member
from testbed.verksamhetssystem.seed import Case, Person

NOW = datetime(2025, 9, 22, 8, 0, tzinfo=UTC)
MONTHS = 24
ROWS: Mapping[str, Any] = {
    "inkomstrader": (
        {"typ": "Lön efter skatt", "sokande": Decimal("1250.50"), "medsokande": Decimal(0)},
        {"typ": "Barnbidrag/Flerbarnstillägg", "sokande": Decimal(1250), "medsokande": Decimal(0)},
    ),
    "utgiftsrader": (
        {"typ": "Boendekostnad", "ansokt": Decimal(6500), "godkant": Decimal(6500)},
        {"typ": "Hemförsäkring", "ansokt": Decimal(120), "godkant": Decimal(120)},
    ),
    "sarskilda_rader": ({"typ": "Medicin", "ansokt": Decimal("85.50"), "godkant": Decimal("85.50")},),
    "antal_i_hushallet": 2,
    "gemensamma_kostnader": Decimal(1400),
    "jobbstimulans_sokande": True,
    "jobbstimulans_medsokande": False,
    "visad_jobbstimulans": Decimal("-312.63"),
    "visad_norm": Decimal(-7020),
    "visade_utgifter": Decimal(-6620),
    "summa": Decimal("-11452.13"),
    "visade_sarskilda_utgifter": Decimal("-85.50"),
    "resultat": Decimal("-11537.63"),
}
RESULT_ORE = -1153763


@dataclass(frozen=True, slots=True)
class GuiCase:
    """One calculation to write: for this person, in this case, for this month."""

    personnummer: str
    case: str
    month: date

    @property
    def name(self) -> str:
        """The applicant, as the screens choose her."""
        return f"Prov {self.case}"

    @property
    def child(self) -> str:
        """Her child."""
        return f"Barn {self.case}"

    def values(self) -> dict[str, Any]:
        """What the rules would give for the screen `berakning`."""
        norm_rows = (
            {"person": self.name, "norm": "Ensamstående", "manadsbelopp": Decimal(3940), "dagar": None},
            {"person": self.child, "norm": "Barn 7-10 år", "manadsbelopp": Decimal(3650), "dagar": 14},
        )
        return {
            **ROWS,
            "normrader": norm_rows,
            "sokande_personnummer": self.personnummer,
            "arendenummer": self.case,
            "manad": self.month,
            "period_fran": self.month,
            "period_till": last_day(self.month),
        }

    def note(self) -> dict[str, Any]:
        """The values of the screen `journalanteckning`."""
        heading, text = note_of(self)
        reference = f"{self.case}-{self.month:%Y-%m}"
        return {**self.values(), "journalrubrik": heading, "journaltext": text, "beslutsreferens": reference}

    def registered(self) -> Person:
        """The person with household and case, as seeded in the case system."""
        household = (
            Member(self.name, date(1990, 6, 2), "Sökande", self.personnummer),
            Member(self.child, date(2016, 5, 4), "Barn"),
        )
        case = Case(self.case, date(2023, 1, 1))
        return Person(self.personnummer, self.name, "Provgatan 1, 200 00 Exempelstad", "Avi", household, (case,))


def note_of(case: GuiCase) -> tuple[str, str]:
    """Heading and text of the case's note."""
    month = f"{case.month:%Y-%m}"
    return f"Beslut om ekonomiskt bistånd för {month}", f"{month}: bifall med 11 537,63 kr. Ref {case.case}-{month}."


def every_case() -> list[GuiCase]:
    """All there are: the persons one after the other, then again with the next month."""
    numbers = list(enumerate(published()))
    months = [date(2024 + at // 12, at % 12 + 1, 1) for at in range(MONTHS)]
    return [GuiCase(number, f"EB-{2001 + at}", month) for month in months for at, number in numbers]


def persons() -> list[Person]:
    """Everybody, once."""
    return [case.registered() for case in islice(every_case(), len(published()))]


@cache
def screen(name: str, process: str = "ekonomiskt_bistand") -> ScreenFile:
    """A screen file of a process."""
    folder: Path = PROCESSES / process / "screens"
    return ScreenFile.model_validate(Document.read(folder, f"{name}.yaml").data)
