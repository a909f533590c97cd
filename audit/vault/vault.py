"""Personal values under a key per case: whoever destroys the key has forgotten the case."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from audit import canonical
from audit.canonical import JSON, JSONInput
from audit.errors import CanonicalError, VaultError
from audit.vault.keys import KeyRing, MasterKey
from audit.vault.tables import CaseKeyRow, ValueRow

SECRET_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True)
class Opened:
    """A value as it lies in the vault, with the secret of its commitment."""

    value: JSON = field(repr=False)
    secret: bytes = field(repr=False)


class Vault:
    """Stores and opens values in the caller's session; never commits.

    ``random_bytes`` makes keys, nonces and secrets: the same seed gives the same bytes.
    """

    def __init__(self, master: MasterKey, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self.keys = KeyRing(master)
        self._random_bytes = random_bytes

    def store(self, session: Session, case: str, number: int, value: JSONInput, *, created: str) -> Opened:
        """Encrypt a value at ``number``, which the case uses only once ever, and return it with its fresh secret.

        ``created`` (UTC, ISO 8601) dates the case key when this is the case's first value. Raises `CanonicalError` for what is not
        JSON, and lets the database's `IntegrityError` through when the place is taken.
        """
        opened = Opened(canonical.plain(value, "value"), self._random_bytes(SECRET_BYTES))
        key = self._case_key(session, case) or self._new_case_key(session, case, created)
        nonce = self._random_bytes(NONCE_BYTES)
        ciphertext = AESGCM(key).encrypt(nonce, opened.secret + canonical.encode(opened.value), _place(case, number))
        session.execute(insert(ValueRow).values(case_ref=case, number=number, nonce=nonce, ciphertext=ciphertext))
        return opened

    def load(self, session: Session, case: str, number: int) -> Opened | None:
        """The value at a place; None when the value or the case's key is no longer there.

        Whether it may be gone is for the journal to say. Raises `VaultError` for another master key and for altered bytes.
        """
        key = self._case_key(session, case)
        row = session.execute(
            select(ValueRow.nonce, ValueRow.ciphertext).where(ValueRow.case_ref == case, ValueRow.number == number)
        ).first()
        if key is None or row is None:
            return None
        return _open(key, case, number, row.nonce, row.ciphertext)

    def load_case(self, session: Session, case: str) -> dict[int, Opened]:
        """Every value of a case by its number, in one query; empty when the case's key is no longer there.

        Raises `VaultError` as `load`.
        """
        key = self._case_key(session, case)
        if key is None:
            return {}
        rows = session.execute(
            select(ValueRow.number, ValueRow.nonce, ValueRow.ciphertext).where(ValueRow.case_ref == case)
        ).all()
        return {row.number: _open(key, case, row.number, row.nonce, row.ciphertext) for row in rows}

    def _case_key(self, session: Session, case: str) -> bytes | None:
        row = session.execute(select(CaseKeyRow.wrapped, CaseKeyRow.nonce).where(CaseKeyRow.case_ref == case)).first()
        return None if row is None else self.keys.unwrap(case, row.wrapped, row.nonce)

    def _new_case_key(self, session: Session, case: str, created: str) -> bytes:
        key, nonce = self._random_bytes(SECRET_BYTES), self._random_bytes(NONCE_BYTES)
        session.execute(
            insert(CaseKeyRow).values(
                case_ref=case, wrapped=self.keys.wrap(case, key, nonce), nonce=nonce, created=created
            )
        )
        return key


def reference(case: str, number: int) -> str:
    """The place of a value as the journal writes it: "vault:<case>/<number>"."""
    return f"vault:{case}/{number}"


def parse_reference(text: str) -> tuple[str, int]:
    """Case and number of a reference that `Entry` has let through."""
    case, _, number = text.removeprefix("vault:").rpartition("/")
    return case, int(number)


def _place(case: str, number: int) -> bytes:
    return reference(case, number).encode()


def _open(key: bytes, case: str, number: int, nonce: bytes, ciphertext: bytes) -> Opened:
    try:
        plaintext = AESGCM(key).decrypt(nonce, ciphertext, _place(case, number))
        return Opened(canonical.decode(plaintext[SECRET_BYTES:]), plaintext[:SECRET_BYTES])
    except (InvalidTag, ValueError, CanonicalError):
        raise VaultError(
            f"{reference(case, number)}: the stored bytes do not open: they have been altered or moved"
        ) from None
