"""Checkpoints (C2SP tlog-checkpoint): the log's name, its size and its root, signed by the log and by its witnesses."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from audit.errors import NoteError
from audit.log.note import Algorithm, Note, Signature, SigningKey, VerifierKey, find, from_base64
from audit.log.tree import HASH_BYTES

LARGEST_SIZE = 2**63 - 1
TIME_BYTES = 8
_LABEL = b"subtree/v1\n\x00"
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_GROUPS = 5


@dataclass(frozen=True)
class Checkpoint:
    """A head of the log: how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint of a note's text. Raises `NoteError`; lines beyond the three are refused."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise NoteError("checkpoint: expected three lines: origin, size and root")
        origin, size, coded = lines[:3]
        root = from_base64(coded)
        if not size.isascii() or not size.isdecimal() or str(int(size)) != size or int(size) > LARGEST_SIZE:
            raise NoteError("checkpoint: expected the size as decimal digits without leading zeros")
        if len(root) != HASH_BYTES:
            raise NoteError(f"checkpoint: expected a root of {HASH_BYTES} bytes, found {len(root)}")
        return cls(origin, int(size), root)

    def code(self) -> str:
        """The head as five groups of five letters, for minutes on paper: 114 bits of SHA-256 over the three lines."""
        number = int.from_bytes(hashlib.sha256(self.text().encode()).digest())
        letters = []
        for _ in range(_CODE_GROUPS**2):
            number, place = divmod(number, len(_CODE_LETTERS))
            letters.append(_CODE_LETTERS[place])
        return "-".join("".join(letters[at : at + _CODE_GROUPS]) for at in range(0, len(letters), _CODE_GROUPS))


def signed(checkpoint: Checkpoint, keys: Iterable[SigningKey], at: datetime) -> Note:
    """The checkpoint signed by every key, at this time."""
    return Note(checkpoint.text(), tuple(cosigned(checkpoint, key, at) for key in keys))


def cosigned(checkpoint: Checkpoint, key: SigningKey, at: datetime) -> Signature:
    """One signature on the checkpoint. ``at``: aware; what it is worth depends on who signs."""
    seconds = int(at.timestamp())
    signature = key.sign(_message(checkpoint, key.name, key.algorithm, seconds))
    timed = b"" if key.algorithm is Algorithm.ED25519 else seconds.to_bytes(TIME_BYTES)
    return Signature(key.name, key.verifier.key_id, timed + signature)


def is_signed(note: Note, key: VerifierKey) -> bool:
    """Whether the note carries a signature by this key. Raises `NoteError` for one that is the key's and wrong."""
    found = find(note.signatures, key)
    if found is None:
        return False
    seconds, signature = 0, found.data
    if key.algorithm is not Algorithm.ED25519:
        seconds, signature = int.from_bytes(found.data[:TIME_BYTES]), found.data[TIME_BYTES:]
    message = _message(Checkpoint.parse(note.text), key.name, key.algorithm, seconds)
    if not key.verified(message, signature):
        raise NoteError(f"the signature by {key.name} ({key.algorithm.name}) is wrong")
    return True


def opened(note: Note, keys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint of a note that every one of these keys has signed. Raises `NoteError`."""
    missing = [f"{key.name} ({key.algorithm.name})" for key in keys if not is_signed(note, key)]
    if missing or not keys:
        raise NoteError(f"the checkpoint is not signed by {', '.join(missing) or 'any known key'}")
    return Checkpoint.parse(note.text)


def _message(checkpoint: Checkpoint, name: str, algorithm: Algorithm, seconds: int) -> bytes:
    if algorithm is Algorithm.ED25519:
        return checkpoint.text().encode()
    if algorithm is Algorithm.WITNESS:
        return f"cosignature/v1\ntime {seconds}\n{checkpoint.text()}".encode()
    words = [part.encode() for part in (name, checkpoint.origin)]
    if any(not 0 < len(word) < 256 for word in words):
        raise NoteError("checkpoint: expected a name and an origin of 1 to 255 bytes")
    name_part, origin_part = (bytes([len(word)]) + word for word in words)
    span = (0).to_bytes(TIME_BYTES) + checkpoint.size.to_bytes(TIME_BYTES)
    return _LABEL + name_part + seconds.to_bytes(TIME_BYTES) + origin_part + span + checkpoint.root
