"""Forms for facts, made from the fact's type: what a person typed becomes JSON data, or a fault beside its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from robot.rules import FactDeclaration
from robot.swedish.shapes import Shape, shape_of

MOST_ROWS = 100
Typed = Mapping[str, str]
HINTS = {
    "amount": "Skriv ett belopp i kronor, till exempel 1 250 eller 1 250,50.",
    "int": "Skriv ett heltal.",
    "date": "Skriv ett datum som ÅÅÅÅ-MM-DD.",
    "month": "Skriv en månad som ÅÅÅÅ-MM.",
    "bool": "Välj ja eller nej.",
    "choice": "Välj ett av alternativen.",
    "text": "Fyll i fältet.",
}


@dataclass
class Parsed:
    """JSON data, and the faults by the field's name in the form."""

    value: Any
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Input:
    """One part of a form: a field (``kind`` is its shape's), a group of parts, or rows of parts."""

    name: str
    shape: Shape
    typed: str = ""
    fault: str = ""
    parts: tuple["Input", ...] = ()

    @property
    def width(self) -> str:
        """How wide the field is, by what goes in it."""
        return "wide" if self.shape.kind == "text" else "narrow"


def typed_of(declared: FactDeclaration, value: Any) -> dict[str, str]:
    """What the form holds when it opens on a fact's value as JSON data; None is an empty form."""
    found: dict[str, str] = {}
    _write(shape_of(declared.type, declared.title), value, "v", found)
    return found


def inputs(declared: FactDeclaration, typed: Typed, faults: Mapping[str, str]) -> Input:
    """The form as the page shows it."""
    return _input(shape_of(declared.type, declared.title), "v", typed, faults)


def parse(declared: FactDeclaration, typed: Typed) -> Parsed:
    """The JSON data of what was typed, checked against the declared type."""
    parsed = Parsed(None)
    parsed.value = _parse(shape_of(declared.type, declared.title), "v", typed, parsed.faults)
    if not parsed.faults:
        try:
            declared.from_json(parsed.value)
        except ValidationError as error:
            for found in error.errors(include_input=False, include_url=False):
                parsed.faults[_place(declared, found["loc"])] = (
                    "Värdet tas inte emot i den här formen. Kontrollera det."
                )
    return parsed


def with_row(typed: Typed, name: str) -> dict[str, str]:
    """One more empty row in the list of that name."""
    return {**typed, f"{name}.antal": str(min(_count(typed, name) + 1, MOST_ROWS))}


def without_row(typed: Typed, name: str, number: int) -> dict[str, str]:
    """The list of that name with one row taken out; the rows after it move up."""
    found: dict[str, str] = {}
    for key, value in typed.items():
        match = re.match(re.escape(name) + r"\.(\d+)(.*)", key)
        if match is None:
            found[key] = value
        elif int(match[1]) != number:
            row = int(match[1]) - (int(match[1]) > number)
            found[f"{name}.{row}{match[2]}"] = value
    return {**found, f"{name}.antal": str(max(_count(typed, name) - 1, 0))}


def _input(shape: Shape, name: str, typed: Typed, faults: Mapping[str, str]) -> Input:
    parts: tuple[Input, ...] = ()
    if shape.kind == "record":
        parts = tuple(_input(one, f"{name}.{one.key}", typed, faults) for one in shape.fields)
    elif shape.kind == "list" and shape.item is not None:
        item = shape.item
        parts = tuple(_input(item, f"{name}.{number}", typed, faults) for number in range(_count(typed, name)))
    return Input(name, shape, typed.get(name, ""), faults.get(name, ""), parts)


def _write(shape: Shape, value: Any, name: str, found: dict[str, str]) -> None:
    if shape.kind == "record":
        given = value if isinstance(value, Mapping) else {}
        for one in shape.fields:
            _write(one, given.get(one.key, given.get(one.attribute)), f"{name}.{one.key}", found)
    elif shape.kind == "list" and shape.item is not None:
        rows = value if isinstance(value, list) else []
        found[f"{name}.antal"] = str(len(rows))
        for number, row in enumerate(rows):
            _write(shape.item, row, f"{name}.{number}", found)
    elif isinstance(value, bool):
        found[name] = "ja" if value else "nej"
    elif shape.kind == "amount" and value is not None:
        found[name] = str(value).replace(".", ",")
    else:
        found[name] = "" if value is None else str(value)


def _parse(shape: Shape, name: str, typed: Typed, faults: dict[str, str]) -> Any:
    if shape.kind == "record":
        parts = {one.key: _parse(one, f"{name}.{one.key}", typed, faults) for one in shape.fields}
        return None if shape.optional and all(part is None for part in parts.values()) else parts
    if shape.kind == "list" and shape.item is not None:
        item = shape.item
        return [_parse(item, f"{name}.{number}", typed, faults) for number in range(_count(typed, name))]
    text = typed.get(name, "").strip()
    if not text and shape.optional:
        return None
    value = _scalar(shape, text)
    if value is None:
        faults[name] = HINTS[shape.kind]
    return value


def _scalar(shape: Shape, text: str) -> Any:
    """The JSON value, or None when the text is not one."""
    if shape.kind == "amount":
        number = re.sub(r"[\s\u00a0]|kr$", "", text).replace(",", ".").replace("\u2212", "-")
        return number if re.fullmatch(r"-?\d{1,12}(\.\d{1,2})?", number, re.ASCII) else None
    if shape.kind == "int":
        return int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else None
    if shape.kind == "bool":
        return {"ja": True, "nej": False}.get(text)
    if shape.kind == "choice":
        return next((choice for choice in shape.choices if str(choice) == text), None)
    pattern = {"date": r"\d{4}-\d{2}-\d{2}", "month": r"\d{4}-\d{2}"}.get(shape.kind, r"(?s).+")
    return text if re.fullmatch(pattern, text) else None


def _count(typed: Typed, name: str) -> int:
    text = typed.get(f"{name}.antal", "0")
    return min(int(text), MOST_ROWS) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else 0


def _place(declared: FactDeclaration, location: tuple[int | str, ...]) -> str:
    names = set(typed_of(declared, None))
    place = ".".join(("v", *map(str, location)))
    return place if "." in place or place in names else "v"
