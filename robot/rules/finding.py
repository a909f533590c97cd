"""Findings: what every fact, amount and rule came to, and why. Audit record, explanation and letter in one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is undetermined: a code, a Swedish sentence, and the fact, amount or rule it began with."""

    code: str
    why: str
    origin: str


@dataclass(slots=True)
class Finding:
    """What one name came to. Reasons make it undetermined, and then the value is None."""

    name: str
    kind: Literal["rule", "fact", "amount"]
    value: Any
    reasons: tuple[Reason, ...] = ()
    law: str | None = None
    text: str | None = None
    inputs: tuple["Finding", ...] = ()
    source: str | None = None
    mark: str | None = None
    interval: tuple[date, date | None] | None = None
    observed_at: datetime | None = None

    @property
    def determined(self) -> bool:
        """Say whether there is a value to use."""
        return not self.reasons

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON data; its inputs by name."""
        first, last = self.interval or (None, None)
        return {
            "kind": self.kind,
            "value": value_to_json(self.value),
            "law": self.law,
            "text": self.text,
            "inputs": [finding.name for finding in self.inputs],
            "source": self.source,
            "mark": self.mark,
            "interval": None if first is None else [first.isoformat(), None if last is None else last.isoformat()],
            "observed_at": None if self.observed_at is None else self.observed_at.isoformat(),
            "reasons": [{"code": reason.code, "why": reason.why, "origin": reason.origin} for reason in self.reasons],
        }


@dataclass(slots=True)
class Evaluation:
    """Every finding reached on the way to the targets, inputs before the rules that used them."""

    findings: dict[str, Finding]

    def __getitem__(self, name: str) -> Finding:
        return self.findings[name]

    def marks(self) -> set[str]:
        """Return the marks of the amounts that were used."""
        return {finding.mark for finding in self.findings.values() if finding.mark is not None}

    def to_json(self) -> dict[str, Any]:
        """Return every finding as JSON data, by name, in order of evaluation."""
        return {name: finding.to_json() for name, finding in self.findings.items()}


def merge(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    """Return the reasons of several findings, in order, each once."""
    return tuple(dict.fromkeys(reason for finding in findings for reason in finding.reasons))


def value_to_json(value: Any) -> Any:
    """Return a fact's, amount's or rule's value as JSON data: decimals as plain strings, dates as ISO text.

    Raises TypeError for a type that has no exact JSON form, floats included.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): value_to_json(cell) for key, cell in value.items()}
    if isinstance(value, tuple | list):
        return [value_to_json(item) for item in value]
    raise TypeError(f"a value of type {type(value).__name__} has no exact JSON form")
