"""Who applies, what is true about them, and what the right end of their case is."""

import json
import random
from dataclasses import dataclass
from decimal import Decimal

from testbed.scenario.numbers import published
from testbed.simulation.outside import Truth

PER_PERSON = 5000


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application and the truth behind it. ``amount``: what the robot may grant by itself; None when it may not."""

    truth: Truth
    declared: int
    people: int
    phone: str
    mail: str
    first: bool = True

    @property
    def data(self) -> bytes:
        """The application as it is handed in."""
        fields = {
            "manad": "2025-09",
            "personnummer": self.truth.number,
            "mobil": self.phone,
            "epost": self.mail,
            "adress": "Simgatan 1",
            "inkomst": f"{self.declared}.00",
            "personer": self.people,
        }
        return json.dumps({**fields, "adress": f"Simgatan {1 if self.first else 2}"}).encode()

    @property
    def amount(self) -> Decimal | None:
        """SEK for the month, when everything is known, nothing speaks against it and the outcome is bifall."""
        truth, amount = self.truth, PER_PERSON * self.people - self.declared
        known = truth.flagged is False and truth.municipality == "9999" and truth.incomes is not None
        earned = sum(Decimal(income) for income in truth.incomes or ())
        clear = known and not truth.granted and earned == self.declared and self.first
        return Decimal(amount) if clear and amount > 0 else None


def applicants(seed: str, count: int) -> list[Applicant]:
    """As many applications, most of them clear; now and then the same person applies again."""
    chance = random.Random(f"{seed} people")
    numbers = list(published())
    chance.shuffle(numbers)
    found: list[Applicant] = []
    for index in range(count):
        if found and chance.random() < 0.08:
            earlier = chance.choice(found)
            if earlier.first:
                found.append(_again(earlier))
                continue
        found.append(_one(chance, numbers[index % len(numbers)], index))
    return found


def _one(chance: random.Random, number: str, index: int) -> Applicant:
    declared, people = chance.choice((0, 0, 1000, 2500)), chance.choice((1, 1, 2, 3))
    odd = chance.random()
    truth = Truth(
        number,
        flagged=chance.choice((True, None)) if odd < 0.08 else False,
        municipality=chance.choice(("1234", None)) if 0.08 <= odd < 0.14 else "9999",
        incomes=chance.choice((None, (f"{declared + 1}.00",))) if 0.14 <= odd < 0.26 else _incomes(declared),
        granted=0.26 <= odd < 0.30,
    )
    if 0.30 <= odd < 0.36:
        people = 0
    channel = chance.choice(("sms", "sms", "epost", "brev"))
    phone = f"07017406{5 + index % 5 * 10:02d}" if channel == "sms" else ""
    return Applicant(truth, declared, people, phone, "sim@example.se" if channel == "epost" else "")


def _incomes(declared: int) -> tuple[str, ...]:
    return (f"{declared}.00",) if declared else ()


def _again(one: Applicant) -> Applicant:
    return Applicant(one.truth, one.declared, one.people, one.phone, one.mail, first=False)
