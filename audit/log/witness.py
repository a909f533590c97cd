"""A witness (C2SP tlog-witness): cosigns a log's heads as long as each follows from the one before, on another machine.

It keeps the last head of each log it knows, and never cosigns a smaller one or another one of the same size: a log that
shows different things to different people needs two heads that no witness has both seen.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.errors import NoteError
from audit.log.checkpoint import Checkpoint, cosigned, is_signed
from audit.log.note import Algorithm, Note, SigningKey, VerifierKey, from_base64
from audit.log.tree import EMPTY_ROOT, is_consistent
from audit.vault.keys import derive

LONGEST_PROOF = 63
LARGEST_BODY = 1_000_000
SIZE_TYPE = "text/x.tlog.size"
PLAIN = "text/plain; charset=utf-8"
_TABLES = """
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS refused (
    at TEXT NOT NULL, origin TEXT NOT NULL, status INTEGER NOT NULL, note TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Answer:
    """The answer to one request: HTTP status, content type and body."""

    status: int
    body: str
    kind: str = PLAIN


def witness_keys(name: str, secret: bytes) -> tuple[SigningKey, SigningKey]:
    """The two keys of a witness from its secret (32 bytes). Raises `NoteError` for a name that cannot be a key's."""
    return (
        SigningKey.from_seed(name, Algorithm.WITNESS, derive(secret, "arenderobot/witness/ed25519/v1")),
        SigningKey.from_seed(name, Algorithm.ML_DSA_44, derive(secret, "arenderobot/witness/ml-dsa-44/v1")),
    )


def request(old: int, proof: Sequence[str], note: Note) -> bytes:
    """The body of an add-checkpoint request. ``proof``: hashes in base64."""
    lines = "".join(f"{one}\n" for one in proof)
    return f"old {old}\n{lines}\n{note.render()}".encode()


class Witness:
    """Answers add-checkpoint. ``logs``: the public keys trusted for each origin; ``state``: a file of its own."""

    def __init__(
        self,
        keys: Sequence[SigningKey],
        logs: Mapping[str, Sequence[VerifierKey]],
        state: Path,
        now: Callable[[], datetime],
    ) -> None:
        self._keys = keys
        self._logs = logs
        self._state = state
        self._now = now

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosign the checkpoint, or say why not, as the specification asks."""
        try:
            old, proof, note = _read(body)
            head = Checkpoint.parse(note.text)
        except (NoteError, ValueError) as error:
            return Answer(400, f"{error}\n")
        trusted = self._logs.get(head.origin)
        if trusted is None:
            return Answer(404, f"the log {head.origin} is not known here\n")
        try:
            known = [key for key in trusted if is_signed(note, key)]
        except NoteError as error:
            return Answer(403, f"{error}\n")
        if not known:
            return Answer(403, "no signature is by a key that is trusted here\n")
        if old > head.size:
            return Answer(400, f"the old size {old} is above the checkpoint's {head.size}\n")
        with self._opened() as connection:
            return self._weighed(connection, old, proof, head, note)

    def _weighed(
        self, connection: sqlite3.Connection, old: int, proof: Sequence[bytes], head: Checkpoint, note: Note
    ) -> Answer:
        row = connection.execute("SELECT size, root FROM seen WHERE origin = ?", (head.origin,)).fetchone()
        size, root = row or (0, EMPTY_ROOT)
        if old != size:
            return Answer(409, f"{size}\n", SIZE_TYPE)
        if not is_consistent(size, root, head.size, head.root, proof):
            # Signed by the log, and yet not what it signed before: that is what a witness is there to keep.
            answer = Answer(409, f"{size}\n", SIZE_TYPE) if size == head.size else Answer(422, "the proof is wrong\n")
            refused = (self._now().isoformat(), head.origin, answer.status, note.render())
            connection.execute("INSERT INTO refused VALUES (?, ?, ?, ?)", refused)
            return answer
        seen = (head.origin, head.size, head.root, note.render())
        connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", seen)
        return Answer(200, "".join(cosigned(head, key, self._now()).line() for key in self._keys))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody else's can slip into, durable before anything is answered."""
        connection = sqlite3.connect(self._state, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_TABLES)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()


def _read(body: bytes) -> tuple[int, list[bytes], Note]:
    head, blank, rest = body.decode("utf-8").partition("\n\n")
    first, *lines = head.split("\n")
    old = first.removeprefix("old ")
    if not blank or first == old or str(int(old)) != old or int(old) < 0 or len(lines) > LONGEST_PROOF:
        raise NoteError("expected 'old <size>', up to 63 hashes, an empty line and a checkpoint")
    return int(old), [from_base64(line) for line in lines], Note.parse(rest)
