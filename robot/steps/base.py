"""What every verb is: a step with a pure plan, which only the runner may apply."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from robot.engine.scope import Scope
from robot.rules import Reason

if TYPE_CHECKING:
    from robot.engine.view import CaseView
    from robot.engine.world import World

NameKind = Literal["rule", "fact", "value", "query", "screen", "letter", "channel"]
Recover = Literal["verify", "repeat", "human"]
CASES_QUEUE = "cases"


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a step mentions, for the check that it exists.

    ``kind``: "value" is a fact, an amount or a rule. ``path``: where in the step it stands, for the error's position.
    """

    kind: NameKind
    name: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a plan would change: what, the value before and the value after, as a person reads them."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a step would do, worked out without touching the world.

    ``sign``: "✓" reads, "=" decides, "+" creates, "·" does nothing. ``reasons`` non-empty: the robot cannot do the step
    and the case goes to a person. ``payload`` is what `Step.apply` needs; it may be personal and is never logged.
    """

    target: str
    sign: Literal["✓", "=", "+", "·"]
    lines: tuple[Line, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal entry that a step wants written: ``personal`` goes to the vault, ``body`` holds nothing personal."""

    type: str
    body: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)
    intent: str | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """The step is done; the case goes on with the next one."""

    drafts: Sequence[Draft]


@dataclass(frozen=True, slots=True)
class HandOver:
    """The case goes to a person. ``resume``: "same" repeats this step when the person agrees, "next" passes it."""

    reasons: Sequence[Reason]
    drafts: Sequence[Draft] = ()
    lane: Literal["ordinary", "random"] = "ordinary"
    resume: Literal["same", "next"] = "same"


@dataclass(frozen=True, slots=True)
class Retry:
    """Temporary: the runner tries the step again later, within its bound. ``code`` and ``why`` name the cause.

    ``after_seconds``: not before. ``otherwise``: what the step comes to when the tries are at an end; without it the
    case goes to a person.
    """

    code: str
    why: str
    after_seconds: float = 0
    otherwise: "Advance | HandOver | None" = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The case is closed."""

    drafts: Sequence[Draft]


Result = Advance | HandOver | Retry | Finish


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that an effect happened: by which path it was read back, the receipt, and what was read."""

    path: str
    receipt: Mapping[str, str]
    read_back: Mapping[str, Any]
    at: datetime
    evidence: Sequence[Mapping[str, Any]] = ()


class EffectFailedError(Exception):
    """An effect did not happen, or nobody knows whether it did.

    ``unknown``: the outside may have acted; the runner then looks before anything is tried again. ``temporary``: it
    certainly did not act, and may be tried again. ``stops``: what the next case must not run into.
    """

    def __init__(
        self,
        code: str,
        why: str,
        *,
        unknown: bool,
        temporary: bool = False,
        evidence: Any = None,
        stops: Scope | None = None,
    ) -> None:
        super().__init__(f"{code}: {why}")
        self.stops = stops
        self.code = code
        self.why = why
        self.unknown = unknown
        self.temporary = temporary
        self.evidence = evidence


class Step(BaseModel, ABC):
    """A step of a process: one verb with its words. Frozen; unknown words are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    verb: ClassVar[str]
    pure: ClassVar[bool] = False
    """Whether `apply` only works out entries from the case: after a crash it would work out the same ones again."""

    def names(self) -> list[Name]:
        """The names this step mentions, each with its place, for `arende check`."""
        return []

    def titles(self) -> dict[str, str]:
        """Short Swedish titles of the check rules this step names."""
        return {}

    def queue(self, case: "CaseView") -> str:  # noqa: ARG002 - most verbs need no target system
        """The queue that this step's work belongs to: "cases", or the target system's own."""
        return CASES_QUEUE

    def touches(self, case: "CaseView") -> tuple[Scope, ...]:  # noqa: ARG002 - pure verbs touch nothing
        """The brakes that hold this step, when they are on."""
        return ()

    def braked(self, case: "CaseView", change: Change, reasons: tuple[Reason, ...]) -> "HandOver":  # noqa: ARG002 - most verbs only wait
        """What becomes of the case instead, when a brake holds the step: a person lets it go on."""
        return HandOver((*change.reasons, *reasons))

    @abstractmethod
    def plan(self, case: "CaseView") -> Change:
        """What the step would do, purely from the case: no network, no clock, no writing."""

    @abstractmethod
    async def apply(self, case: "CaseView", change: Change, world: "World") -> Result:
        """Do it. Only the runner calls this."""
