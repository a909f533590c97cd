"""Has the log's witnesses cosign its newest head, and keeps what they sign."""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field

import structlog
from sqlmodel import col, func, insert, select

from audit.clock import Clock
from audit.errors import LogError, NoteError
from audit.log import tree
from audit.log.checkpoint import is_signed
from audit.log.note import Note, Signature
from audit.log.policy import Policy, WitnessKey
from audit.log.sequencer import StoredNodes
from audit.log.tables import COSIGNATURES, CheckpointRow, CosignatureRow
from audit.log.witness import request
from connectors._http import Reply
from connectors._voucher import WITNESS, ask
from connectors.contract import Failed
from robot.store.database import Database

log = structlog.get_logger(__name__)


@dataclass
class Witnessing:
    """Sends heads of the log ``origin`` to the witnesses of the policy that have an address."""

    database: Database
    clock: Clock
    origin: str
    policy: Policy
    _silent: set[str] = field(default_factory=set)

    def submit(self) -> int:
        """Ask every witness that has not cosigned the newest head; how many of them have after that.

        A witness that does not answer is asked again the next time. Raises `LogError` when one has seen another log
        under our name: then the log has been forked or put back to an older state, or the witness is wrong.
        """
        with self.database.read() as session:
            newest = select(CheckpointRow).where(CheckpointRow.origin == self.origin)
            row = session.exec(newest.order_by(col(CheckpointRow.size).desc()).limit(1)).first()
            if row is None:
                return 0
            same = (CosignatureRow.origin == self.origin, CosignatureRow.size == row.size)
            have = set(session.exec(select(CosignatureRow.witness).where(*same)))
        asked = {name: one for name, one in self.policy.witnesses.items() if one.url and one.key.name not in have}
        return len(have) + sum(self._ask(name, one, row) for name, one in asked.items())

    def quorum_since(self) -> str | None:
        """When the newest head was signed that enough witnesses have cosigned (UTC, ISO 8601); None when none is."""
        rows = select(CheckpointRow.size, CheckpointRow.signed_at).where(CheckpointRow.origin == self.origin)
        with self.database.read() as session:
            cosigned = select(CosignatureRow.size, CosignatureRow.witness).where(CosignatureRow.origin == self.origin)
            names: dict[int, set[str]] = {}
            for size, witness in session.exec(cosigned):
                names.setdefault(size, set()).add(witness)
            for size, signed_at in session.exec(rows.order_by(col(CheckpointRow.size).desc())):
                if self._is_met(names.get(size, set())):
                    return signed_at
        return None

    def _is_met(self, have: set[str]) -> bool:
        return self.policy.is_met(lambda name: self.policy.witnesses[name].key.name in have)

    def _ask(self, name: str, witness: WitnessKey, row: CheckpointRow) -> bool:
        note, old = Note.parse(row.note), self._last(witness)
        answer = self._post(witness, note, old, row.size)
        if isinstance(answer, Reply) and answer.status == 409:
            # It may have cosigned what we never heard of; it says up to where, and is asked from there.
            told = answer.body.decode("ascii", "replace").strip()
            if not told.isdecimal() or int(told) > row.size or int(told) == old:
                raise LogError(
                    "witness_disagrees", f"{name} says that it has seen {told[:20]} entries of {self.origin}"
                )
            answer = self._post(witness, note, int(told), row.size)
        if isinstance(answer, Reply) and answer.status in {409, 422}:
            raise LogError("witness_disagrees", f"{name} has seen something else under the name {self.origin}")
        if isinstance(answer, Failed) or answer.status != 200:
            self._tell(name, "silent" if isinstance(answer, Failed) else f"status_{answer.status}")
            return False
        return self._kept(name, witness, row, note, answer)

    def _post(self, witness: WitnessKey, note: Note, old: int, size: int) -> Reply | Failed:
        with self.database.read() as session:
            proof = tree.consistency(StoredNodes(session), old, size)
        body = request(old, [b64encode(one).decode() for one in proof], note)
        address = f"{witness.url.rstrip('/')}/add-checkpoint"
        return asyncio.run(ask(WITNESS, address, body, now=self.clock.now))

    def _kept(self, name: str, witness: WitnessKey, row: CheckpointRow, note: Note, answer: Reply) -> bool:
        """Store the witness's signature when it is one by the key that the policy names; everything else is dropped."""
        try:
            given = [Signature.parse(line) for line in answer.body.decode().splitlines()]
            ours = next(one for one in given if (one.name, one.key_id) == (witness.key.name, witness.key.key_id))
            is_signed(Note(note.text, (ours,)), witness.key)
        except (NoteError, StopIteration, UnicodeDecodeError):
            self._tell(name, "wrong_signature")
            return False
        values = {"origin": row.origin, "size": row.size, "witness": witness.key.name, "line": ours.line().rstrip("\n")}
        with self.database.write() as session:
            session.connection().execute(insert(COSIGNATURES), values)
        self._silent.discard(name)
        return True

    def _last(self, witness: WitnessKey) -> int:
        cosigned = select(func.max(CosignatureRow.size)).where(
            CosignatureRow.origin == self.origin, CosignatureRow.witness == witness.key.name
        )
        with self.database.read() as session:
            return session.exec(cosigned).one() or 0

    def _tell(self, name: str, code: str) -> None:
        """Log what is wrong with a witness, once until it answers again."""
        if name not in self._silent:
            self._silent.add(name)
            log.warning("log.witness", witness=name, code=code)
