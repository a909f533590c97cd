"""The finding tree as the reader opens it: every rule with its law, text and value, down to facts and amounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from robot.definition import Definition
from robot.steps._letter import datum, kronor
from robot.swedish.showing import Node, plain, show
from robot.swedish.words import label

KINDS = {"rule": "Regel", "fact": "Uppgift", "amount": "Belopp"}
MARKS = {
    "V": "kontrollerat mot den officiella texten",
    "K": "kommunens egen riktlinje",
    "S": "från en andrahandskälla",
    "D": "härlett",
    "U": "inte bekräftat",
}


@dataclass(frozen=True)
class Branch:
    """One finding. ``repeated``: it stands with its inputs further up, so only the value is shown here."""

    name: str
    title: str
    kind: str
    value: Node
    text: str
    law: str
    source: str
    mark: str
    interval: str
    reasons: tuple[str, ...]
    inputs: tuple["Branch", ...]
    repeated: bool


def tree(definition: Definition, findings: Mapping[str, Any], roots: tuple[str, ...]) -> tuple[Branch, ...]:
    """The branches below ``roots``, from findings as the journal keeps them."""
    seen: set[str] = set()

    def branch(name: str) -> Branch:
        finding = findings[name]
        repeated = name in seen and bool(finding["inputs"])
        seen.add(name)
        inputs = () if repeated else tuple(branch(one) for one in finding["inputs"] if one in findings)
        return _branch(definition, name, finding, inputs, repeated=repeated)

    return tuple(branch(name) for name in roots if name in findings)


def _branch(
    definition: Definition, name: str, finding: Mapping[str, Any], inputs: tuple[Branch, ...], *, repeated: bool
) -> Branch:
    declared = definition.facts.get(name)
    table = definition.book.tables.get(name)
    title = declared.title if declared is not None else table.title if table is not None else label(name)
    return Branch(
        name=name,
        title=title,
        kind=KINDS[finding["kind"]],
        value=_value(definition, name, finding),
        text=(finding["text"] or "") if finding["kind"] == "rule" else "",
        law=finding["law"] or "",
        source=finding["source"] or "",
        mark=MARKS.get(finding["mark"] or "", ""),
        interval=_interval(finding["interval"]) if finding["kind"] == "amount" else "",
        reasons=tuple(reason["why"] for reason in finding["reasons"]),
        inputs=inputs,
        repeated=repeated,
    )


def _value(definition: Definition, name: str, finding: Mapping[str, Any]) -> Node:
    value = finding["value"]
    if finding["reasons"]:
        return Node("text", "kan inte avgöras")
    if finding["kind"] == "amount":
        return plain(with_unit(value, definition.book.tables[name].unit))
    try:
        kind = definition.book.type_of(name)
        return show(TypeAdapter(kind).validate_python(value), kind, label(name))
    except (ValidationError, TypeError):
        return plain(value)


def with_unit(value: Any, unit: str) -> Any:
    """An amount's value, or each of its cells, as people read it in its unit."""
    if isinstance(value, Mapping):
        return {key: with_unit(cell, unit) for key, cell in value.items()}
    if isinstance(value, list):
        return [with_unit(cell, unit) for cell in value]
    if unit.startswith("SEK") and isinstance(value, str):
        return kronor(Decimal(value))
    if unit == "percent" and isinstance(value, str):
        return f"{value.replace('.', ',')} procent"
    return value


def _interval(dates: list[str | None] | None) -> str:
    if not dates or dates[0] is None:
        return ""
    last = "" if dates[1] is None else datum(date.fromisoformat(dates[1]))
    return f"{datum(date.fromisoformat(dates[0]))} – {last}".strip()
