"""Facts: a value with a source, a named reason why there is none, or values that contradict each other."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Known:
    """A value, where it came from and when it was observed (aware UTC)."""

    value: Any
    source: str
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """No value: a snake_case code, a Swedish sentence without personal data, and the source that was asked."""

    code: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Conflicting:
    """Sources that say different things."""

    values: tuple[Known, ...]


Fact = Known | Missing | Conflicting


class Undetermined(Exception):  # noqa: N818 - it is an answer of a rule, not an error
    """A rule raises it when the law's question has no answer from these facts.

    `code` is snake_case; `why` is a Swedish sentence for the handläggare.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(code)
        self.code = code
        self.why = why


@dataclass(frozen=True)
class FactDeclaration:
    """A fact as facts.yaml declares it: title (Swedish), Python type, sensitivity and where it may come from."""

    title: str
    type: Any
    sensitivity: str = "none"
    sources: tuple[str, ...] = ()
    _adapter: TypeAdapter[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_adapter", TypeAdapter(self.type))

    def from_json(self, value: Any) -> Any:
        """Turn JSON data into the declared type. Raises pydantic.ValidationError."""
        return self._adapter.validate_json(json.dumps(value), strict=True)

    def to_json(self, value: Any) -> Any:
        """Turn a value of the declared type into JSON data: amounts as decimal strings, dates as ISO text."""
        return self._adapter.dump_python(value, mode="json")
