"""Types of names: whether a provider's type fits a parameter, and whether a value has its type."""

import collections.abc
import types
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

_READ_ONLY = {collections.abc.Mapping: dict, collections.abc.Sequence: tuple}


def signature_types(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotated types of a function's parameters, and of its answer under "return".

    Raises NameError when an annotation names something that does not exist.
    """
    return get_type_hints(function)


def fits(given: Any, wanted: Any) -> bool:
    """Say whether every value of the type `given` is a value of the type `wanted`. bool is not int."""
    given, wanted = _plain(given), _plain(wanted)
    if given == wanted:
        return True
    if _is_union(given):
        return all(fits(one, wanted) for one in get_args(given))
    if _is_union(wanted):
        return any(fits(given, one) for one in get_args(wanted))
    if get_origin(given) is Literal:
        return all(_fits_choice(choice, wanted) for choice in get_args(given))
    if isinstance(given, type) and isinstance(wanted, type) and not (get_origin(given) or get_origin(wanted)):
        return (given, wanted) not in ((bool, int), (datetime, date)) and issubclass(given, wanted)
    return _fits_generic(given, wanted)


def type_name(kind: Any) -> str:
    """Write a type the way an author writes it."""
    kind = _plain(kind)
    if kind is None or kind is type(None):
        return "None"
    if kind is Ellipsis:
        return "..."
    if _is_union(kind):
        return " | ".join(type_name(one) for one in get_args(kind))
    if get_origin(kind) is Literal:
        return f"Literal[{', '.join(map(repr, get_args(kind)))}]"
    if get_origin(kind) is not None:
        return f"{get_origin(kind).__name__}[{', '.join(map(type_name, get_args(kind)))}]"
    return getattr(kind, "__name__", str(kind))


def checker(kind: Any) -> Callable[[Any], bool]:
    """Return a function that says whether a value has a type. Decimals must also be finite."""
    kind = _plain(kind)
    if kind is Decimal:
        return lambda value: type(value) is Decimal and value.is_finite()
    if kind in (int, bool, str, date, type(None)):
        return lambda value: type(value) is kind
    if get_origin(kind) is None:
        return lambda value: isinstance(value, kind)
    return _generic_checker(kind)


def _generic_checker(kind: Any) -> Callable[[Any], bool]:
    origin, arguments = get_origin(kind), get_args(kind)
    if _is_union(kind):
        choices = [checker(one) for one in arguments]
        return lambda value: any(choice(value) for choice in choices)
    if origin is Literal:
        return lambda value: any(value == choice and type(value) is type(choice) for choice in arguments)
    if origin in (tuple, collections.abc.Sequence):
        return _tuple_checker(arguments)
    if origin in (dict, collections.abc.Mapping):
        key, cell = map(checker, arguments)
        return lambda value: isinstance(value, dict) and all(key(one) and cell(other) for one, other in value.items())
    return lambda value: isinstance(value, origin)


def _tuple_checker(arguments: tuple[Any, ...]) -> Callable[[Any], bool]:
    if arguments[1:] in ((), (Ellipsis,)):
        item = checker(arguments[0])
        return lambda value: isinstance(value, tuple) and all(map(item, value))
    items = [checker(one) for one in arguments]
    return lambda value: (
        isinstance(value, tuple)
        and len(value) == len(items)
        and all(item(one) for item, one in zip(items, value, strict=True))
    )


def _plain(kind: Any) -> Any:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return type(None) if kind is None else kind


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _fits_choice(choice: object, wanted: Any) -> bool:
    if get_origin(wanted) is Literal:
        return any(choice == other and type(choice) is type(other) for other in get_args(wanted))
    return type(choice) is wanted


def _fits_generic(given: Any, wanted: Any) -> bool:
    origin = get_origin(wanted)
    if origin is None or get_origin(given) != _READ_ONLY.get(origin, origin):
        return False
    ours, theirs = get_args(given), get_args(wanted)
    if origin is collections.abc.Sequence or theirs[1:] == (Ellipsis,):
        return all(one is Ellipsis or fits(one, theirs[0]) for one in ours)
    return Ellipsis not in ours and len(ours) == len(theirs) and all(map(fits, ours, theirs))
