"""What a case is: the state that its journal entries add up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from robot.rules import Reason

Status = Literal["running", "person", "applicant", "closed", "by_hand"]
Lane = Literal["ordinary", "random", "correction"]
SampleLane = Literal["random", "risk", "complaint", "canary"]
ResultClass = Literal["right", "wrong_outcome", "wrong_amount", "wrong_reasons", "wrong_procedure", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as it was journalled: JSON value or why it is missing, with source and time of observation."""

    known: bool
    source: str
    observed_at: datetime
    value: Any = None
    code: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """Why a person is asked: a code and a title for lists (no personal data), and the remarks for the handläggare."""

    code: str
    title: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """An open task for a person. ``resume``: what happens with the step when the person agrees.

    ``campaign``: the correction campaign that opened it, in the lane "correction".
    """

    lane: Lane
    reasons: tuple[ReviewReason, ...]
    opened_at: datetime
    due_at: datetime
    step: int
    resume: Literal["same", "next"]
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules say: outcome, amount in SEK for the month, and the whole finding tree as JSON."""

    outcome: str
    amount: Decimal
    findings: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what, when. ``by`` is "robot" or the person's account; ``name`` is what the decision states.

    ``seen``: a person has had the decision before them and let the case go on.
    """

    outcome: str
    amount: Decimal
    by: str
    name: str
    at: datetime
    motivation: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """The stickprov draw: stratum, inclusion probability as a fraction ("1/20") and whether the case is picked.

    ``u`` is the ticket's number. ``period`` is the month "YYYY-MM"; ``mode``: "hold" or "follow_up".
    """

    stratum: str
    probability: str
    picked: bool
    u: int
    period: str
    mode: str = "hold"


@dataclass(frozen=True, slots=True)
class Found:
    """What a reviewer found. Öre: the amount the reviewer came to, and the robot's minus the reviewer's.

    ``disadvantage``: the decision was wrong to the applicant's disadvantage. ``cause``: a word, "" until it is told.
    ``seconds``: from opening to answer.
    """

    kind: ResultClass
    reviewer: str
    at: datetime
    outcome: str = ""
    amount_ore: int | None = None
    difference_ore: int = 0
    disadvantage: bool = False
    cause: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class SampleTask:
    """A review of the stickprov. ``number`` 2 is the second reviewer's.

    ``blind``: answered before the outcome is shown. ``outcome`` and ``amount_ore`` are those of the decision that is
    reviewed: never show them to a blind reviewer.
    """

    task: str
    lane: SampleLane
    number: int
    period: str
    stratum: str
    mode: str
    blind: bool
    assigned_at: datetime
    due_at: datetime
    outcome: str
    amount_ore: int | None
    reviewer: str = ""
    opened_at: datetime | None = None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of the outside world and how far it has come. ``kind`` is e.g. "verksamhetssystem.berakning".

    ``code``: why it is unknown or has failed.
    """

    key: str
    kind: str
    step: int
    status: Literal["intended", "done", "unknown", "failed"]
    at: datetime
    content: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    receipt: Mapping[str, str] = field(default_factory=dict)
    read_back: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as its journal tells it. ``month`` is the first day of the month applied for.

    ``attempts`` counts tries of the step at ``position`` that failed, and ``interruptions`` those whose worker died:
    that the target is down and that workers die are two things, each with a limit of its own. ``remarks`` are the
    checks that did not pass: the decision is then a person's. ``restricted`` starts true and is lifted only by a
    clear answer that nobody in the household is protected. ``receipt``: of the decision, as journalled.
    ``marks``: the deadlines that have been noted, see `robot.engine.deadlines`. ``request_due_at``: when the
    applicant's request for a decision has to be answered (FL 12 §). ``effect_secret`` keys the names of the case's
    effects. ``held``: nothing of the case may be erased. ``reopened``: it was closed, and is in hand again.
    ``erased_at``: everything personal is gone since then.
    """

    ref: str
    process: str
    version: str
    month: date
    received_at: datetime
    opened_at: datetime
    due_at: datetime
    entries: int
    status: Status = "running"
    restricted: bool = True
    position: int = 0
    attempts: int = 0
    interruptions: int = 0
    facts: Mapping[str, StoredFact] = field(default_factory=dict)
    remarks: tuple[Reason, ...] = ()
    review: Review | None = None
    reviewed: tuple[str, ...] = ()
    proposal: Proposal | None = None
    decision: Decision | None = None
    receipt: Mapping[str, Any] | None = None
    ticket: Ticket | None = None
    tasks: Mapping[str, SampleTask] = field(default_factory=dict)
    settled: Found | None = None
    canary: bool = False
    effects: Mapping[str, Effect] = field(default_factory=dict)
    closed_at: datetime | None = None
    marks: tuple[str, ...] = ()
    request_due_at: datetime | None = None
    effect_secret: str = ""
    held: bool = False
    reopened: bool = False
    erased_at: datetime | None = None

    @property
    def reference(self) -> str:
        """A short unique reference without personal data, for texts that a person can search: ``AR-1F09C2D4E5``."""
        return "AR-" + self.ref.removeprefix("c_")[:10].upper()
