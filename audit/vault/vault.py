"""Personal values under a key per case: whoever destroys the key has forgotten the case."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from audit import canonical
from audit.canonical import JSON, JSONInput
from audit.errors import CanonicalError, VaultError
from audit.vault.keys import KeyRing, MasterKey
from audit.vault.tables import CASE_KEYS, VALUES

SECRET_BYTES = 32
NONCE_BYTES = 12

_INSERT_VALUE = insert(VALUES)
_INSERT_KEY = insert(CASE_KEYS)
_SELECT_VALUES = select(VALUES.c.number, VALUES.c.nonce, VALUES.c.ciphertext).where(
    VALUES.c.case_ref == bindparam("case")
)
_SELECT_KEY = select(CASE_KEYS.c.wrapped, CASE_KEYS.c.nonce).where(CASE_KEYS.c.case_ref == bindparam("case"))


@dataclass(frozen=True)
class Opened:
    """A value as it lies in the vault, with the secret of its commitment."""

    value: JSON = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class SealedCase:
    """The values of one case as they lie in the vault. ``key`` is None when the case has none, or no longer."""

    case: str
    key: bytes | None = field(repr=False)
    sealed: Mapping[int, tuple[bytes, bytes]] = field(repr=False)

    def open(self, number: int) -> Opened | None:
        """The value at a place; None when it or the case's key is gone, which only a tombstone in the journal excuses.

        Raises `VaultError` for bytes that do not open: altered, moved, or encrypted under another key.
        """
        if self.key is None or number not in self.sealed:
            return None
        nonce, ciphertext = self.sealed[number]
        try:
            plaintext = AESGCM(self.key).decrypt(nonce, ciphertext, _place(self.case, number))
            return Opened(canonical.decode(plaintext[SECRET_BYTES:]), plaintext[:SECRET_BYTES])
        except (InvalidTag, ValueError, CanonicalError):
            raise VaultError(
                f"{reference(self.case, number)}: the stored bytes do not open: they have been altered or moved"
            ) from None


class Vault:
    """Stores and opens values in the caller's session; never commits.

    ``random_bytes`` makes keys, nonces and secrets: the same seed gives the same bytes.
    """

    def __init__(self, master: MasterKey, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self.keys = KeyRing(master)
        self._random_bytes = random_bytes

    def writer(self, session: Session, case: str) -> "Writer":
        """What seals the case's values within one transaction."""
        return Writer(self, session, case)

    def store(
        self, session: Session, case: str, first: int, values: Mapping[str, JSONInput], *, created: str
    ) -> dict[str, Opened]:
        """Seal and insert values at once: see `Writer`."""
        writer = self.writer(session, case)
        stored = writer.seal(first, values, created=created)
        writer.insert()
        return stored

    def opened_value(self, name: str, value: JSONInput) -> Opened:
        """The value with a fresh secret. Raises `CanonicalError` for what is not JSON."""
        return Opened(canonical.plain(value, name), self._random_bytes(SECRET_BYTES))

    def nonce(self) -> bytes:
        """Fresh, for one value."""
        return self._random_bytes(NONCE_BYTES)

    def cipher(self, session: Session, case: str, created: str) -> AESGCM:
        """Under the case's key; a case without one gets it now. ``created``: UTC, ISO 8601."""
        return AESGCM(self._case_key(session, case) or self._new_case_key(session, case, created))

    def load(self, session: Session, case: str) -> SealedCase:
        """Everything the vault holds of a case, in two queries; nothing is opened yet but the case's key.

        Raises `VaultError` when the key does not open with this master key.
        """
        rows = session.execute(_SELECT_VALUES, {"case": case}).all()
        sealed = {row.number: (row.nonce, row.ciphertext) for row in rows}
        return SealedCase(case, self._case_key(session, case), sealed)

    def _case_key(self, session: Session, case: str) -> bytes | None:
        row = session.execute(_SELECT_KEY, {"case": case}).first()
        return None if row is None else self.keys.unwrap(case, row.wrapped, row.nonce)

    def _new_case_key(self, session: Session, case: str, created: str) -> bytes:
        key, nonce = self._random_bytes(SECRET_BYTES), self._random_bytes(NONCE_BYTES)
        wrapped = self.keys.wrap(case, key, nonce)
        session.execute(_INSERT_KEY, {"case_ref": case, "wrapped": wrapped, "nonce": nonce, "created": created})
        return key


class Writer:
    """Seals values of one case within one transaction: the key is looked up once, and all rows go in together."""

    def __init__(self, vault: Vault, session: Session, case: str) -> None:
        self._vault = vault
        self._session = session
        self._case = case
        self._cipher: AESGCM | None = None
        self._rows: list[dict[str, object]] = []

    def seal(self, first: int, values: Mapping[str, JSONInput], *, created: str) -> dict[str, Opened]:
        """Encrypt values by field, at the numbers from ``first`` on, and return them with their fresh secrets.

        The case uses each number only once ever. ``created`` (UTC, ISO 8601) dates the case key when these are its
        first values. Raises `CanonicalError` for what is not JSON.
        """
        if not values:
            return {}
        if self._cipher is None:
            self._cipher = self._vault.cipher(self._session, self._case, created)
        stored = {name: self._vault.opened_value(name, value) for name, value in values.items()}
        for number, opened in enumerate(stored.values(), start=first):
            nonce = self._vault.nonce()
            plaintext = opened.secret + canonical.encode(opened.value)
            data = self._cipher.encrypt(nonce, plaintext, _place(self._case, number))
            self._rows.append({"case_ref": self._case, "number": number, "nonce": nonce, "ciphertext": data})
        return stored

    def insert(self) -> None:
        """Write what was sealed. Lets the database's `IntegrityError` through when a place is taken."""
        if self._rows:
            self._session.execute(_INSERT_VALUE, self._rows)
            self._rows = []


def reference(case: str, number: int) -> str:
    """The place of a value as the journal writes it: "vault:<case>/<number>"."""
    return f"vault:{case}/{number}"


def parse_reference(text: str) -> tuple[str, int]:
    """Case and number of a reference that `Entry` has let through."""
    case, _, number = text.removeprefix("vault:").rpartition("/")
    return case, int(number)


def _place(case: str, number: int) -> bytes:
    return reference(case, number).encode()
