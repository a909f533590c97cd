"""JSON data as values of a fact's, amount's or rule's type."""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from robot.definition.validate import describe

Fault = tuple[tuple[str | int, ...], str, str | None]
"""Where in the data, the sentence, and what to do."""


def parse_value(kind: Any, value: Any, *, show: bool = True) -> tuple[Any, list[Fault]]:
    """Return JSON data as a value of a type, and its faults. `show=False` keeps values out of the sentences."""
    try:
        return TypeAdapter(kind).validate_json(json.dumps(value), strict=True), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [(detail["loc"], *describe(detail, kind, show=show)) for detail in details]
