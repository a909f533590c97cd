"""The stickprov draw of a case, in one transaction with its ticket."""

from dataclasses import dataclass, field
from fractions import Fraction

from audit.errors import JournalConflictError
from audit.log.entry import Actor
from audit.log.journal import Journal
from audit.stickprov.draw import draw
from robot.engine.case import CaseState
from robot.engine.ledger import CONFLICTS, StaleCaseError
from robot.engine.working_days import SWEDEN
from robot.store.database import Database


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws with the draw key, which nothing else in the robot reads."""

    database: Database
    journal: Journal
    key: bytes = field(repr=False)

    def draw(self, state: CaseState, stratum: str, rate: Fraction, *, actor: Actor) -> None:
        """Draw the case's ticket in the month it was opened, and journal it.

        Raises:
            DrawError: The key is not the one the period was committed to, or the rate was lowered within it.

        """
        period = f"{state.opened_at.astimezone(SWEDEN):%Y-%m}"
        for _ in range(CONFLICTS):
            try:
                with self.database.write() as session:
                    draw(
                        self.journal,
                        session,
                        case=state.ref,
                        log=state.process,
                        period=period,
                        stratum=stratum,
                        rate=rate,
                        key=self.key,
                        actor=actor,
                    )
                    return
            except JournalConflictError:
                continue
        msg = f"case {state.ref}: {CONFLICTS} journal conflicts in a row while drawing; another process keeps drawing"
        raise StaleCaseError(msg)
