"""Signed notes and what is read in them: keys, checkpoints and cosignatures (C2SP signed-note, tlog-cosignature)."""

import base64
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from audit.verify.tree import HASH_BYTES

ED25519, COSIGNATURE, ML_DSA_44 = 0x01, 0x04, 0x06
PUBLIC_BYTES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
KINDS = {ED25519: "Ed25519", COSIGNATURE: "Ed25519 (witness)", ML_DSA_44: "ML-DSA-44"}
ID_BYTES, TIME_BYTES = 4, 8
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class NoteError(ValueError):
    """A text is not what it should be: where, what was expected, and what was found instead."""


def unbase64(text: str, what: str) -> bytes:
    """Standard base64 in its one spelling. Raises `NoteError`."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise NoteError(f"{what}: expected base64, found other characters") from None
    if base64.b64encode(data).decode() != text:
        raise NoteError(f"{what}: expected base64 in its one spelling, found another")
    return data


def unhash(text: str, what: str) -> bytes:
    """A hash in base64. Raises `NoteError` unless it is 32 bytes."""
    data = unbase64(text, what)
    if len(data) != HASH_BYTES:
        raise NoteError(f"{what}: expected a hash of {HASH_BYTES} bytes, found {len(data)}")
    return data


def number(text: str, what: str) -> int:
    """A decimal number without sign or leading zeroes. Raises `NoteError`."""
    if not _NUMBER.fullmatch(text):
        raise NoteError(f"{what}: expected a decimal number, found {text[:40]!r}")
    return int(text)


@dataclass(frozen=True)
class Key:
    """A verifier key: whose it is, which kind of signature, and the public key."""

    name: str
    id: bytes
    kind: int
    public: bytes
    text: str

    @classmethod
    def parse(cls, text: str) -> "Key":
        """A key as ``name+<8 hex>+base64(kind, public key)``. Raises `NoteError`."""
        parts = text.split("+", 2)
        if len(parts) != 3 or not 0 < len(parts[0].encode()) < 256:
            raise NoteError(f"key: expected name+id+base64, found {text[:60]!r}")
        name, id_hex, encoded = parts
        data = unbase64(encoded, f"key {name}")
        kind, public = data[0] if data else 0, data[1:]
        if PUBLIC_BYTES.get(kind) != len(public):
            raise NoteError(f"key {name}: expected Ed25519 or ML-DSA-44, found kind {kind} with {len(public)} bytes")
        id_ = sha256(f"{name}\n".encode() + data).digest()[:ID_BYTES]
        if id_hex != id_.hex():
            raise NoteError(f"key {name}: expected id {id_.hex()}, found {id_hex[:20]!r}: the key was copied wrongly")
        return cls(name, id_, kind, public, text)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the bare signature is this key's over the message."""
        kind = MLDSA44PublicKey if self.kind == ML_DSA_44 else Ed25519PublicKey
        try:
            kind.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def signed(self, head: "Head", signature: bytes) -> bool:
        """Whether a note's signature bytes are this key's over the checkpoint."""
        if self.kind == ED25519:
            return self.verifies(signature, head.text)
        time, bare = int.from_bytes(signature[:TIME_BYTES]), signature[TIME_BYTES:]
        if self.kind == COSIGNATURE:
            return self.verifies(bare, b"cosignature/v1\ntime %d\n" % time + head.text)
        # The `cosigned_message` of tlog-cosignature, for all entries from 0 on.
        who, origin = (bytes([len(name.encode())]) + name.encode() for name in (self.name, head.origin))
        message = (b"subtree/v1\n\0", who, time.to_bytes(8), origin, bytes(8), head.size.to_bytes(8), head.root)
        return self.verifies(bare, b"".join(message))


@dataclass(frozen=True)
class Head:
    """A checkpoint: the tree's size and root, the text that was signed, and (key name, key id, signature) of each."""

    where: str
    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, data: bytes, where: str) -> "Head":
        """A checkpoint without extension lines. Raises `NoteError`; also for size 0, which proves nothing."""
        try:
            note = data.decode()
        except UnicodeDecodeError:
            raise NoteError(f"{where}: expected UTF-8, found other bytes") from None
        text, blank, signatures = note.rpartition("\n\n")
        lines = text.split("\n")
        if not blank or len(lines) != 3 or not signatures.endswith("\n") or not 0 < len(lines[0].encode()) < 256:
            raise NoteError(f"{where}: expected origin, size, root, a blank line and signatures, found another form")
        size, signed = number(lines[1], f"{where}: size"), tuple(map(_signature, signatures[:-1].split("\n")))
        if not size:
            raise NoteError(f"{where}: expected a tree with entries, found size 0, which proves nothing")
        return cls(where, lines[0], size, unhash(lines[2], f"{where}: root"), f"{text}\n".encode(), signed)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—":
        raise NoteError("signature line: expected an em dash, a key name and base64, found another form")
    data = unbase64(parts[2], "signature line")
    return parts[1], data[:ID_BYTES], data[ID_BYTES:]
