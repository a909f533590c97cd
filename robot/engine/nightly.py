"""The nightly run: checks every chain of the journal against the vault, and writes down that it did."""

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from audit.canonical import JSONInput
from audit.log.check import check_all
from audit.log.entry import Actor
from audit.log.tables import EntryRow
from robot.engine.house import House
from robot.engine.working_days import SWEDEN

log = structlog.get_logger(__name__)
SERIES = "nattkorning-kontroll"
DONE = "journal.checked"
_ACTOR = Actor(kind="system", id="scheduler")


class Nightly:
    """Once every night at the hour of the settings, and later when nothing ran then."""

    def __init__(self, house: House) -> None:
        self._house = house

    def due(self) -> bool:
        """Whether the newest run, or a journal without one, began before the hour that was passed last."""
        now = self._house.clock.now().astimezone(SWEDEN)
        planned = now.replace(hour=self._house.settings.nightly_hour, minute=0, second=0, microsecond=0)
        if planned > now:
            planned -= timedelta(days=1)
        with self._house.database.read() as session:
            since = _newest_run(session) or _beginning(session)
        return since is not None and datetime.fromisoformat(since) < planned

    def run(self) -> None:
        """Do it now. What it finds wrong with the journal goes to the log and into the journal itself."""
        with self._house.database.read() as session:
            report = check_all(session, self._house.vault)
        kinds = sorted({problem.kind for problem in report.problems})
        counts = {"entries": report.entries, "cases": report.cases, "problems": len(report.problems)}
        body: dict[str, JSONInput] = {**counts, "kinds": kinds}
        with self._house.database.write() as session:
            self._house.ledger.journal.append(session, SERIES, DONE, actor=_ACTOR, body=body)
        if report.problems:
            log.error("journal.broken", problems=len(report.problems), kinds=kinds)
        else:
            log.info("journal.checked", entries=report.entries, cases=report.cases)


def _newest_run(session: Session) -> str | None:
    runs = select(EntryRow.ts).where(EntryRow.case_ref == SERIES).order_by(col(EntryRow.case_seq).desc())
    return session.exec(runs.limit(1)).first()


def _beginning(session: Session) -> str | None:
    return session.exec(select(EntryRow.ts).order_by(col(EntryRow.id)).limit(1)).first()
