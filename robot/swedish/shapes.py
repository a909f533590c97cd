"""The shape of a fact's type, for showing and editing it without knowing the process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from robot.rules import Month
from robot.swedish.words import label

Kind = Literal["amount", "int", "bool", "date", "month", "text", "choice", "record", "list"]
_MONTH_MARK = get_args(Month)[1]
_SCALARS: dict[Any, Kind] = {Decimal: "amount", bool: "bool", int: "int", date: "date", str: "text"}
_SCALARS |= dict.fromkeys((datetime, AwareDatetime), "text")


@dataclass(frozen=True)
class Shape:
    """``key``: the name in JSON. ``choices``: value → Swedish label. ``labels``: known codes of a text, with labels."""

    kind: Kind
    title: str
    key: str = ""
    optional: bool = False
    choices: Mapping[Any, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    fields: tuple["Shape", ...] = ()
    item: "Shape | None" = None
    attribute: str = ""

    @property
    def scalar(self) -> bool:
        """Whether it fits in one cell."""
        return self.kind not in {"record", "list"}


class UnknownShapeError(TypeError):
    """A type that the desk can neither show nor edit."""


def shape_of(kind: Any, title: str) -> Shape:
    """The shape of a declared type. Raises `UnknownShapeError`."""
    return _shape(kind, title, [])


def _shape(kind: Any, title: str, marks: list[Any], **named: Any) -> Shape:
    optional = False
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind, *more = get_args(kind)
            marks = [*marks, *more]
        elif origin in (Union, UnionType):
            rest = [one for one in get_args(kind) if one is not NoneType]
            if len(rest) != 1:
                raise UnknownShapeError(f"{title}: a union of several types cannot be shown")
            kind, optional = rest[0], True
        else:
            break
    named |= {"title": title, "optional": optional}
    if origin is Literal:
        return Shape("choice", choices={one: label(str(one)) for one in get_args(kind)}, **named)
    if origin is tuple:
        return Shape("list", item=_shape(get_args(kind)[0], title, []), **named)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return Shape("record", fields=tuple(_field(name, one) for name, one in kind.model_fields.items()), **named)
    if kind not in _SCALARS:
        raise UnknownShapeError(f"{title}: a value of type {kind} cannot be shown")
    scalar = "month" if kind is date and _MONTH_MARK in marks else _SCALARS[kind]
    return Shape(scalar, labels=_labels(marks), **named)


def _field(name: str, info: FieldInfo) -> Shape:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    marks = [*info.metadata, FieldInfo(json_schema_extra=extra)]
    return _shape(info.annotation, info.title or label(name), marks, key=info.alias or name, attribute=name)


def _labels(marks: list[Any]) -> Mapping[str, str]:
    for mark in marks:
        extra = getattr(mark, "json_schema_extra", None)
        if isinstance(extra, dict) and isinstance(extra.get("labels"), dict):
            return {str(code): str(text) for code, text in extra["labels"].items()}
    return {}
