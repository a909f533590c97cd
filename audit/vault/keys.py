"""The keys of the vault: one master key from a file, a key per case wrapped by it, and the key of the blind index."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from audit.errors import KeyFileError, VaultError
from audit.keyfile import KEY_BYTES, read_key_file

_PERSONNUMMER = re.compile(r"[0-9]{8}[0-9A-Z][0-9]{3}")


@dataclass(frozen=True)
class MasterKey:
    """The 32 bytes that wrap every case key. They never lie in the database, and never show in a repr."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise KeyFileError(f"master key: expected {KEY_BYTES} bytes, found {len(self.secret)}")

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The master key of a key file. Raises `KeyFileError`."""
        return cls(read_key_file(path))


class KeyRing:
    """What the master key is used for, each use with a key of its own (HKDF-SHA256, RFC 5869)."""

    def __init__(self, master: MasterKey) -> None:
        self._wrapping = AESGCM(derive(master.secret, "arenderobot/vault/wrap/v1"))
        self._index = derive(master.secret, "arenderobot/vault/subject-index/v1")
        self._alias = derive(master.secret, "arenderobot/export/alias/v1")

    def wrap(self, case: str, key: bytes, nonce: bytes) -> bytes:
        """The case key encrypted (AES-256-GCM) and bound to its case."""
        return self._wrapping.encrypt(nonce, key, case.encode())

    def unwrap(self, case: str, wrapped: bytes, nonce: bytes) -> bytes:
        """The case key. Raises `VaultError` for another master key, another case or altered bytes."""
        try:
            return self._wrapping.decrypt(nonce, wrapped, case.encode())
        except (InvalidTag, ValueError):
            raise VaultError(
                f"{case}: the case key does not open: expected the master key it was wrapped by; check the key file"
            ) from None

    def subject_index(self, personnummer: str) -> str:
        """A keyed hash (64 hex digits) that finds a person's cases without storing the number.

        ``personnummer``: twelve characters without separator, also samordningsnummer and T-number. Raises `VaultError`
        otherwise, because two spellings of a number would be two persons.
        """
        if not _PERSONNUMMER.fullmatch(personnummer):
            raise VaultError(
                f"subject index: expected a personnummer as ÅÅÅÅMMDDNNNN (12 characters), found {len(personnummer)} "
                "characters in another form"
            )
        return hmac.new(self._index, personnummer.encode(), hashlib.sha256).hexdigest()

    def alias(self, account: str) -> str:
        """An account as exports show it: 12 hex digits that nobody without the master key can tell back."""
        return hmac.new(self._alias, account.encode(), hashlib.sha256).hexdigest()[:12]


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256 without salt, the purpose as info)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)
