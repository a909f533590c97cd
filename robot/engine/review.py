"""Review tasks: how they are opened, and the five things a person may do with one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from audit.log.entry import Actor
from robot.definition import Definition
from robot.engine.brake import HELD
from robot.engine.case import CaseState, Lane
from robot.engine.fold import Told, changed
from robot.engine.ledger import Ledger, StaleCaseError
from robot.engine.library import Library
from robot.engine.money import ore
from robot.engine.proposal import Proposed, propose
from robot.engine.sampling import answered_by_acting, waits_for_blind
from robot.engine.view import CaseView
from robot.engine.working_days import add_working_days
from robot.rules import Reason
from robot.steps.base import CASES_QUEUE, Draft
from robot.steps.check import Check, checked
from robot.steps.decide import Decide

BLIND = "Ärendet granskas blint i stickprovet. Besvara granskningen först; då visas vad roboten kom fram till."
MOVED = "Ärendet väntar inte på en person längre. Ladda om sidan."


class ReviewError(Exception):
    """The person's action is not possible; the message says why, in Swedish."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: the account's id for the journal, and the name that a decision states."""

    id: str
    name: str

    @property
    def actor(self) -> Actor:
        """As the journal writes it."""
        return Actor(kind="person", id=self.id)


def review_opened(
    view: CaseView,
    reasons: Sequence[Reason],
    *,
    lane: Lane,
    resume: str,
    now: datetime,
    step: int | None = None,
) -> Draft:
    """The entry that opens a task: codes and titles outside, remarks in the vault."""
    shown = view.review_reasons(reasons)
    body = {
        "reasons": [{"code": reason.code, "title": reason.title} for reason in shown],
        "lane": lane,
        "resume": resume,
        "step": view.state.position if step is None else step,
        "due_at": add_working_days(now, view.definition.review.within_working_days).isoformat(),
    }
    remarks = {str(number): list(reason.remarks) for number, reason in enumerate(shown)}
    return Draft("human.review.opened", body, {"remarks": remarks})


class Reviews:
    """What a person does with a case that waits for one. Every action is one transaction."""

    def __init__(self, ledger: Ledger, library: Library) -> None:
        self._ledger = ledger
        self._library = library

    def agree(self, ref: str, person: Person, *, heard: bool = False, motivation: str = "") -> CaseState:
        """Let the proposal stand, or let the robot go on where it stopped.

        ``heard``: the person has made sure that the applicant could comment on what speaks against them (FL 25 §);
        needed for every outcome but bifall. Raises `ReviewError`.
        """
        state, view = self._waiting(ref)
        _must_be_undecided(state)
        if not only_braked(state):
            _must_be_open(state)
        if state.review is None:
            msg = "Ärendet har ingen öppen granskning. Ladda om sidan."
            raise ReviewError(msg)
        deciding = isinstance(view.definition.steps[state.review.step], Decide)
        drafts: list[Draft] = []
        if deciding:
            if state.proposal is None:
                msg = "Det finns inget förslag att godkänna. Ändra en uppgift, besluta annat eller ta över ärendet."
                raise ReviewError(msg)
            _must_be_heard(state.proposal.outcome, heard=heard)
            drafts.append(_made(view.definition, state.proposal.outcome, state.proposal.amount, person, motivation))
        following = state.review.step + (1 if deciding or state.review.resume == "next" else 0)
        body = {"next": following, "heard": heard}
        return self._go_on(state, [*drafts, Draft("human.review.agreed", body, {"motivation": motivation})], person)

    def change_facts(self, ref: str, person: Person, facts: Mapping[str, Any], *, motivation: str) -> CaseState:
        """Replace facts (name → JSON value), with the reason why, and work everything out again.

        The case stays with the person, with the new proposal. Raises `ReviewError` for an unknown fact, a value of the
        wrong form, or when something is written in the case system already.
        """
        _needed(motivation, "Skriv varför uppgiften ändras.")
        state, view = self._waiting(ref)
        _must_be_open(state)
        _must_be_undecided(state)
        _must_be_unwritten(state)
        _check_facts(view.definition, facts)
        step = _decide_step(view.definition)
        draft = Draft(
            "human.review.fact_changed",
            {"facts": sorted(facts), "source": f"handläggare {person.id}", "next": step},
            {**facts, "motivation": motivation},
        )
        now = self._ledger.clock.now()
        then = changed(state, draft.type, Told(draft.body, draft.personal, now))
        recalculated = _recalculated(CaseView(view.definition, then, now=now), step, now)
        return self._write(state, [draft, *recalculated], person)

    def decide_otherwise(
        self, ref: str, person: Person, outcome: str, amount: Decimal, *, motivation: str, heard: bool = False
    ) -> CaseState:
        """Decide another outcome or amount (SEK) than proposed. Raises `ReviewError`.

        Where it differs from what the rules say, the person writes it in the case system: the robot hands over there.
        """
        _needed(motivation, "Skriv skälen för beslutet. De står i beslutsbrevet.")
        state, view = self._waiting(ref)
        _must_be_open(state)
        _must_be_undecided(state)
        _must_be_unwritten(state)
        _must_be_a_decision(outcome, amount)
        _must_be_heard(outcome, heard=heard)
        step = _decide_step(view.definition)
        drafts = [
            _made(view.definition, outcome, amount, person, motivation),
            Draft("human.review.decided", {"next": step + 1, "heard": heard}, {"motivation": motivation}),
        ]
        return self._go_on(state, drafts, person)

    def ask_applicant(self, ref: str, person: Person, question: str, *, due_at: datetime) -> CaseState:
        """Note what the applicant is asked, and until when the case waits for an answer. Raises `ReviewError`."""
        _needed(question, "Skriv vad den sökande ska svara på.")
        state, _ = self._waiting(ref)
        _must_be_open(state)
        draft = Draft("human.review.asked", {"due_at": due_at.isoformat()}, {"question": question})
        return self._write(state, [draft], person)

    def applicant_answered(self, ref: str, person: Person, answer: str) -> CaseState:
        """Note the applicant's answer; the case is back with the person. Raises `ReviewError`."""
        _needed(answer, "Skriv vad den sökande svarade.")
        state = self._ledger.load(ref)
        if state.status != "applicant":
            msg = "Ärendet väntar inte på svar från den sökande."
            raise ReviewError(msg)
        due_at = back_with_person(self._library, state, self._ledger.clock.now())
        return self._write(state, [Draft("human.review.answered", {"due_at": due_at}, {"answer": answer})], person)

    def take_over(self, ref: str, person: Person, *, motivation: str) -> CaseState:
        """End the robot's part: the case is handled by hand. Raises `ReviewError`."""
        _needed(motivation, "Skriv varför du tar över ärendet.")
        state = self._ledger.load(ref)
        if state.status not in {"person", "applicant", "running"}:
            msg = "Ärendet är redan avslutat."
            raise ReviewError(msg)
        _must_be_undecided(state)
        return self._write(state, [Draft("human.review.taken", {}, {"motivation": motivation})], person)

    def let_stand(self, ref: str, person: Person, *, motivation: str) -> CaseState:
        """Answer a task of a correction campaign: the decision is not changed. Raises `ReviewError`."""
        return self._corrected(ref, person, {"result": "stands"}, motivation)

    def correct(
        self, ref: str, person: Person, outcome: str, amount: Decimal, *, motivation: str, heard: bool = False
    ) -> CaseState:
        """Answer a task of a correction campaign: the person has made a new decision, of this outcome and amount (SEK).

        The person writes it in the case system and tells the applicant; the robot does neither. Raises `ReviewError`.
        """
        state, _ = self._waiting(ref)
        _must_be_a_decision(outcome, amount)
        if state.decision is not None and amount < state.decision.amount:
            _must_be_heard("", heard=heard)
        body = {"result": "changed", "outcome": outcome, "amount_ore": ore(amount), "heard": heard}
        return self._corrected(ref, person, body, motivation)

    def _corrected(self, ref: str, person: Person, body: Mapping[str, Any], motivation: str) -> CaseState:
        _needed(motivation, "Skriv skälen för ditt ställningstagande.")
        state, _ = self._waiting(ref)
        if state.review is None or state.review.lane != "correction":
            msg = "Ärendet har ingen öppen omprövning. Ladda om sidan."
            raise ReviewError(msg)
        told = {**body, "by": person.id, "campaign": state.review.campaign}
        drafts = [Draft("human.review.corrected", told, {"motivation": motivation, "name": person.name})]
        if state.reopened:
            drafts.append(Draft("case.closed", {"how": "omprövad"}))
        return self._write(state, drafts, person)

    def _waiting(self, ref: str) -> tuple[CaseState, CaseView]:
        state = self._ledger.load(ref)
        if state.status != "person":
            raise ReviewError(MOVED)
        if waits_for_blind(state):
            raise ReviewError(BLIND)
        definition = self._library.get(state.process, state.version)
        return state, CaseView(definition, state, now=self._ledger.clock.now())

    def _go_on(self, state: CaseState, drafts: Sequence[Draft], person: Person) -> CaseState:
        return self._write(state, drafts, person, queue=CASES_QUEUE)

    def _write(
        self, state: CaseState, drafts: Sequence[Draft], person: Person, *, queue: str | None = None
    ) -> CaseState:
        plan = self._library.get(state.process, state.version).stickprov
        sampled = answered_by_acting(state, drafts, person.id, plan, self._ledger.clock.now())
        try:
            return self._ledger.write(state, [*drafts, *sampled], actor=person.actor, queue=queue)
        except StaleCaseError as stale:
            raise ReviewError(MOVED) from stale


def back_with_person(library: Library, state: CaseState, now: datetime) -> str:
    """When a task that comes back from the applicant is due, as entries write it."""
    definition = library.get(state.process, state.version)
    return add_working_days(now, definition.review.within_working_days).isoformat()


def _recalculated(view: CaseView, step: int, now: datetime) -> list[Draft]:
    checks, reasons = all_checks(view, step)
    proposal: Proposed = propose(view, *_decision_names(view.definition))
    again = checked(checks, reasons)
    everything = tuple(dict.fromkeys((*reasons, *proposal.reasons))) or (
        Reason(
            "andrad_uppgift", "En uppgift är ändrad av en handläggare. Godkänn förslaget eller besluta annat.", "review"
        ),
    )
    return [
        Draft(again.type, {**again.body, "again": True}, again.personal),
        proposal.draft(),
        review_opened(view, everything, lane="ordinary", resume="next", now=now, step=step),
    ]


def all_checks(view: CaseView, step: int) -> tuple[list[str], list[Reason]]:
    """Every check that the process makes before ``step``, and what does not pass as the facts are now."""
    checks = {
        rule: title
        for part in view.definition.steps[:step]
        if isinstance(part, Check)
        for rule, title in part.check.items()
    }
    # What the intake remarked is no rule of the process, and no changed fact takes it away.
    reasons = [reason for reason in view.state.remarks if reason.origin == "intake"]
    return list(checks), reasons + [reason for found in view.remarks(checks).values() for reason in found.reasons]


def _made(definition: Definition, outcome: str, amount: Decimal, person: Person, motivation: str) -> Draft:
    body = {
        "outcome": outcome,
        "amount_ore": ore(amount),
        "by": person.id,
        "delegation": "",
        "appeal": definition.appeal,
    }
    return Draft("decision.made", body, {"name": person.name, "motivation": motivation})


def _check_facts(definition: Definition, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        declared = definition.facts.get(name)
        if declared is None or declared.sources == ("engine",):
            msg = f"Det finns ingen uppgift som heter {name} och kan ändras."
            raise ReviewError(msg)
        try:
            declared.from_json(value)
        except ValueError as error:
            msg = f"{declared.title} har inte den form som väntas."
            raise ReviewError(msg) from error


def _decide_step(definition: Definition) -> int:
    return next(number for number, step in enumerate(definition.steps) if isinstance(step, Decide))


def _decision_names(definition: Definition) -> tuple[str, str]:
    step = definition.steps[_decide_step(definition)]
    if not isinstance(step, Decide):
        msg = f"{definition.id} has no decide step"
        raise TypeError(msg)
    return step.decide, step.amount


def _must_be_open(state: CaseState) -> None:
    if state.restricted:
        msg = "Ärendet kan gälla en skyddad person och hanteras för hand. Ta över det."
        raise ReviewError(msg)


def only_braked(state: CaseState) -> bool:
    """Whether nothing but a brake holds the case: the robot may then go on, and ask for protection where it stopped."""
    review = state.review
    held = () if review is None or review.resume != "same" else review.reasons
    return bool(held) and all(reason.code.startswith(HELD) for reason in held)


def _must_be_undecided(state: CaseState) -> None:
    """A correction is about a decision that is made: what else a person may do with a case would make it twice."""
    if state.review is not None and state.review.lane == "correction":
        msg = "Ärendet ligger här för omprövning. Låt beslutet stå eller ändra det."
        raise ReviewError(msg)


def _must_be_unwritten(state: CaseState) -> None:
    # An effect that was intended and never proven may have happened; another decision would then be written twice.
    if any(effect.status != "failed" for effect in state.effects.values()):
        msg = "Något är redan skrivet i verksamhetssystemet. Ta över ärendet och rätta det där."
        raise ReviewError(msg)


def _must_be_a_decision(outcome: str, amount: Decimal) -> None:
    whole = amount.is_finite() and amount >= 0 and amount * 100 == int(amount * 100)
    if not whole or outcome not in {"bifall", "avslag"} or (outcome == "avslag") != (amount == 0):
        msg = "Ange bifall med ett belopp över noll i kronor och hela ören, eller avslag med beloppet noll."
        raise ReviewError(msg)


def _must_be_heard(outcome: str, *, heard: bool) -> None:
    if outcome != "bifall" and not heard:
        msg = "Kryssa för att den sökande har fått yttra sig över uppgifterna (25 § förvaltningslagen)."
        raise ReviewError(msg)


def _needed(text: str, message: str) -> None:
    if not text.strip():
        raise ReviewError(message)
