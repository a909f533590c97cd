"""A kind of case: who it is about, how many there are in forty, and how its draft is changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from testbed.scenario.draft import Draft

Change = Callable[[Draft], None]
CASES_IN_A_ROUND = 40


@dataclass(frozen=True, slots=True)
class Traits:
    """What is true of a household in every month, so that its months do not contradict each other.

    ``couple``: two spouses; ``partner``: a second adult who applies but was not there last month; ``new_child``: the
    last child was not; ``preschool``: small children without lunch at home; ``stimulus``: jobbstimulans.
    """

    decided: bool
    couple: bool = False
    partner: bool = False
    children: int = 0
    new_child: bool = False
    preschool: bool = False
    works: bool = False
    others_in_home: int = 0
    identity: Literal["published", "coordination", "temporary"] = "published"
    elderly: bool = False
    protected: bool = False
    at_employment_service: bool = True
    reports_activity: bool = True
    stimulus: Literal["running", "ended"] | None = None
    capital_income: bool = False
    known_in_case_system: bool = True

    @property
    def adults(self) -> int:
        """How many numbers the household needs."""
        return 2 if self.couple or self.partner else 1

    @property
    def of_working_age(self) -> bool:
        """Whether the adults are dealt from the published numbers of working age."""
        return self.identity == "published" and not self.elderly


@dataclass(frozen=True, slots=True)
class Kind:
    """One archetype. ``slots`` is how many of forty cases are of this kind."""

    name: str
    slots: int
    traits: Traits
    change: Change


KINDS: dict[str, Kind] = {}


def decided(*, slots: int = 1, **traits: Any) -> Callable[[Change], Change]:
    """Register a kind that the robot decides. The function's name is the kind's name."""
    return _register(slots, Traits(decided=True, **traits))


def handed_over(*, slots: int = 1, **traits: Any) -> Callable[[Change], Change]:
    """Register a kind that a person must take. The function's name is the kind's name."""
    return _register(slots, Traits(decided=False, **traits))


def _register(slots: int, traits: Traits) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        KINDS[change.__name__] = Kind(change.__name__, slots, traits, change)
        return change

    return register
