"""One journal entry: its format, its canonical bytes and its hash."""

import hashlib
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit import canonical
from audit.errors import CanonicalError, EntryError

LARGEST_ENTRY = 65_535
"""Bytes. A log tile writes the length of an entry as uint16 (C2SP tlog-tiles)."""

CASE_REF = r"^(c_[0-9a-f]{32}|[a-z][a-z0-9_]*(-[a-z0-9_]+)+)$"
ENTRY_TYPE = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"
FIELD_NAME = r"^[!-~]{1,200}$"
HASH = r"^[0-9a-f]{64}$"
TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"

_FROZEN = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

Count = Annotated[int, Field(ge=0, le=canonical.LARGEST_INTEGER)]
Sha256 = Annotated[str, Field(pattern=HASH)]


class Actor(BaseModel):
    """Who did it.

    ``id`` is a role or account, never a name; ``build`` and ``rules`` are content hashes of program and process.
    """

    model_config = _FROZEN

    kind: Literal["robot", "person", "system"]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    build: str | None = None
    rules: str | None = None


class Commitment(BaseModel):
    """What the entry says of a personal value: field ``f``, commitment ``c`` (HMAC, hex), place in the vault ``v``."""

    model_config = _FROZEN

    f: Annotated[str, Field(pattern=FIELD_NAME)]
    c: Sha256
    v: Annotated[str, Field(pattern=r"^vault:[a-z0-9_-]+/(0|[1-9][0-9]*)$")]


class Entry(BaseModel):
    """One entry of a case's chain, format version 1.

    ``ts`` is UTC with microseconds, ``mono`` the writer's monotonic clock in microseconds (nanoseconds would leave the
    integers of JSON after 104 days). ``case_prev`` is the leaf hash (hex) of ``case_seq`` - 1, null for the first.
    ``intent`` is the key of an intended effect, ``causes`` the ``case_seq`` of earlier entries that led to this one.
    ``body`` holds no personal data; ``pd`` commits to the personal values in the vault. The place in the whole log is
    not in the bytes: writers work at the same time, and it is given afterwards.
    """

    model_config = _FROZEN

    v: Literal[1] = 1
    ts: Annotated[str, Field(pattern=TIME)]
    mono: Count
    case: Annotated[str, Field(pattern=CASE_REF, max_length=200)]
    case_seq: Count
    case_prev: Sha256 | None
    type: Annotated[str, Field(pattern=ENTRY_TYPE, max_length=100)]
    actor: Actor
    intent: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    causes: tuple[Count, ...] = ()
    body: dict[str, Any] = Field(default_factory=dict)
    pd: tuple[Commitment, ...] = ()

    def canonical(self) -> bytes:
        """The RFC 8785 bytes. Raises `EntryError` above `LARGEST_ENTRY` bytes."""
        data = canonical.encode(canonical.plain(self.model_dump(), self.type, ascii_keys=True))
        if len(data) > LARGEST_ENTRY:
            raise EntryError(
                f"{self.type}: expected at most {LARGEST_ENTRY} bytes, found {len(data)}: give what is large as "
                "`personal`, then it lies in the vault and the entry keeps a commitment"
            )
        return data

    def at(self) -> datetime:
        """``ts`` as aware UTC."""
        return datetime.fromisoformat(self.ts)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The entry of stored bytes. Raises `EntryError` when they are not the canonical bytes of an entry."""
        try:
            value = canonical.decode(data)
            entry = cls.model_validate_json(data)
        except CanonicalError as error:
            raise EntryError(str(error)) from None
        except ValidationError as error:
            raise EntryError(f"not an entry: {_places(error)}") from None
        if canonical.encode(value) != data or entry.canonical() != data:
            raise EntryError("the bytes are not canonical (RFC 8785)")
        return entry

    @classmethod
    def build(cls, **values: object) -> Self:
        """A new entry of checked values. Raises `EntryError` that names the fields at fault, never their values."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise EntryError(f"{values.get('type')}: not an entry: {_places(error)}") from None


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): the leaf of RFC 6962 § 2.1, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def timestamp(moment: datetime) -> str:
    """An aware time as the journal writes it: UTC, always six decimals, "Z". Raises `EntryError` for a naive time."""
    if moment.tzinfo is None:
        raise EntryError("expected an aware time from the clock, found one without a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_case_ref(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """A new random case reference, "c_" and 32 hex digits: a diarienummer would link to a person in public records."""
    return f"c_{random_bytes(16).hex()}"


def check_case_ref(case: str) -> None:
    """Raise `EntryError` unless the text is a case reference or the name of a series, as "stickprov-log-2026-11"."""
    if not re.fullmatch(CASE_REF, case):
        raise EntryError(
            "case: expected a reference from new_case_ref ('c_' and 32 hex digits) or a series such as "
            "'stickprov-ekonomiskt_bistand-2026-11', found another text"
        )


def _places(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    )
