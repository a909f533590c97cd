"""Builders for the example cases. Every number is one of Skatteverket's published test numbers."""

from collections.abc import Callable
from datetime import date
from typing import Any

from robot.rules import Evaluation

SOKANDE = "199006022397"
MEDSOKANDE = "199107172380"
FODD = {SOKANDE: "1990-06-02", MEDSOKANDE: "1991-07-17"}
MANAD = date(2025, 9, 1)

Facts = dict[str, Any]
Evaluate = Callable[..., Evaluation]


def registered(number: str, *, others: list[Facts] | None = None, relations: list[Facts] | None = None) -> Facts:
    """One person in folkbokföringen at the application's address, with those on the same address."""
    own = {"Fodelsetid": FODD[number], "Personnummer": number}
    return {
        "Fodelsetid": FODD[number],
        "Folkbokforingsadress": {
            "Utdelningsadress": "EXEMPELGATAN 1",
            "Postnr": "12345",
            "Postort": "EXEMPELSTAD",
            "Kommunkod": "9999",
        },
        "Avregistrering": None,
        "Relationer": relations or [],
        "HushallPaAdressen": [own, *(others or [])],
    }


def child(name: str, born: str, **changes: Any) -> Facts:
    """A child in the application."""
    usual = {"personnummer": None, "lunch_hemma": True, "dagar": None, "studerar": True, "egen_inkomst": None}
    return {"namn": name, "fodelsedatum": born, **usual, **changes}
