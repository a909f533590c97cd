"""Who lives in the simulated municipality: adults with numbers, their children, and where they live."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal

from testbed.scenario.numbers import age

GIVEN = (
    "Aino", "Arvid", "Asta", "Birk", "Bodil", "Dag", "Disa", "Ebbe", "Edda", "Egil", "Embla", "Fride", "Gerd",
    "Gorm", "Hedda", "Ingvar", "Jorunn", "Kettil", "Leia", "Liv", "Mio", "Nanna", "Odd", "Pil", "Ragn", "Runa",
    "Saga", "Sigge", "Siv", "Sten", "Tage", "Tindra", "Torun", "Tyra", "Ulv", "Unn", "Vide", "Yngve", "Ylva",
    "Åke",
)  # fmt: skip
FAMILY = (
    "Exempelgren", "Exempelkvist", "Provberg", "Provdal", "Provström", "Testbäck", "Testlund", "Testmark",
    "Modellgård", "Modellsjö", "Påhitt", "Fiktiv",
)  # fmt: skip
STREETS = ("Provgatan", "Testvägen", "Exempelgränd", "Modellstigen", "Påhittsgatan", "Fiktiva allén")
POSTCODE, TOWN, MUNICIPALITY_CODE = "12345", "Exempelstad", "9999"
# 0701740605-0701740699 are reserved for fiction: nobody has them.
FIRST_PHONE = 701740605
PHONES = 94  # the municipality's own example number is the last one


Occupation = Literal["arbetssokande", "arbetar", "annat"]


@dataclass(frozen=True, slots=True)
class Adult:
    """An adult. ``occupation`` as the e-service asks for it."""

    number: str
    given: str
    family: str
    birth: date
    occupation: Occupation
    phone: str | None = None
    email: str | None = None

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"

    @property
    def job_seeker(self) -> bool:
        """Whether the adult has told that he or she looks for work."""
        return self.occupation == "arbetssokande"


@dataclass(frozen=True, slots=True)
class Child:
    """A child, without number. ``lunch_at_home``: eats lunch at home five days a week."""

    given: str
    family: str
    birth: date
    lunch_at_home: bool = True

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"

    def age(self, month: date) -> int:
        """Age in whole years on the first day of a month."""
        return age(self.birth, month)


@dataclass(frozen=True, slots=True)
class Household:
    """The people of a home, and how the case system knows them. ``others``: births of others registered there."""

    adults: tuple[Adult, ...]
    children: tuple[Child, ...]
    street: str
    case_number: str
    payee: str
    others: tuple[date, ...] = ()

    @property
    def applicant(self) -> Adult:
        """The first adult."""
        return self.adults[0]


def names(rng: Random, count: int, taken: set[str]) -> tuple[str, list[str]]:
    """A family name and that many given names; every adult's whole name is new to ``taken``."""
    while True:
        family, given = rng.choice(FAMILY), rng.sample(GIVEN, count)
        if not any(f"{one} {family}" in taken for one in given):
            taken.update(f"{one} {family}" for one in given)
            return family, given


def reachable(rng: Random, slot: int) -> tuple[str | None, str | None]:
    """Phone and e-mail address of an applicant: most have both, some only one, none has neither."""
    phone, email = f"0{FIRST_PHONE + slot % PHONES}", f"sokande{slot:03d}@example.se"
    return rng.choice(((phone, email), (phone, email), (phone, email), (phone, None), (None, email)))
