"""JSON with exactly one byte form per value: RFC 8785 (JCS) without floats."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn, TypeAlias

import rfc8785

from audit.errors import CanonicalError

JSON: TypeAlias = "bool | int | str | list[JSON] | dict[str, JSON] | None"
JSONInput: TypeAlias = "bool | int | str | Sequence[JSONInput] | Mapping[str, JSONInput] | None"

LARGEST_INTEGER = 2**53 - 1


def plain(value: JSONInput, path: str, *, ascii_keys: bool = False) -> JSON:
    """A deep copy of the value in plain JSON types, so that nobody changes it afterwards.

    ``path`` names the value in errors. ``ascii_keys``: refuse keys outside ASCII, whose sort order differs between JSON
    libraries. Raises `CanonicalError` for floats, `Decimal`, integers beyond ±(2^53-1), text that is not Unicode, and
    other types.
    """
    match value:
        case None | bool():
            return value
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise CanonicalError(f"{path}: an integer beyond ±(2^53-1) is not exact in JSON: store it as text")
            return int(value)
        case str():
            return _text(value, path)
        case Mapping():
            return {
                _key(key, path, ascii_keys): plain(item, f"{path}.{key}", ascii_keys=ascii_keys)
                for key, item in value.items()
            }
        case list() | tuple():
            return [plain(item, f"{path}[{index}]", ascii_keys=ascii_keys) for index, item in enumerate(value)]
        case Decimal():
            raise CanonicalError(f"{path}: expected JSON, found a Decimal: store öre as int (in the vault: as text)")
        case float():
            raise CanonicalError(
                f"{path}: expected JSON without floats, found a float: store öre as int, or the number as text"
            )
        case _:
            raise CanonicalError(f"{path}: expected null, bool, int, str, list or dict, found {type(value).__name__}")


def encode(value: JSON) -> bytes:
    """The RFC 8785 bytes of a value that `plain` has let through."""
    return rfc8785.dumps(value)


def decode(data: bytes) -> JSON:
    """The value of UTF-8 JSON bytes. Raises `CanonicalError` for anything else, for floats and for a doubled key."""
    try:
        value: JSON = json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_float=_no_float, parse_constant=_no_float
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise CanonicalError(f"expected UTF-8 JSON, found bytes that do not parse ({type(error).__name__})") from None
    return value


def _text(value: str, path: str) -> str:
    text = str.__str__(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise CanonicalError(f"{path}: expected Unicode text, found a lone surrogate") from None
    return text


def _key(key: object, path: str, ascii_keys: bool) -> str:
    if not isinstance(key, str):
        raise CanonicalError(f"{path}: expected text as key, found {type(key).__name__}")
    if ascii_keys and not key.isascii():
        raise CanonicalError(f"{path}.{key}: expected an ASCII key: write å and ä as a, ö as o")
    return _text(key, path)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CanonicalError("expected each key once, found one twice")
    return found


def _no_float(_: str) -> NoReturn:
    raise CanonicalError("expected JSON without floats, found one")
