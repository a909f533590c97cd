"""Applications that intake must refuse whole, each with the faults that must be named."""

import json
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from testbed.scenario.generate import generate
from testbed.scenario.numbers import published


@dataclass(frozen=True, slots=True)
class Malformed:
    """The bytes of a bad application, and the places (dotted paths; empty = the whole file) that must be named."""

    name: str
    content: bytes
    faults: frozenset[str]


def malformed(seed: int) -> list[Malformed]:
    """Bad applications, made from good ones of the same seed."""
    rng = Random(f"{seed}/malformed")
    good = [
        case.application for case in generate(seed, 40, date(2025, 9, 1)).cases if len(case.application["utgifter"]) > 1
    ]
    made = [
        Malformed("not_json", b'{"ansokan_id": "A-1-0001", ', frozenset({""})),
        Malformed("not_an_object", b'["A-1-0001"]', frozenset({""})),
        Malformed("not_utf8", '{"ansokan_id": "Å"}'.encode("latin-1"), frozenset({""})),
        Malformed("empty", b"", frozenset({""})),
    ]
    for name, change, faults in _CHANGES:
        application = deepcopy(rng.choice(good))
        change(application, rng)
        made.append(Malformed(name, json.dumps(application, ensure_ascii=False).encode(), faults))
    return made


def _missing_fields(application: dict[str, Any], _: Random) -> None:
    del application["forsakran"], application["boende"]["adress"]


def _wrong_check_digit(application: dict[str, Any], rng: Random) -> None:
    number = rng.choice(published())
    # One step from a published number is never valid, and so belongs to nobody.
    application["sokande"]["personnummer"] = number[:-1] + str((int(number[-1]) + 1) % 10)


def _float_amount(application: dict[str, Any], _: Random) -> None:
    application["utgifter"][0]["belopp"] = 5153.10


def _text_amount(application: dict[str, Any], _: Random) -> None:
    application["utgifter"][1]["belopp"] = "femtusen"


def _negative_amount(application: dict[str, Any], _: Random) -> None:
    application["utgifter"][0]["belopp"] = "-100.00"


def _unknown_field(application: dict[str, Any], _: Random) -> None:
    application["prioritet"] = "hög"


def _no_time_zone(application: dict[str, Any], _: Random) -> None:
    application["inkommen"] = "2025-09-02T08:00:00"


def _month_in_words(application: dict[str, Any], _: Random) -> None:
    application["manad"] = "september 2025"


def _many_faults(application: dict[str, Any], rng: Random) -> None:
    _wrong_check_digit(application, rng)
    _float_amount(application, rng)
    _month_in_words(application, rng)


_CHANGES = (
    ("missing_fields", _missing_fields, frozenset({"forsakran", "boende.adress"})),
    ("wrong_check_digit", _wrong_check_digit, frozenset({"sokande.personnummer"})),
    ("float_amount", _float_amount, frozenset({"utgifter.0.belopp"})),
    ("text_amount", _text_amount, frozenset({"utgifter.1.belopp"})),
    ("negative_amount", _negative_amount, frozenset({"utgifter.0.belopp"})),
    ("unknown_field", _unknown_field, frozenset({"prioritet"})),
    ("no_time_zone", _no_time_zone, frozenset({"inkommen"})),
    ("month_in_words", _month_in_words, frozenset({"manad"})),
    ("many_faults", _many_faults, frozenset({"sokande.personnummer", "utgifter.0.belopp", "manad"})),
)
