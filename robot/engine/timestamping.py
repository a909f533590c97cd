"""Has an outside authority say, once a day, when the log's newest head existed at the latest (RFC 3161)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from cryptography.x509 import Certificate
from pydantic import ValidationError
from sqlmodel import col, insert, select

from audit.clock import Clock
from audit.errors import TimestampError
from audit.log.checkpoint import Checkpoint
from audit.log.entry import timestamp
from audit.log.tables import TIMESTAMPS, CheckpointRow, TimestampRow
from audit.log.timestamp import Stamped, question, stamped
from connectors._voucher import TIMESTAMP_AUTHORITY, ask
from connectors.contract import Failed
from robot.engine.working_days import SWEDEN
from robot.store.database import Database

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 10 * 60


@dataclass
class Timestamping:
    """Asks the authority at ``url`` for the log ``origin``, and keeps only tokens that hold under ``roots``.

    One that does not answer, or answers something else, is asked again after ten minutes. Nothing waits for it.
    """

    database: Database
    clock: Clock
    origin: str
    url: str
    roots: Sequence[Certificate]
    _asked_ns: int | None = field(default=None, init=False)
    _silent: bool = field(default=False, init=False)

    def tick(self) -> None:
        """Ask when there is no token of today (Swedish time) yet and a head that has none."""
        if self._rests():
            return
        newest, last = self._newest()
        today = self.clock.now().astimezone(SWEDEN).date()
        if last is not None and datetime.fromisoformat(last.asked_at).astimezone(SWEDEN).date() >= today:
            return
        if newest is not None and (last is None or newest.size > last.size):
            self._ask(newest)

    def _ask(self, row: CheckpointRow) -> None:
        self._asked_ns = self.clock.monotonic_ns()
        head = Checkpoint(row.origin, row.size, row.root)
        try:
            asked = question(head)
            answer = asyncio.run(ask(TIMESTAMP_AUTHORITY, self.url, asked.as_bytes(), now=self.clock.now))
            if isinstance(answer, Failed):
                self._tell(answer.code)
                return
            found = stamped(answer.body, head, self.roots, asked)
        except TimestampError as error:
            self._tell("no_token", why=str(error))
            return
        except ValidationError:
            self._tell("address", why="expected an https address in ARENDE_TIMESTAMP_URL")
            return
        self._keep(row, answer.body)
        log.info("log.timestamped", size=row.size, at=found.at.isoformat(), by=found.by)

    def _keep(self, row: CheckpointRow, token: bytes) -> None:
        values = {"origin": row.origin, "size": row.size, "token": token, "asked_at": timestamp(self.clock.now())}
        with self.database.write() as session:
            session.connection().execute(insert(TIMESTAMPS), values)
        self._asked_ns, self._silent = None, False

    def last(self) -> tuple[int, Stamped] | None:
        """The newest token, as the size of its head and what it says; None without. Raises `TimestampError`."""
        row = self._newest()[1]
        if row is None:
            return None
        with self.database.read() as session:
            head = session.get_one(CheckpointRow, (row.origin, row.size))
        return row.size, stamped(row.token, Checkpoint(head.origin, head.size, head.root), self.roots)

    def _rests(self) -> bool:
        since = self._asked_ns
        return since is not None and (self.clock.monotonic_ns() - since) / 1e9 < AGAIN_SECONDS

    def _tell(self, code: str, why: str = "") -> None:
        """Log what is wrong with the authority, once until it answers again."""
        if not self._silent:
            self._silent = True
            log.warning("log.no_timestamp", code=code, why=why)

    def _newest(self) -> tuple[CheckpointRow | None, TimestampRow | None]:
        """The newest signed head of the log, and the newest token; None for what there is not."""
        heads = select(CheckpointRow).where(CheckpointRow.origin == self.origin)
        tokens = select(TimestampRow).where(TimestampRow.origin == self.origin)
        with self.database.read() as session:
            head = session.exec(heads.order_by(col(CheckpointRow.size).desc()).limit(1)).first()
            return head, session.exec(tokens.order_by(col(TimestampRow.size).desc()).limit(1)).first()
