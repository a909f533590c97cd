"""Pydantic's errors as problems with a place, in the words of an author."""

import types
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from robot.definition.document import Document, Path_
from robot.definition.problem import Problem
from robot.rules.proof import closest, did_you_mean

_Model = TypeVar("_Model", bound=BaseModel)


def validate(model: type[_Model], document: Document, path: Path_ = ()) -> _Model | None:
    """Read what stands at a path as a model. Problems go to `document.problems`, and the answer is then None."""
    data = document.data
    for part in path:
        data = data[part]
    if data is None:
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        document.problems += (problem_of(document, path, detail, model) for detail in _causes(error, model))
        return None


def _causes(error: ValidationError, kind: Any) -> list[ErrorDetails]:
    """The errors without those that only follow from another one: one typo gives one problem."""
    details = error.errors(include_url=False)
    meant = {
        (*detail["loc"][:-1], closest(str(detail["loc"][-1]), _keys_of(_descend(kind, detail["loc"][:-1]))))
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    return [
        detail
        for detail in details
        if not (detail["type"] == "missing" and detail["loc"] in meant)
        and not (detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"])
    ]


def problem_of(document: Document, path: Path_, detail: ErrorDetails, kind: Any) -> Problem:
    """Return one Pydantic error as a problem of a document; `kind` is the type that stands at `path`."""
    message, hint = describe(detail, kind)
    at: Path_ = (*path, *known_part(document, path, detail["loc"]))
    if detail["type"] == "missing":
        return document.problem(at, message, hint, at="key")
    return document.problem(at, message, hint, at="key" if detail["type"] == "extra_forbidden" else "value")


def known_part(document: Document, path: Path_, location: Iterable[str | int]) -> Path_:
    """Return a Pydantic location without the names of union members that it mentions."""
    found: Path_ = ()
    for part in location:
        if (*path, *found, part) in document.keys or (*path, *found, part) in document.values:
            found = (*found, part)
    return found


def describe(detail: ErrorDetails, kind: Any, *, show: bool = True) -> tuple[str, str | None]:
    """Return the sentence for one Pydantic error, and what to do about it. `show=False` keeps the value out of it."""
    location, fault = detail["loc"], detail["type"]
    name = location[-1] if location else "value"
    if fault == "extra_forbidden":
        known = _keys_of(_descend(kind, location[:-1]))
        return f"unknown key `{name}`", did_you_mean(str(name), known) or _one_of(known)
    if fault == "missing":
        return f"the key `{name}` is missing", None
    if fault in ("literal_error", "enum"):
        expected = detail["ctx"]["expected"].replace("'", "`")
        choices = [choice.strip("` ") for choice in expected.replace(" or ", ", ").split(",")]
        hint = did_you_mean(str(detail["input"]), choices)
        return f"expected {expected}, found {_found(detail['input'], show=show)}", hint
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if message.startswith("Input should be "):
        return f"expected {message.removeprefix('Input should be ')}, found {_found(detail['input'], show=show)}", None
    return message[:1].lower() + message[1:], None


def _found(value: Any, *, show: bool) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None or value == "":
        return "nothing"
    if show:
        return f"`{value}`"
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}.get(type(value), "a value")


def _one_of(known: Iterable[str]) -> str | None:
    names = ", ".join(f"`{name}`" for name in known)
    return f"known keys: {names}" if names else None


def _descend(kind: Any, location: Iterable[str | int]) -> Any:
    """The type that stands at a location below `kind`; None when it cannot be told."""
    for part in location:
        kind = _below(kind, part)
    return kind


def _below(kind: Any, part: str | int) -> Any:
    for choice in _choices(kind):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            for name, field in choice.model_fields.items():
                if part in (name, field.alias):
                    return field.annotation
        elif get_origin(choice) in (list, tuple) and isinstance(part, int):
            return get_args(choice)[0]
        elif get_origin(choice) is dict:
            return get_args(choice)[1]
    return None


def _choices(kind: Any) -> tuple[Any, ...]:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(inner for choice in get_args(kind) for inner in _choices(choice))
    return (kind,)


def _keys_of(kind: Any) -> list[str]:
    models = [choice for choice in _choices(kind) if isinstance(choice, type) and issubclass(choice, BaseModel)]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]
