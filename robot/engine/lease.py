"""A worker's right to work: a row that it renews, and that somebody else deletes when the worker is dead."""

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session, col, select

from audit.clock import Clock
from robot.engine.ledger import StaleCaseError
from robot.engine.liveness import Watch, this_process
from robot.store.database import Database
from robot.store.tables import WorkerRow

log = structlog.get_logger(__name__)
BEATS = 5
"""How many beats fit in a lease: four may be missed."""


class LeaseLostError(StaleCaseError):
    """The worker's right to work was taken, or could not be renewed in time: it may not act or write any more."""


class NameTakenError(Exception):
    """Another worker runs under the name; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Held:
    """The lease as one segment holds it: of one term, so that a later term of the same worker does not revive it."""

    lease: "Lease"
    term: str

    def confirm(self) -> float:
        """Ask the database once more; for how many seconds the right surely lasts.

        Raises:
            LeaseLostError: It does not last any more.
            SQLAlchemyError: The database does not answer.

        """
        return self.lease.confirm(self.term)


class Lease:
    """One worker's lease. ``on_lost`` is told each term that ended while the worker lived; ``on_refused`` that the
    name went to somebody else, so that this worker has to end.

    Validity is counted on this process's own monotonic clock from before the renewal was asked for, so it ends here
    before anybody else can take it for ended.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        name: str,
        serves: Sequence[str],
        seconds: float,
        on_lost: Callable[[str], None] = lambda _term: None,
        on_refused: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.executor = f"{name}.{secrets.token_hex(4)}"
        self.seconds = seconds
        self._database = database
        self._clock = clock
        self._serves = list(serves)
        self._on_lost = on_lost
        self._on_refused = on_refused
        self._term = ""
        self._until = 0.0
        self._one = threading.RLock()
        self._stop = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="arende-lease", daemon=True)

    @property
    def term(self) -> str:
        """The term that lasts now; empty between two."""
        return self._term

    def open(self) -> None:
        """Take the name, and keep it until `close`. Waits out a namesake that may be dead, as long as its lease.

        Raises:
            NameTakenError: A living worker has the name.

        """
        watch = Watch(self._clock, gap_seconds=self.seconds)
        while not self._taken(watch):
            self._stop.wait(self.seconds / BEATS)
        self._heart.start()

    def held(self) -> Held:
        """The lease for a segment that begins now.

        Raises:
            LeaseLostError: Somebody else has the name.
            SQLAlchemyError: The database does not answer.

        """
        with self._one:
            if self._left() <= 0:
                self._renew()
            return Held(self, self._term)

    def confirm(self, term: str) -> float:
        """Renew, and say for how many seconds ``term`` surely lasts. Raises as `Held.confirm`."""
        with self._one:
            self._renew()
            if term != self._term:
                raise LeaseLostError(f"the lease of {self.name} was taken while the work was in hand")
            left = self._left()
        if left <= 0:
            raise LeaseLostError(f"the lease of {self.name} ended while its renewal was waited for")
        return left

    def close(self, *, leave: bool = False) -> None:
        """Stop renewing, and give the name back. ``leave``: work is still in hand, so let others find out."""
        self._stop.set()
        if self._heart.is_alive():
            self._heart.join()
        if leave:
            return
        try:
            with self._database.write() as session:
                session.execute(delete(WorkerRow).where(col(WorkerRow.term) == self._term))
        except SQLAlchemyError as error:
            log.warning("lease.left", worker=self.name, error=type(error).__name__)

    def _left(self) -> float:
        return self._until - self._clock.monotonic_ns() / 1e9

    def _renew(self) -> None:
        asked = self._clock.monotonic_ns() / 1e9
        with self._database.write() as session:
            mine = update(WorkerRow).where(col(WorkerRow.term) == self._term).values(beat=WorkerRow.beat + 1)
            renewed = session.connection().execute(mine).rowcount == 1
        if renewed:
            self._until = asked + self.seconds
            return
        log.warning("lease.lost", worker=self.name)
        self._end_term()
        if not self._taken(None):
            raise LeaseLostError(f"the lease of {self.name} was taken, and another worker has its name")

    def _taken(self, watch: Watch | None) -> bool:
        """Take the name when it is free. ``watch``: without it a namesake is not waited for."""
        asked, term = self._clock.monotonic_ns() / 1e9, secrets.token_hex(16)
        try:
            with self._database.write() as session:
                if not self._cleared(session, watch):
                    return False
                session.add(self._row(term))
        except IntegrityError:
            return False
        self._term, self._until = term, asked + self.seconds
        return True

    def _cleared(self, session: Session, watch: Watch | None) -> bool:
        namesake = session.exec(select(WorkerRow).where(WorkerRow.name == self.name)).first()
        if namesake is None:
            return True
        if watch is None:
            return False
        if watch.dead([namesake]):
            session.delete(namesake)
            session.flush()
            return True
        if watch.has_beaten(namesake) or namesake.place == this_process().place:
            msg = (
                f"a worker named {self.name} is running already (process {namesake.pid}); stop it, or give this one "
                "another name with --name or ARENDE_WORKER_NAME"
            )
            raise NameTakenError(msg)
        return False

    def _row(self, term: str) -> WorkerRow:
        here = this_process()
        return WorkerRow(
            name=self.name,
            executor=self.executor,
            term=term,
            beat=0,
            seconds=self.seconds,
            place=here.place,
            pid=here.pid,
            began=here.began,
            serves=self._serves,
            started_at=self._clock.now(),
        )

    def _end_term(self) -> None:
        ended, self._term, self._until = self._term, "", 0.0
        if ended:
            self._on_lost(ended)

    def _beat(self) -> None:
        answered = True
        while not self._stop.wait(self.seconds / BEATS):
            try:
                with self._one:
                    self._renew()
                if not answered:
                    log.info("lease.regained", worker=self.name)
                answered = True
            except LeaseLostError:
                log.critical("lease.refused", worker=self.name)
                self._on_refused()
            except SQLAlchemyError as error:
                if answered:
                    log.warning("lease.not_renewed", worker=self.name, error=type(error).__name__)
                answered = False
                if self._left() <= 0:
                    # Nobody may have noticed yet, but from now on they may.
                    self._on_lost(self._term)
