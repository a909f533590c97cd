"""What the keeper of the draw key answers. Hashes and keys are lower-case hex."""

from typing import Annotated, TypeAlias

from pydantic import Field

from connectors._fields import Whitelisted

Hash: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Word: TypeAlias = Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")]


class Atagande(Whitelisted):
    """The hash of the period's key, and the public key that will sign the reveal."""

    commitment: Hash
    keeper_key: Hash


class Lott(Whitelisted):
    """A case's ticket, 64 bits, and the hash of the key that it was made with."""

    u: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    commitment: Hash


class Fraga(Whitelisted):
    """A question that the keeper was asked; ``refused`` is empty when it was answered."""

    case: Annotated[str, Field(max_length=200)]
    leaf: Annotated[str, Field(max_length=200)]
    at: Annotated[str, Field(max_length=40)]
    refused: Word


class Avslut(Whitelisted):
    """The period's key, every question about the period, and the signature over both."""

    key: Hash
    questions: list[Fraga]
    digest: Hash
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
