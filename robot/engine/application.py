"""Reads an application: every fault in it at once, or the process's own record."""

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from robot.definition import Definition

_KEY = re.compile(r"[A-Za-z_][A-Za-z_]{0,39}[0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an application: where in it, and what was expected. Never the value that was found."""

    where: str
    what: str


def read_application(data: bytes, definition: Definition) -> tuple[Any, tuple[Fault, ...]]:
    """The application as its record, or every fault in it."""
    try:
        content = json.loads(data.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        return None, (
            Fault("the file", f"expected UTF-8 text, found byte {data[error.start]:#04x} at offset {error.start}"),
        )
    except json.JSONDecodeError as error:
        return None, (Fault(f"line {error.lineno}, column {error.colno}", f"expected JSON: {error.msg}"),)
    except RecursionError:
        return None, (Fault("the file", "expected an application, found lists or objects nested without end"),)
    except ValueError as error:
        return None, (Fault("the file", str(error)),)
    try:
        # As JSON again, so that dates and amounts are read by the strict JSON rules, which refuse floats as money.
        return definition.application.model_validate_json(json.dumps(content)), ()
    except ValidationError as error:
        return None, tuple(_fault(found) for found in error.errors(include_input=False, include_url=False))


def _fault(found: Any) -> Fault:
    where = ".".join(_shown(part) for part in found["loc"]) or "the application"
    return Fault(where, found["msg"])


def _shown(key: str | int) -> str:
    """A place in the application. A key that no record has is the sender's own text, and may say anything."""
    return str(key) if isinstance(key, int) or _KEY.fullmatch(key) else "(unreadable key)"


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        msg = f"expected each key once, found twice: {', '.join(map(_shown, doubled))}"
        raise ValueError(msg)
    return dict(pairs)


def _no_constant(name: str) -> Any:
    msg = f"expected numbers, found {name}, which is not JSON"
    raise ValueError(msg)
