"""Signed notes (C2SP signed-note) and their keys: a text, a blank line, and a line for each signature."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from audit.errors import NoteError

KEY_NAME = re.compile(r"[^\s+]+")
MOST_SIGNATURES = 64
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class Algorithm(IntEnum):
    """The signature type byte of the key: what signs, and over which bytes."""

    ED25519 = 0x01
    """Ed25519 over the note's text (C2SP signed-note)."""
    WITNESS = 0x04
    """Ed25519 with a time over the text (C2SP tlog-cosignature)."""
    ML_DSA_44 = 0x06
    """ML-DSA-44 (FIPS 204) with a time over name, origin, size and root (C2SP tlog-cosignature)."""


class PublicKey(Protocol):
    """What both libraries' public keys can do."""

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raises `InvalidSignature`."""

    def public_bytes_raw(self) -> bytes:
        """The key's own bytes."""


_KEYS: dict[Algorithm, type[Ed25519PublicKey] | type[MLDSA44PublicKey]] = {
    Algorithm.ED25519: Ed25519PublicKey,
    Algorithm.WITNESS: Ed25519PublicKey,
    Algorithm.ML_DSA_44: MLDSA44PublicKey,
}


@dataclass(frozen=True)
class Signature:
    """One signature line: who says to have signed, with which key (4 bytes), and the bytes after the key id."""

    name: str
    key_id: bytes
    data: bytes

    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.data).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """The signature of a line without its newline. Raises `NoteError`."""
        found = _LINE.fullmatch(line)
        data = b"" if found is None else from_base64(found[2])
        if found is None or len(data) <= 4:
            raise NoteError("signature line: expected '— name base64', found another text")
        return cls(found[1], data[:4], data[4:])


@dataclass(frozen=True)
class Note:
    """A signed note. ``text`` ends in a newline."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def render(self) -> str:
        """The note as it is kept and sent."""
        return f"{self.text}\n{''.join(one.line() for one in self.signatures)}"

    @classmethod
    def parse(cls, note: str) -> Self:
        """The note of a text. Raises `NoteError` when it is not one."""
        text, blank, lines = note.rpartition("\n\n")
        if not blank or not text or not lines.endswith("\n") or any(one < " " and one != "\n" for one in note):
            raise NoteError("note: expected a text, a blank line and signature lines")
        signed = lines[:-1].split("\n")
        if len(signed) > MOST_SIGNATURES:
            raise NoteError(f"note: expected at most {MOST_SIGNATURES} signatures, found {len(signed)}")
        return cls(f"{text}\n", tuple(Signature.parse(line) for line in signed))


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name, as others are given it: ``name+<key id>+<base64 of type byte and key>``."""

    name: str
    algorithm: Algorithm
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, newline, type byte, key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:4]

    def text(self) -> str:
        """The vkey on one line."""
        coded = base64.b64encode(bytes([self.algorithm]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key of a vkey. Raises `NoteError` when it is none, or its id is another key's."""
        name, _, rest = text.strip().partition("+")
        key_id, _, coded = rest.partition("+")
        data = from_base64(coded)
        try:
            key = cls(name, Algorithm(data[0]), data[1:])
            key.public_key()
        except (IndexError, ValueError):
            raise NoteError(f"vkey {name}: expected name+id+key with an Ed25519 or ML-DSA-44 key") from None
        if not KEY_NAME.fullmatch(name) or key.key_id.hex() != key_id:
            raise NoteError(f"vkey {name}: the id does not belong to the key: expected {key.key_id.hex()}")
        return key

    def public_key(self) -> PublicKey:
        """The library's key. Raises `ValueError` for bytes that are none."""
        return _KEYS[self.algorithm].from_public_bytes(self.public)

    def verified(self, data: bytes, signature: bytes) -> bool:
        """Whether the key signed exactly these bytes."""
        try:
            self.public_key().verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key with its name."""

    name: str
    algorithm: Algorithm
    private: Ed25519PrivateKey | MLDSA44PrivateKey

    @classmethod
    def from_seed(cls, name: str, algorithm: Algorithm, seed: bytes) -> Self:
        """The key of 32 secret bytes. Raises `NoteError` for a name that cannot stand in a note."""
        if not KEY_NAME.fullmatch(name):
            raise NoteError(f"key name {name!r}: expected a text without spaces and plus signs")
        if algorithm is Algorithm.ML_DSA_44:
            return cls(name, algorithm, MLDSA44PrivateKey.from_seed_bytes(seed))
        return cls(name, algorithm, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.algorithm, self.private.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        """The bare signature over these bytes."""
        return self.private.sign(data)


def find(signatures: Sequence[Signature], key: VerifierKey) -> Signature | None:
    """The signature that says to be by this key."""
    return next((one for one in signatures if (one.name, one.key_id) == (key.name, key.key_id)), None)


def from_base64(text: str) -> bytes:
    """The bytes of standard base64. Raises `NoteError` for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError(f"expected base64, found {len(text)} characters of another form") from None
    if base64.b64encode(data).decode() != text:
        raise NoteError("expected base64 in its one canonical form")
    return data
