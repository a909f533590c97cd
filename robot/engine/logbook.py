"""The robot's hand on the log: gives entries their places, and has the notary sign the tree over them."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import col, select

from audit.canonical import JSON
from audit.clock import Clock
from audit.errors import LogError, TimestampError
from audit.keyfile import create_key_file, read_key_file
from audit.log import sequencer
from audit.log.entry import Actor, Entry
from audit.log.heads import Head, Heads
from audit.log.journal import Journal
from audit.log.keys import ROTATED, log_keys, rotations
from audit.log.notary import Notary, Progress, keep
from audit.log.policy import NONE, Policy
from audit.log.recovery import RECOVERED, STOPPED, chain, ended_by, rebuild, recovered
from audit.log.tables import EntryRow, PendingRow
from audit.log.timestamp import read_roots
from robot.engine.services import BUILD
from robot.engine.timestamping import Timestamping
from robot.engine.witnessing import Witnessing
from robot.settings import Settings
from robot.store.database import Database, alone

log = structlog.get_logger(__name__)
ALONE = "arende_log"
LATE = timedelta(minutes=15)
UNWITNESSED = timedelta(days=1)
RESUMED, DISPUTED = "log.resumed", "log.disputed"
SYSTEM = Actor(kind="system", id="log", build=BUILD)


class Logbook:
    """The log of this installation. Only a process that has the key's file signs; everybody may read and integrate."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock
        self._settings = settings
        self.origin = settings.log_origin

    @property
    def signs(self) -> bool:
        """Whether the key is here."""
        return self._settings.log_key.exists()

    @property
    def notary(self) -> Notary:
        """Who signs, with the key as it is in its file now. Raises `KeyFileError` where it is not."""
        keys = log_keys(self.origin, read_key_file(self._settings.log_key))
        return Notary(self.origin, keys, Heads(self._settings.log_heads))

    def integrate(self) -> set[str]:
        """Give every entry that waits its place; the types of those that got one."""
        types: set[str] = set()
        while self._waits():
            with self._database.write() as session:
                alone(session, ALONE)
                types |= sequencer.integrate(session)
        return types

    def checkpoint(self, *, whole: bool = False, progress: Progress | None = None) -> Head:
        """Integrate what waits, and sign. ``whole``: after recomputing every root from the bytes of all entries.

        Raises `LogError` when the log contradicts what was signed.
        """
        self.integrate()
        now = self._clock.now()
        with self._database.read() as session:
            head = self.notary.sign_whole(session, now, progress) if whole else self.notary.sign(session, now)
        with self._database.write() as session:
            alone(session, ALONE)
            keep(session, head, now)
        return head

    def is_empty(self) -> bool:
        """Whether there is nothing yet that could be signed."""
        with self._database.read() as session:
            return sequencer.size(session) == 0

    def unsigned(self) -> int:
        """How many entries have a place in the log, but no signature over it."""
        with self._database.read() as session:
            return self.notary.unsigned(session)

    def stopped(self, error: LogError) -> None:
        """Journal, once, that nothing more is signed until a person has found out why."""
        log.error("log.stopped", code=error.code, why=str(error))
        if self.trouble() is None:
            with self._database.read() as session:
                size = sequencer.size(session)
            self._note(STOPPED, [{"code": error.code, "origin": self.origin, "size": size}])

    def trouble(self) -> str | None:
        """The code of what has stopped the log, as the journal says; None when it runs."""
        last = select(EntryRow.data).where(col(EntryRow.type).in_((STOPPED, RECOVERED, RESUMED)))
        with self._database.read() as session:
            found = session.exec(last.order_by(col(EntryRow.id).desc()).limit(1)).first()
        entry = None if found is None else Entry.parse(found)
        return entry.body["code"] if entry is not None and entry.type == STOPPED else None

    def resumed(self) -> None:
        """Journal that the log is again what was signed."""
        if self.trouble() is not None:
            self._note(RESUMED, [{"origin": self.origin}])

    def wrong(self) -> str:
        """What is wrong with the log, in a sentence for drift; empty when nothing is."""
        code = self.trouble()
        if code is not None:
            return f"the log contradicts what was signed ({code}) and signs nothing; see docs/audit.md, Recovery"
        oldest = select(PendingRow.entry_id).order_by(col(PendingRow.entry_id)).limit(1).scalar_subquery()
        with self._database.read() as session:
            since = session.exec(select(EntryRow.ts).where(EntryRow.id == oldest)).first()
        if since is None or self._clock.now() - datetime.fromisoformat(since) < LATE:
            return self._unwitnessed()
        return f"entries wait for their place in the log since {since}: no worker that runs has the log's key"

    def witnessing(self) -> Witnessing | None:
        """Who has the witnesses cosign; None without a policy in the settings. Raises `NoteError` for a wrong one."""
        path = self._settings.log_policy_file
        if path is None:
            return None
        return Witnessing(self._database, self._clock, self.origin, Policy.read(path))

    def timestamping(self) -> Timestamping | None:
        """Who has the authority time-stamp heads; None without one in the settings. Raises `TimestampError`."""
        url, path = self._settings.timestamp_url, self._settings.timestamp_roots_file
        if not url:
            return None
        if path is None:
            raise TimestampError("ARENDE_TIMESTAMP_ROOTS_FILE: expected the authority's root certificates, found none")
        return Timestamping(self._database, self._clock, self.origin, url, read_roots(path))

    def disputed(self, error: LogError) -> None:
        """Journal that a witness has seen something else under our name."""
        log.error("log.disputed", why=str(error))
        self._note(DISPUTED, [{"origin": self.origin, "why": str(error)}])

    def _unwitnessed(self) -> str:
        witnessing = self.witnessing()
        since = None if witnessing is None else witnessing.quorum_since()
        if witnessing is None or witnessing.policy.quorum == NONE:
            return ""
        if since is not None and self._clock.now() - datetime.fromisoformat(since) < UNWITNESSED:
            return ""
        return f"no head of the log has its quorum of witnesses since {since or 'the start'}"

    def rotate(self) -> Head:
        """Exchange the key: the old one vouches for the new one in the journal, and signs for the last time.

        The old file stays beside the new one, with ``.old`` and a number behind its name, until drift destroys it.
        """
        path = self._settings.log_key
        fresh = path.with_name(f"{path.name}.new")
        if not fresh.exists():  # a rotation that was broken off goes on with the key it had made
            create_key_file(fresh)
        self._note(ROTATED, rotations(self.notary.keys, log_keys(self.origin, read_key_file(fresh))))
        head = self.checkpoint()
        os.link(path, _free(path))
        fresh.replace(path)
        return head

    def recover(self, *, decision: str, why: str) -> Head:
        """Go on under the settings' new name, and give up every head that was signed under an older one."""
        heads = self.notary.heads
        given_up = ended_by(heads, self.origin)
        with self._database.write() as session:
            alone(session, ALONE)
            size = sequencer.size(session)
            rebuild(session)
        self._note(RECOVERED, [recovered(head, size=size, decision=decision, why=why) for head in given_up])
        for head in given_up:
            heads.end(head.origin)
        return self.checkpoint(whole=True)

    def _note(self, type_: str, bodies: Sequence[Mapping[str, JSON]]) -> None:
        with self._database.write() as session:
            for body in bodies:
                self._journal.append(session, chain(self.origin), type_, actor=SYSTEM, body=body)

    def _waits(self) -> bool:
        with self._database.read() as session:
            return session.exec(select(PendingRow.entry_id).limit(1)).first() is not None


def _free(path: Path) -> Path:
    number = 1
    while (old := path.with_name(f"{path.name}.old{number}")).exists():
        number += 1
    return old
