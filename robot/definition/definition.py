"""A process definition that has been read and proven."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from robot.definition.model import Answer, Outcome, Review, Stickprov
from robot.gui.screen import ScreenFile
from robot.rules import FactDeclaration, Record, RuleBook
from robot.steps.base import Step


@dataclass(frozen=True)
class Definition:
    """One version of one process. `version` is the content hash of its folder; a case keeps it for life."""

    id: str
    title: str
    owner: str
    law: str
    in_force_on: str
    autonomy: str
    may_decide: tuple[Outcome, ...]
    delegation: str | None
    appeal: str
    application: type[Record]
    retention_years: int
    preserve: Literal["socialtjanst", "all", "none"]
    answer: Answer | None
    steps: tuple[Step, ...]
    review: Review
    stickprov: Stickprov | None
    what_if: Mapping[str, str]
    facts: Mapping[str, FactDeclaration]
    book: RuleBook
    screens: Mapping[str, ScreenFile]
    letters: Mapping[str, Path]
    version: str
    folder: Path
