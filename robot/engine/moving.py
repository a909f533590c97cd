"""Moves a municipality to another database, which refuses work until it has proven to be the same."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from audit.clock import Clock
from audit.log.check import check_all
from audit.log.journal import Journal
from audit.vault.vault import Vault
from robot.engine.fold import fold
from robot.engine.liveness import is_gone
from robot.engine.queue import Queue
from robot.engine.turn import turn_of
from robot.store import migrate
from robot.store.database import Database, DatabaseError
from robot.store.migrate import Progress
from robot.store.tables import CaseRow, WorkerRow

IN_USE = "stop every worker, scheduler and desk that uses it, and try again"
UNTOUCHED = "the old database is untouched; run again with --restart"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved and found equal: rows by table, entries checked on both sides, cases folded, jobs put anew."""

    rows: dict[str, int]
    entries: int
    cases: int
    jobs: int


@dataclass(frozen=True)
class Move:
    """A move from one database to another. ``vault`` opens the values of both: they have the same master key."""

    source: Database
    target: Database
    vault: Vault
    clock: Clock
    progress: Progress

    def run(self, *, restart: bool) -> Moved:
        """Copy everything, verify it, and put the jobs of the running cases in the target's queues.

        Nobody can write to the source meanwhile, and nothing in it is changed. Broken off, the target can only be
        filled anew, with ``restart``.

        Raises:
            DatabaseError: The source is in use or not whole, the target is not empty, or the two are not the same.

        """
        migrate.must_be_source(self.source)
        if restart:
            migrate.clear(self.target)
        migrate.must_be_empty(self.target)
        turn = turn_of(self.source)
        try:
            if not turn.mine():
                msg = f"--from: a scheduler is running on it; {IN_USE}"
                raise DatabaseError(msg)
            with self.source.write() as held:
                migrate.hold(held.connection())
                _must_be_idle(held)
                entries = self._checked(held, "--from")
                return self._filled(held, entries)
        finally:
            turn.close()

    def _filled(self, held: Session, entries: int) -> Moved:
        self.target.upgrade(unfinished=True)
        with self.target.engine.begin() as connection:
            rows = migrate.copy(held.connection(), connection, self.progress)
        jobs = self._put_jobs(held)
        with self.target.read() as copied:
            self._must_be_same(held, copied, entries)
            cases = self._same_states(held, copied)
        self.target.finish()
        return Moved(rows, entries, cases, jobs)

    def _put_jobs(self, held: Session) -> int:
        """Every running case gets the job that its row says is the current one."""
        queue = Queue(self.target)
        queue.prepare()
        running = held.exec(select(CaseRow).where(col(CaseRow.status) == "running")).all()
        try:
            for done, row in enumerate(running, start=1):
                with self.target.write() as session:
                    queue.put(session, row.ref, row.queue, number=row.job, due_at=row.due_at)
                self.progress("jobs", done, len(running))
        finally:
            queue.close()
        return len(running)

    def _must_be_same(self, held: Session, copied: Session, entries: int) -> None:
        original = migrate.digests(held.connection(), self.progress)
        copy = migrate.digests(copied.connection(), self.progress)
        differing = [name for name, digest in original.items() if copy[name] != digest]
        if differing:
            msg = f"the copy of {', '.join(differing)} is not the same as the original; {UNTOUCHED}"
            raise DatabaseError(msg)
        found = self._checked(copied, "--to")
        if found != entries:
            msg = f"the copy has {found} journal entries, expected {entries}; {UNTOUCHED}"
            raise DatabaseError(msg)

    def _checked(self, session: Session, name: str) -> int:
        """How many entries there are, all of them whole."""
        report = check_all(session, self.vault, lambda done, total: self.progress(f"check {name}", done, total))
        if report.problems:
            first = report.problems[0]
            msg = (
                f"{name}: the journal is not whole: {len(report.problems)} problems, "
                f"the first {first.kind} in {first.case}; `arende audit verify` shows them all"
            )
            raise DatabaseError(msg)
        return report.entries

    def _same_states(self, held: Session, copied: Session) -> int:
        journal = Journal(self.clock, self.vault)
        refs = held.exec(select(CaseRow.ref)).all()
        for done, ref in enumerate(refs, start=1):
            if fold(journal.read(held, ref)) != fold(journal.read(copied, ref)):
                msg = f"case {ref} adds up to another state in the copy; {UNTOUCHED}"
                raise DatabaseError(msg)
            self.progress("states", done, len(refs))
        return len(refs)


def _must_be_idle(held: Session) -> None:
    alive = [row.name for row in held.exec(select(WorkerRow)) if not is_gone(row)]
    if alive:
        msg = (
            f"--from: workers run on it: {', '.join(alive)}; {IN_USE}. One that died on another machine is forgotten "
            "when a worker is started on the database and stopped"
        )
        raise DatabaseError(msg)
