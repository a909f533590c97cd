"""Guesses of a first screen file: which type a field has, which button saves, what a value may be called."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from robot.gui.screen import FieldType
from robot.gui.seen import Control

SAVES = (
    "spara",
    "registrera",
    "bekräfta",
    "godkänn",
    "verkställ",
    "slutför",
    "skicka",
    "fastställ",
    "save",
    "submit",
    "ok",
)
NO = ("avbryt", "nej", "stäng", "ångra", "tillbaka", "cancel", "no", "close", "back")
TAKES_AWAY = ("ta bort", "radera", "makulera", "kassera", "återkalla", "avsluta", "utan att spara", "delete", "discard")
GOES_ON = ("nästa", "fortsätt", "vidare", "gå vidare", "next", "continue")
ADDS = ("lägg till", "ny rad", "add", "+", "ny ")
DATE = re.compile(
    r"\b(datum|dag|från( och med)?|fr\.?o\.?m\.?|till( och med)?|t\.?o\.?m\.?|date|from|to|född)\b|datum", re.IGNORECASE
)
MONTH = re.compile(r"(?<!per )(månad|month)", re.IGNORECASE)
AMOUNT = re.compile(
    r"belopp|summa|kostnad|hyra|inkomst|lön|avgift|kronor|\bkr\b|amount|\bsum\b|bidrag|norm$"
    r"|^(?!antal).*\bper (månad|month)$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^antal|\bantal\b|dagar|number of", re.IGNORECASE)
PERSON = re.compile(r"person-? ?(nummer|nr)|\bp(ers)?nr\b|samordningsnummer|personal (identity )?number", re.IGNORECASE)


KINDS: Mapping[str, FieldType] = {
    "select": "select",
    "radio": "radio",
    "checkbox": "checkbox",
    "autocomplete": "autocomplete",
}
FORMATS: Mapping[str, FieldType] = {"date": "date", "month": "month", "number": "number"}


def field_type(control: Control) -> FieldType:
    """The type of a field, by what the browser calls it, its hint and its label."""
    label = control.column or control.label
    if control.kind in KINDS:
        return KINDS[control.kind]
    if PERSON.search(label):
        return "personnummer"
    if AMOUNT.search(label) and control.format in {"number", "text"} and not DATE.search(label):
        return "amount"
    return FORMATS.get(control.format) or _by_hint(label, control.hint.casefold())


def _by_hint(label: str, hint: str) -> FieldType:
    if re.fullmatch(r"[åy]{4}[-/]m{2}", hint) or (MONTH.search(label) and not hint):
        return "month"
    if re.match(r"[åy]{4}[-/]?mm|\d{4}-\d{2}-\d{2}", hint) or DATE.search(label):
        return "date"
    if re.match(r"0,00|\d+ ?kr", hint):
        return "amount"
    return "number" if NUMBER.search(label) else "text"


def value_name(label: str, taken: Sequence[str] = ()) -> str:
    """A name in the style of facts: "Från och med" gives fran_och_med."""
    flat = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", flat).strip("_") or "varde"
    name = f"varde_{name}" if name[0].isdigit() else name
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def first_of(words: Sequence[str], buttons: Sequence[str]) -> str | None:
    """The first button that begins with one of the words, in the words' order."""
    for word in words:
        for button in buttons:
            if button.casefold().startswith(word):
                return button
    return None
