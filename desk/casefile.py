"""One case as its page shows it: everything is read from the journal, and the reading is journalled first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from fastapi import HTTPException

from audit.log.journal import Recorded
from desk import compare, queries
from desk.roles import User
from desk.timeline import Event, effect_name, events
from desk.web import Desk
from robot.definition import Definition
from robot.engine.case import CaseState, StoredFact
from robot.engine.fold import fold
from robot.engine.lateness import why_late
from robot.engine.review import only_braked
from robot.engine.view import CaseView
from robot.rules import Known, Missing
from robot.steps.base import Draft
from robot.steps.decide import Decide
from robot.steps.send import Send
from robot.store.tables import CaseRow
from robot.swedish.findings import Branch, tree
from robot.swedish.showing import Node, plain, show
from robot.swedish.words import label, source_name

Why = Literal["handläggning", "granskning", "sökning", "förklaring"]


@dataclass(frozen=True)
class ShownFact:
    """A fact with its title, value or why it is missing, and source. ``editable``: a person may give another value."""

    name: str
    title: str
    node: Node | None
    why: str
    source: str
    at: datetime | None
    editable: bool


@dataclass(frozen=True)
class ShownEffect:
    """What was written or sent, how it is known, and what the outside gave as receipt."""

    name: str
    status: str
    at: datetime
    path: str
    receipt: Mapping[str, str]
    content: Node
    read_back: Node | None


@dataclass(frozen=True)
class Preview:
    """A letter or notice as it was or would be sent, or why it cannot be written yet. ``page``: a page of its own."""

    name: str
    title: str
    text: str
    page: bool
    why: str
    sent: bool = False


EFFECT_STATUS = {
    "intended": "Påbörjat, inte bekräftat",
    "done": "Gjort och kontrollerat",
    "unknown": "Oklart om det blev gjort",
    "failed": "Gick inte att göra",
}


@dataclass(frozen=True)
class CaseFile:
    """A case that somebody has opened."""

    row: CaseRow
    recorded: Sequence[Recorded]
    definition: Definition
    state: CaseState
    now: datetime
    delay_notice_days: int

    @cached_property
    def view(self) -> CaseView:
        """The case as the rules see it."""
        return CaseView(self.definition, self.state, now=self.now)

    @property
    def facts(self) -> list[ShownFact]:
        """The facts that were stored, and then those that were worked out of them and may be changed."""
        stored = [self._fact(name, fact) for name, fact in self.state.facts.items()]
        return [*stored, *(self._worked_out(name) for name in self.editable if name not in self.state.facts)]

    @property
    def editable(self) -> list[str]:
        """The facts that may be given by a person."""
        return [name for name, declared in self.definition.facts.items() if "given" in declared.sources]

    @property
    def tree(self) -> tuple[Branch, ...]:
        """The calculation of the latest proposal, or as it stands now when nothing is proposed yet."""
        roots = _decision_names(self.definition)
        proposed = [one.values["findings"] for one in self.recorded if "findings" in one.values]
        findings: Any = proposed[-1] if proposed else self.view.evaluate(roots).to_json()
        return tree(self.definition, findings, tuple(reversed(roots)))

    @property
    def compared(self) -> list[compare.Table]:
        """Last month beside this month."""
        return compare.compared(self.view)

    @property
    def effects(self) -> list[ShownEffect]:
        """Everything that was written or sent, or should have been."""
        return [
            ShownEffect(
                effect_name(self.definition, effect.kind),
                EFFECT_STATUS[effect.status],
                effect.at,
                effect.path,
                effect.receipt,
                plain({name: cell for name, cell in effect.content.items() if name != "text"}),
                plain(effect.read_back) if effect.read_back else None,
            )
            for effect in self.state.effects.values()
        ]

    @property
    def events(self) -> list[Event]:
        """The journal in words."""
        return events(self.definition, list(self.recorded))

    @property
    def previews(self) -> list[Preview]:
        """The letters and notices, as they would be sent now."""
        return [self._preview(step) for step in self.definition.steps if isinstance(step, Send)]

    def letter(self, name: str) -> str | None:
        """The letter's text as it was sent, else as it would be sent now; None when it cannot be written."""
        sent = self._sent(name)
        if sent is not None:
            return sent
        step = next((one for one in self.definition.steps if isinstance(one, Send) and one.send == name), None)
        return None if step is None else step.plan(self.view).payload.get("text")

    @cached_property
    def late(self) -> tuple[str, ...]:
        """Why the case is late, as codes of `robot.engine.lateness`."""
        return why_late(self.row, self.now, delay_notice_days=self.delay_notice_days)

    @property
    def only_braked(self) -> bool:
        """Whether nothing but a brake holds the case."""
        return only_braked(self.state)

    @property
    def decides(self) -> bool:
        """Whether agreeing with the open review is a decision, and not only a word to go on."""
        review = self.state.review
        return review is not None and isinstance(self.definition.steps[review.step], Decide)

    def _fact(self, name: str, stored: StoredFact) -> ShownFact:
        declared = self.definition.facts[name]
        fact = self.view.facts[name]
        node = show(fact.value, declared.type, declared.title) if isinstance(fact, Known) else None
        why = fact.why if isinstance(fact, Missing) else ""
        return ShownFact(
            name, declared.title, node, why, source_name(stored.source), stored.observed_at, name in self.editable
        )

    def _worked_out(self, name: str) -> ShownFact:
        declared = self.definition.facts[name]
        values, reasons = self.view.values((name,))
        node = show(values[name], declared.type, declared.title) if name in values else None
        why = " ".join(reason.why for reason in reasons)
        return ShownFact(name, declared.title, node, why, "uträknat ur uppgifterna ovan", None, editable=True)

    def _sent(self, name: str) -> str | None:
        done = (one for one in self.state.effects.values() if one.status == "done")
        return next((one.content.get("text") for one in done if one.kind.endswith(f".{name}")), None)

    def _preview(self, step: Send) -> Preview:
        is_page = self.definition.letters[step.send].suffix == ".html"
        sent = self._sent(step.send)
        if sent is not None:
            title = effect_name(self.definition, f"brev.{step.send}") if is_page else label(step.send)
            return Preview(step.send, title, "" if is_page else sent, is_page, "", sent=True)
        change = step.plan(self.view)
        why = " ".join(reason.why for reason in change.reasons)
        title = effect_name(self.definition, change.target if "." in change.target else f"brev.{step.send}")
        return Preview(step.send, title, "" if is_page else change.payload.get("text", ""), is_page, why)


class BlindError(Exception):
    """The user must not see the case before it has been reviewed blind."""


def open_case(desk: Desk, user: User, ref: str, why: Why | None) -> CaseFile:
    """The case, after noting in its journal that this user read it; None notes nothing, for a form's own answer.

    A case that does not exist and one that the user may not know of give the same answer.

    Raises:
        BlindError: The case is to be reviewed blind first.
        HTTPException: 404.

    """
    with desk.house.database.read() as session:
        row = queries.case_row(session, user, ref)
    if row is None:
        raise HTTPException(404)
    # Before the reading is noted: whoever has read the case can no longer review it blind.
    if desk.house.sample_reviews.hides(ref, user.account):
        raise BlindError
    if why is not None:
        draft = Draft("access.read", {"why": why, "values": True})
        desk.house.ledger.note(ref, draft, actor=user.person.actor)
    recorded = desk.house.ledger.recorded(ref)
    state = fold(recorded)
    if state.restricted and not user.sees_restricted:
        raise HTTPException(404)
    definition = desk.house.library.get(state.process, state.version)
    return CaseFile(row, recorded, definition, state, desk.now(), desk.house.settings.delay_notice_days)


def fact_json(case: CaseFile, name: str) -> Any:
    """A fact's value as JSON data for a form, None when there is none."""
    values, _ = case.view.values((name,))
    declared = case.definition.facts[name]
    return declared.to_json(values[name]) if name in values else None


def _decision_names(definition: Definition) -> tuple[str, str]:
    step = next(step for step in definition.steps if isinstance(step, Decide))
    return step.decide, step.amount
