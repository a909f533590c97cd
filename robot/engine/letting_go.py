"""When a brake is released, the cases that only it held go on by themselves."""

from collections.abc import Iterator

import structlog
from sqlmodel import col, select

from audit.log.entry import Actor
from robot.definition import DefinitionError
from robot.engine.brake import HELD, Brakes
from robot.engine.case import CaseState
from robot.engine.ledger import Ledger, StaleCaseError
from robot.engine.library import Library, UnknownProcessError
from robot.steps.base import CASES_QUEUE, Draft
from robot.store.tables import CaseRow

log = structlog.get_logger(__name__)
LIFTED = "brake.lifted"
JUDGED = tuple(f"{HELD}{kind}" for kind in ("process", "stratum"))
"""Brakes on what the rules decide; the others are on what the robot reaches."""
_ACTOR = Actor(kind="system", id="brake")


class LettingGo:
    """Looks for cases that wait for a person because of brakes alone, none of which is on any more.

    A named person has released them, and the journal of the brakes says who and why. A case keeps the rules it began
    with: held by a brake on a process or a stratum, it stays with its person when there are newer ones, because the old
    ones may be why the brake was pulled.
    """

    def __init__(self, ledger: Ledger, library: Library, brakes: Brakes) -> None:
        self._ledger = ledger
        self._library = library
        self._brakes = brakes

    def look(self) -> int:
        """Let every such case go on; how many did."""
        return sum(self._lift(ref, codes) for ref, codes in self._perhaps())

    def _perhaps(self) -> Iterator[tuple[str, list[str]]]:
        waiting = select(CaseRow.ref, CaseRow.process, CaseRow.reasons).where(CaseRow.status == "person")
        with self._ledger.database.read() as session:
            found = session.exec(waiting.order_by(col(CaseRow.due_at), col(CaseRow.ref))).all()
        held = [(ref, process, [one["code"] for one in reasons]) for ref, process, reasons in found]
        for ref, process, codes in held:
            if codes and all(code.startswith(HELD) for code in codes):
                on = {one.reason.code for one in self._brakes.pulled(process)}
                if not on.intersection(codes):
                    yield ref, codes

    def _lift(self, ref: str, codes: list[str]) -> bool:
        state = self._ledger.load(ref)
        review = state.review
        if state.status != "person" or review is None or codes != [reason.code for reason in review.reasons]:
            return False
        if any(code.startswith(JUDGED) for code in codes) and self._outdated(state):
            return False
        body = {"next": review.step, "brakes": sorted(code.removeprefix(HELD) for code in codes)}
        try:
            self._ledger.write(state, [Draft(LIFTED, body)], actor=_ACTOR, queue=CASES_QUEUE)
        except StaleCaseError:
            return False  # a person was first
        log.info("brake.case_lifted", case=ref)
        return True

    def _outdated(self, state: CaseState) -> bool:
        try:
            return self._library.current(state.process).version != state.version
        except (UnknownProcessError, DefinitionError) as error:
            log.warning("brake.no_definition", process=state.process, error=type(error).__name__)
            return True
