"""What a reviewer of the stickprov does: open a task, answer it, and afterwards settle what two reviewers saw apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from audit.stickprov.canary import revealed
from robot.definition.model import Stickprov
from robot.engine.case import CaseState, ResultClass, SampleLane, SampleTask
from robot.engine.ledger import Ledger, StaleCaseError
from robot.engine.library import Library
from robot.engine.review import MOVED, Person, ReviewError
from robot.engine.sampling import (
    OPENED,
    SETTLED,
    BlindCase,
    assigned,
    blind_task,
    blinded,
    compared,
    may_review_blind,
    result_of,
    second_drafts,
    second_due,
)
from robot.steps.base import Draft
from robot.store.tables import SampleTaskRow

JUDGED = ("wrong_reasons", "wrong_procedure", "cannot_tell")
SEEN = "Du har redan sett eller arbetat med ärendet. En annan granskare måste ta den blinda granskningen."


@dataclass(frozen=True, slots=True)
class Answer:
    """A reviewer's own answer: outcome and amount (SEK) by the facts and the law, or that it cannot be told.

    ``judged``: the outcome and amount are right, but the reasons or the procedure are not, or it cannot be told.
    ``cause``: a word for what went wrong. ``motivation`` is kept in the vault.
    """

    outcome: str = ""
    amount: Decimal | None = None
    judged: ResultClass | None = None
    cause: str = ""
    motivation: str = ""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A review in a reviewer's list. ``mine``: the reviewer has opened it."""

    case_ref: str
    task: str
    process: str
    blind: bool
    number: int
    due_at: datetime
    mine: bool


class SampleReviews:
    """Every lane has its own queue. What a blind reviewer must not know, these functions do not give."""

    def __init__(self, ledger: Ledger, library: Library) -> None:
        self._ledger = ledger
        self._library = library

    def queue(
        self, session: Session, lane: SampleLane, *, person: Person | None = None, restricted: bool = False
    ) -> Sequence[SampleTaskRow]:
        """The unanswered tasks of a lane, the first due first; with ``person`` those this person has opened or may.

        ``restricted``: also cases with protected persons.
        """
        query = select(SampleTaskRow).where(col(SampleTaskRow.lane) == lane, col(SampleTaskRow.answered_at).is_(None))
        if not restricted:
            query = query.where(col(SampleTaskRow.restricted).is_(False))
        rows = session.exec(query.order_by(col(SampleTaskRow.due_at), col(SampleTaskRow.case_ref))).all()
        return [row for row in rows if person is None or row.reviewer in {None, person.id}]

    def work(self, session: Session, person: Person, *, restricted: bool = False) -> list[WorkItem]:
        """What a reviewer may take: the random lane with its canaries, which nothing here tells apart."""
        rows = [
            row
            for lane in ("random", "canary")
            for row in self.queue(session, lane, person=person, restricted=restricted)
        ]
        return [
            WorkItem(row.case_ref, row.task, row.process, row.blind, row.number, row.due_at, row.reviewer == person.id)
            for row in sorted(rows, key=lambda row: (row.due_at, row.case_ref))
        ]

    def hides(self, ref: str, account: str) -> bool:
        """Whether the account must not see the case now, because of a blind review that is not answered."""
        query = select(SampleTaskRow.task).where(
            SampleTaskRow.case_ref == ref, col(SampleTaskRow.blind), col(SampleTaskRow.answered_at).is_(None)
        )
        with self._ledger.database.read() as session:
            if session.exec(query).first() is None:
                return False
        return blind_task(self._ledger.load(ref), account) is not None

    def open(self, ref: str, task: str, person: Person) -> BlindCase | CaseState:
        """Begin a review: what the person gets to see. A blind reviewer gets no outcome. May be repeated.

        Raises `ReviewError` when another has the task, or when a blind reviewer would not be blind.
        """
        state, found = self._task(ref, task)
        recorded = self._ledger.recorded(ref)
        if found.reviewer not in {"", person.id}:
            msg = "En annan granskare har tagit uppgiften."
            raise ReviewError(msg)
        if found.found is not None:
            msg = "Granskningen är redan besvarad."
            raise ReviewError(msg)
        if not found.reviewer:
            entries = [one.entry for one in recorded]
            if found.blind and not may_review_blind(entries, person.id):
                raise ReviewError(SEEN)
            if state.decision is not None and state.decision.by == person.id:
                msg = "Du har själv beslutat i ärendet. En annan granskare måste ta uppgiften."
                raise ReviewError(msg)
            body = {"task": task, "blind": found.blind, "reviewer": person.id}
            state = self._write(state, [Draft(OPENED, body)], person)
        return blinded(recorded) if found.blind else state

    def answer(self, ref: str, task: str, person: Person, answer: Answer) -> CaseState:
        """Note the reviewer's answer; a disagreement, and a share of agreements, go to a second blind reviewer.

        The answer is held against the decision here, where the reviewer cannot see it. Raises `ReviewError`.
        """
        state, found = self._task(ref, task)
        if found.reviewer != person.id:
            msg = "Öppna granskningen först, så att tiden räknas från att du började."
            raise ReviewError(msg)
        if found.found is not None:
            msg = "Granskningen är redan besvarad. Ett svar ändras inte i efterhand."
            raise ReviewError(msg)
        _must_be_an_answer(answer)
        now, plan = self._ledger.clock.now(), self._plan(state)
        kind, difference, disadvantage = _judged(found, answer)
        told = result_of(
            found,
            person.id,
            now,
            kind=kind,
            outcome=answer.outcome,
            amount=answer.amount,
            difference_ore=difference,
            disadvantage=disadvantage,
            cause=answer.cause,
            motivation=answer.motivation,
        )
        because = second_due(state, found, kind, plan)
        drafts = [told, *(second_drafts(state, plan, now, because) if because else ())]
        if state.canary:
            kind_of_entry, body = revealed(self._ledger.recorded(ref)[0].values)
            drafts.append(Draft(kind_of_entry, body))
        return self._write(state, drafts, person)

    def settle(self, ref: str, person: Person, answer: Answer) -> CaseState:
        """Decide, as a named person who reviewed neither time, what is right where two reviewers differ.

        Raises `ReviewError`.
        """
        state = self._ledger.load(ref)
        first, second = state.tasks.get("random-1"), state.tasks.get("random-2")
        if first is None or second is None or first.found is None or second.found is None:
            msg = "Ärendet har inte två besvarade granskningar att avgöra mellan."
            raise ReviewError(msg)
        if person.id in {first.reviewer, second.reviewer}:
            msg = "Du har själv granskat ärendet. En tredje person avgör."
            raise ReviewError(msg)
        if state.settled is not None:
            msg = "Granskningen är redan avgjord."
            raise ReviewError(msg)
        _must_be_an_answer(answer)
        kind, difference, disadvantage = _judged(first, answer)
        body = {
            "lane": "random",
            "reviewer": person.id,
            "class": kind,
            "difference_ore": difference,
            "disadvantage": disadvantage,
            "cause": answer.cause,
        }
        motivation = {"motivation": answer.motivation} if answer.motivation else {}
        return self._write(state, [Draft(SETTLED, body, motivation)], person)

    def put_in_lane(self, ref: str, lane: SampleLane, person: Person, *, motivation: str) -> CaseState:
        """Put a case in the risk or the complaint lane, as a named person with a reason. Raises `ReviewError`."""
        if lane not in {"risk", "complaint"} or not motivation.strip():
            msg = "Välj riskurval eller klagomål, och skriv varför ärendet ska granskas."
            raise ReviewError(msg)
        state = self._ledger.load(ref)
        if state.decision is None:
            msg = "Ärendet är inte beslutat än, så det finns inget att granska."
            raise ReviewError(msg)
        if f"{lane}-1" in state.tasks:
            msg = "Ärendet granskas redan i den kön."
            raise ReviewError(msg)
        ticket = state.ticket
        opened = assigned(
            state,
            self._plan(state),
            self._ledger.clock.now(),
            why="named",
            lane=lane,
            period=f"{state.decision.at:%Y-%m}",
            stratum=ticket.stratum if ticket else "",
        )
        return self._write(state, [Draft(opened.type, opened.body, {"reason": motivation})], person)

    def _task(self, ref: str, task: str) -> tuple[CaseState, SampleTask]:
        state = self._ledger.load(ref)
        found = state.tasks.get(task)
        if found is None:
            msg = "Ärendet har ingen sådan granskning. Ladda om sidan."
            raise ReviewError(msg)
        return state, found

    def _plan(self, state: CaseState) -> Stickprov:
        plan = self._library.get(state.process, state.version).stickprov
        if plan is None:
            msg = "Processen har inget stickprov."
            raise ReviewError(msg)
        return plan

    def _write(self, state: CaseState, drafts: Sequence[Draft], person: Person) -> CaseState:
        try:
            return self._ledger.write(state, drafts, actor=person.actor)
        except StaleCaseError as stale:
            raise ReviewError(MOVED) from stale


def _judged(task: SampleTask, answer: Answer) -> tuple[ResultClass, int, bool]:
    if answer.judged == "cannot_tell":
        return "cannot_tell", 0, False
    kind, difference, disadvantage = compared(task, answer.outcome, answer.amount)
    if kind == "right" and answer.judged is not None:
        return answer.judged, 0, False
    return kind, difference, disadvantage


def _must_be_an_answer(answer: Answer) -> None:
    if answer.judged is not None and answer.judged not in JUDGED:
        msg = "Att utfall eller belopp är fel följer av ditt svar. Ange annars fel skäl eller fel handläggning."
        raise ReviewError(msg)
    if answer.judged == "cannot_tell":
        if not answer.motivation.strip():
            msg = "Skriv varför det inte går att avgöra."
            raise ReviewError(msg)
        return
    amount = answer.amount
    whole = amount is not None and amount.is_finite() and amount >= 0 and amount * 100 == int(amount * 100)
    if not whole or answer.outcome not in {"bifall", "avslag"} or (answer.outcome == "avslag") != (amount == 0):
        msg = "Ange det utfall och det belopp som du själv kommer fram till, eller att det inte går att avgöra."
        raise ReviewError(msg)
