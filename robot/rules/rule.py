"""The `@rule` decorator: a pure function, the law behind it and the dates it is in force."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])
_VERSIONS = "__rule_versions__"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One function under one law, in force from `since` to and including `until` (None = still in force)."""

    name: str
    function: Callable[..., Any]
    law: str
    since: date
    until: date | None

    def in_force(self, on: date) -> bool:
        """Say whether this version applies on a date."""
        return self.since <= on and (self.until is None or on <= self.until)


def rule(law: str, since: str, until: str | None = None) -> Callable[[_Function], _Function]:
    """Mark a function as a legal rule. Stack it to put the same function under an older law.

    `law` is the reference that the handläggare reads; `since` and `until` are ISO dates, both included.
    Raises ValueError for an unreadable date or an interval that ends before it begins.
    """
    first, last = date.fromisoformat(since), None if until is None else date.fromisoformat(until)
    if last is not None and last < first:
        raise ValueError(f"the rule ends {until}, before it begins {since}")

    def mark(function: _Function) -> _Function:
        version = RuleVersion(function.__name__, function, law, first, last)
        setattr(function, _VERSIONS, (*versions_of(function), version))
        return function

    return mark


def versions_of(function: object) -> tuple[RuleVersion, ...]:
    """Return the versions that `@rule` recorded on a function; empty when it is not a rule."""
    versions: tuple[RuleVersion, ...] = getattr(function, _VERSIONS, ())
    return versions
