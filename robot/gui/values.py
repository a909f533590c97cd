"""Typed values: how a value is written on a Swedish page, and whether what a page shows means the same."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from robot.gui.screen import FieldType

TYPE_NAMES: Mapping[FieldType, str] = {
    "amount": "ett belopp",
    "kronor": "ett belopp i hela kronor",
    "ore": "ören, 0 till 99",
    "date": "ett datum",
    "datepicker": "ett datum",
    "month": "en månad",
    "number": "ett heltal",
    "checkbox": "ja eller nej",
    "personnummer": "ett personnummer",
}
YES, NO = "Ja", "Nej"
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
PYTHON_TYPES: Mapping[FieldType, type | tuple[type, ...]] = {
    "checkbox": bool,
    "amount": (Decimal, int),
    "kronor": (Decimal, int),
    "ore": (Decimal, int),
    "date": date,
    "datepicker": date,
    "month": date,
    "number": int,
}
Understood = str | Decimal | date | int | bool | None


class UnreadableError(ValueError):
    """A text that is not a value of its type. The message names the type and never the text."""


def plain(text: str) -> str:
    """The text with every run of white space (also the hard spaces of amounts) as one space."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def written(value: Any, kind: FieldType) -> str:
    """The value as a person types it: "1250,50", "2025-09-01", "2025-09", "Ja". None is an empty field.

    Of an amount in two fields, kronor and öre, each gets its part: "1250" and "50".

    Raises:
        UnreadableError: the value does not belong to the type.

    """
    if value is None:
        return ""
    if isinstance(value, str) and kind == "month" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return written(understood(value, "date"), kind)  # a date of the month, as JSON has it
    if isinstance(value, str):
        read_as: FieldType = "amount" if kind in {"kronor", "ore"} else kind
        return value if kind not in PYTHON_TYPES else written(understood(value, read_as), kind)
    if not isinstance(value, PYTHON_TYPES.get(kind, str)) or (isinstance(value, bool) and kind != "checkbox"):
        raise UnreadableError(f"värdet är inte {TYPE_NAMES.get(kind, 'en text')}")
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, date):
        return f"{value:%Y-%m}" if kind == "month" else value.isoformat()
    return _amount_text(Decimal(str(value)), kind) if kind in {"amount", "kronor", "ore"} else str(value)


def _amount_text(amount: Decimal, kind: FieldType) -> str:
    if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
        raise UnreadableError("beloppet har fler än två decimaler")
    if kind != "amount" and amount < 0:
        raise UnreadableError("beloppet är mindre än noll och kan inte delas i kronor och ören")
    kronor, ore = f"{amount:.2f}".split(".")
    return {"kronor": kronor, "ore": ore}.get(kind, f"{kronor},{ore}")


def understood(text: str, kind: FieldType) -> Understood:
    """What a page's text means. An empty text is None.

    Raises:
        UnreadableError: the text is not a value of the type.

    """
    text = plain(text)
    if not text or text in {"–", "-"}:
        return None
    return READERS.get(kind, str)(text)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d+", text) else _fail("number")


def _kronor(text: str) -> int:
    bare = text.removesuffix("kr").replace(" ", "")
    return int(bare) if re.fullmatch(r"\d+", bare) else _fail("kronor")


def _ore(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,2}", text) else _fail("ore")


def _checkbox(text: str) -> bool:
    return text == YES if text in {YES, NO} else _fail("checkbox")


def _personnummer(text: str) -> str:
    bare = text.replace("-", "").upper()
    return bare if re.fullmatch(r"\d{8}[0-9A-Z]\d{2}[0-9A-Z]", bare) else _fail("personnummer")


def _fail(kind: FieldType) -> NoReturn:
    raise UnreadableError(f"texten är inte {TYPE_NAMES[kind]}")


def _amount(text: str) -> Decimal:
    bare = text.removesuffix("kr").removesuffix("SEK").replace(" ", "").replace("−", "-").replace("–", "-")
    if not re.fullmatch(r"-?\d+(,\d{1,2}|\.\d{1,2})?", bare):
        raise UnreadableError("texten är inte ett belopp")
    try:
        return Decimal(bare.replace(",", "."))
    except InvalidOperation as error:
        raise UnreadableError("texten är inte ett belopp") from error


def _date(text: str) -> date:
    shapes = (
        (r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})", None),
        (r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", None),
        (r"(?P<d>\d{1,2}) (?P<name>[a-zA-Z]+) (?P<y>\d{4})", MONTHS),
        (r"(?P<d>\d{1,2})/(?P<m>\d{1,2}) (?P<y>\d{4})", None),
    )
    for shape, names in shapes:
        found = re.fullmatch(shape, text)
        if found:
            try:
                month = names.index(found["name"].lower()) + 1 if names else int(found["m"])
                return date(int(found["y"]), month, int(found["d"]))
            except ValueError:
                break
    raise UnreadableError("texten är inte ett datum")


def _month(text: str) -> date:
    found = re.fullmatch(r"(\d{4})-?(\d{2})", text)
    named = re.fullmatch(r"([a-zA-Z]+) (\d{4})", text)
    if found and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    if named and named[1].lower() in MONTHS:
        return date(int(named[2]), MONTHS.index(named[1].lower()) + 1, 1)
    raise UnreadableError("texten är inte en månad")


READERS: Mapping[FieldType, Callable[[str], Understood]] = {
    "amount": _amount,
    "kronor": _kronor,
    "ore": _ore,
    "number": _number,
    "date": _date,
    "datepicker": _date,
    "month": _month,
    "checkbox": _checkbox,
    "personnummer": _personnummer,
}


def same(shown: str, wanted: str, kind: FieldType, match: str = "exact") -> bool:
    """Whether what the page shows means what was wanted. Text the type cannot read is never the same."""
    if match == "contains":
        return bool(wanted) and re.search(rf"(?<!\w){re.escape(plain(wanted))}(?!\w)", plain(shown)) is not None
    try:
        return understood(shown, kind) == understood(wanted, kind)
    except UnreadableError:
        return False


def as_json(value: Understood, kind: FieldType) -> str | int | bool | None:
    """A read value for a journal: amounts "1250.50", dates ISO, months "2025-09"."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return f"{value:%Y-%m}" if kind == "month" else value.isoformat()
    return value
