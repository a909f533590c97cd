"""Values as people read them: amounts, days, lists and records in plain Swedish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from robot.engine.view import SWEDEN
from robot.steps._letter import datum, kronor, manad_text
from robot.swedish.shapes import Shape, UnknownShapeError, shape_of

NOTHING = "–"


@dataclass(frozen=True)
class Node:
    """A value ready to show: one text, pairs of title and node, a table, or several nodes after each other."""

    kind: Literal["text", "pairs", "table", "list"]
    text: str = ""
    pairs: tuple[tuple[str, "Node"], ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    amounts: frozenset[int] = frozenset()
    items: tuple["Node", ...] = ()


def moment(value: datetime) -> str:
    """A moment in Swedish time: ``2 september 2025 kl. 08.05``."""
    return f"{datum(value)} kl. {value.astimezone(SWEDEN):%H.%M}"


def show(value: Any, kind: Any, title: str) -> Node:
    """A Python value of a declared type."""
    try:
        return _node(value, shape_of(kind, title))
    except UnknownShapeError:
        return plain(value)


def plain(value: Any) -> Node:
    """JSON data or a value of unknown type, as readable as it gets."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, Mapping):
        return Node("pairs", pairs=tuple((str(key), plain(cell)) for key, cell in value.items())) if value else _NONE
    if isinstance(value, list | tuple):
        return _listed([plain(item) for item in value])
    return Node("text", scalar(value))


def scalar(value: Any) -> str:
    """One value without parts. A Decimal is an amount in kronor, as in the letters."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, Decimal):
        return kronor(value)
    if isinstance(value, datetime):
        return moment(value)
    return datum(value) if isinstance(value, date) else str(value)


def _node(value: Any, shape: Shape) -> Node:
    if value is None:
        return _NONE
    if shape.kind == "record":
        parts = ((one.title, _node(getattr(value, one.attribute), one)) for one in shape.fields)
        return Node("pairs", pairs=tuple(parts))
    if shape.kind == "list" and shape.item is not None:
        item = shape.item
        if item.kind == "record" and all(one.scalar for one in item.fields) and value:
            return _table(value, item)
        return _listed([_node(one, item) for one in value])
    return Node("text", _cell(value, shape))


def _table(values: Sequence[Any], item: Shape) -> Node:
    rows = tuple(tuple(_cell(getattr(value, one.attribute), one) for one in item.fields) for value in values)
    amounts = frozenset(number for number, one in enumerate(item.fields) if one.kind == "amount")
    return Node("table", headers=tuple(one.title for one in item.fields), rows=rows, amounts=amounts)


def _cell(value: Any, shape: Shape) -> str:
    if value is None:
        return NOTHING
    if shape.kind == "choice":
        return shape.choices.get(value, str(value))
    if shape.kind == "month":
        return manad_text(value)
    return shape.labels.get(value, scalar(value)) if isinstance(value, str) else scalar(value)


def _listed(items: Sequence[Node]) -> Node:
    if not items:
        return _NONE
    if len(items) == 1:
        return items[0]
    if all(item.kind == "text" for item in items):
        return Node("text", ", ".join(item.text for item in items))
    return Node("list", items=tuple(items))


_NONE = Node("text", NOTHING)
