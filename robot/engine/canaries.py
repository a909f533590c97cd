"""Plants canaries among the reviews, and counts how many of them the reviewers saw."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from audit.canonical import JSON
from audit.log.entry import Entry, new_case_ref
from audit.log.tables import EntryRow
from audit.stickprov.canary import CANARY_OPENED, canary_commitment, commit_canary
from audit.stickprov.figures import Canaries as Measured
from audit.stickprov.month import period_of
from audit.stickprov.period import chain, read_period
from audit.stickprov.scribe import Scribe
from robot.definition import Definition
from robot.engine.drawing import Drawing
from robot.engine.fold import fold
from robot.engine.ledger import Ledger, task_row
from robot.engine.library import Library
from robot.engine.review import Person, ReviewError
from robot.engine.sampling import ASSIGNED, RESULT
from robot.engine.working_days import add_working_days
from robot.store.tables import SampleTaskRow


@dataclass(frozen=True, slots=True)
class Canary:
    """A made-up case: its facts as JSON by name, the decision that is shown, and the right one.

    ``outcome``: "bifall" or "avslag"; amounts in öre. ``month``: "YYYY-MM". ``blind``: the reviewer answers before the
    shown decision. The person in the facts must be nobody: take Skatteverket's test numbers.
    """

    month: str
    facts: Mapping[str, Any]
    shown_outcome: str
    shown_ore: int
    right_outcome: str
    right_ore: int
    blind: bool = False


class Canaries:
    """The controller's canaries. Reviewers meet them in the queue of the random lane, and cannot tell them apart."""

    def __init__(
        self,
        ledger: Ledger,
        library: Library,
        drawing: Drawing,
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._ledger = ledger
        self._library = library
        self._drawing = drawing
        self._random_bytes = random_bytes

    def plant(self, process: str, canary: Canary, person: Person) -> str:
        """Commit to the truth in this month's chain and put the canary in the queue; its case reference.

        Raises `ReviewError` when it could not be mistaken for a case or its decision is right, and `DrawError`.
        """
        definition = self._library.current(process)
        _must_be_wrong(definition, canary)
        now = self._ledger.clock.now()
        period, ref = period_of(now), new_case_ref(self._random_bytes)
        nonce = self._random_bytes(32).hex()
        truth: dict[str, JSON] = {"outcome": canary.right_outcome, "amount_ore": canary.right_ore}
        assert definition.stickprov is not None  # noqa: S101 - asked for above
        due = add_working_days(now, definition.stickprov.review_days).isoformat()
        opened = {
            "process": process,
            "version": definition.version,
            "month": canary.month,
            "facts": sorted(canary.facts),
            "due_at": due,
        }
        hidden: dict[str, Any] = {
            **canary.facts,
            "shown": {"outcome": canary.shown_outcome, "amount_ore": canary.shown_ore},
            "truth": truth,
            "nonce": nonce,
        }
        task: dict[str, Any] = {
            "task": "random-1",
            "lane": "canary",
            "number": 1,
            "period": period,
            "stratum": "",
            "mode": "follow_up",
            "blind": canary.blind,
            "due_at": due,
            "why": "named",
        }

        def planted(scribe: Scribe) -> None:
            found = read_period(scribe.journal, scribe.session, process, period)
            if found is None:
                msg = f"Perioden {period} är inte öppnad: kör arende stickprov open {process}."
                raise ReviewError(msg)
            commit_canary(scribe, found, canary_commitment(ref, nonce, truth))
            journal, session = scribe.journal, scribe.session
            journal.append(session, ref, CANARY_OPENED, actor=scribe.actor, body=opened, personal=hidden)
            scribe.append(ref, ASSIGNED, task)
            state = fold(journal.read(session, ref))
            session.add(task_row(state, state.tasks["random-1"]))

        self._drawing.written(chain(process, period), planted, actor=person.actor)
        return ref


def measured(session: Session, process: str, period: str) -> Measured:
    """How many canaries of the period were answered, and how many of them were called wrong."""
    tasks = select(SampleTaskRow.case_ref).where(
        SampleTaskRow.process == process, SampleTaskRow.period == period, SampleTaskRow.lane == "canary"
    )
    answers = select(EntryRow.data).where(col(EntryRow.type) == RESULT, col(EntryRow.case_ref).in_(tasks))
    found = [Entry.parse(data).body["class"] for data in session.exec(answers)]
    return Measured(len(found), sum(kind not in {"right", "cannot_tell"} for kind in found))


def _must_be_wrong(definition: Definition, canary: Canary) -> None:
    if definition.stickprov is None:
        msg = f"Processen {definition.id} har inget stickprov."
        raise ReviewError(msg)
    if (canary.shown_outcome, canary.shown_ore) == (canary.right_outcome, canary.right_ore):
        msg = "Kanariefågelns beslut är rätt. Det som visas ska vara fel."
        raise ReviewError(msg)
    for name, value in canary.facts.items():
        declared = definition.facts.get(name)
        if declared is None:
            msg = f"Det finns ingen uppgift som heter {name} i processen {definition.id}."
            raise ReviewError(msg)
        try:
            declared.from_json(value)
        except ValueError as error:
            msg = f"{declared.title} har inte den form som väntas."
            raise ReviewError(msg) from error
