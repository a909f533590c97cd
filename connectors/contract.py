"""What the robot may expect of an outside system: an answer, a no-hit or a named failure, never an exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol, TypeAlias, runtime_checkable
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
ENCRYPTED = {"https", "smtps"}
PLAIN = {"http", "smtp"}
FOLDER = "file"


Text: TypeAlias = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Base of everything in a manifest: frozen, no unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class LegalBasis(Strict):
    """The law that lets us ask, its source, and the mark: V primary source, S secondary, D derived, U unverified."""

    law: Text
    source: Text
    mark: Literal["V", "S", "D", "U"]


class Query(Strict):
    """One question. `fields` lists every field path that may leave the connector; all else is dropped."""

    title: Text
    purpose: Text
    legal_basis: tuple[LegalBasis, ...] = Field(min_length=1)
    arguments: tuple[Text, ...] = Field(min_length=1)
    fields: tuple[Text, ...] = Field(min_length=1)
    sensitivity: Literal["skyddad", "personuppgift", "inga"]


class FailureKind(StrEnum):
    """Who acts: the machine later (retry), a person in this case (human), drift for the whole connector (stop)."""

    RETRY = "retry"
    HUMAN = "human"
    STOP = "stop"


@dataclass(frozen=True)
class Answered:
    """The source answered. `data` is JSON-able, whitelisted; dates are ISO texts, amounts decimal texts in SEK."""

    data: dict[str, Any]
    source: str
    observed_at: datetime
    request_id: str


@dataclass(frozen=True)
class NoHit:
    """The register answered that it does not know the person. Never the same as silence, never an income of zero."""

    source: str
    observed_at: datetime
    request_id: str


@dataclass(frozen=True)
class Failed:
    """The source gave nothing usable. `code` is snake_case; `reason` is a Swedish sentence without personal data."""

    source: str
    observed_at: datetime
    request_id: str
    kind: FailureKind
    code: str
    reason: str


Answer: TypeAlias = Answered | NoHit | Failed


class UnknownQueryError(ValueError):
    """The caller used a query or an argument that the manifest does not declare: a fault in our own code."""


class Register(Protocol):
    """A source of facts. One object belongs to one event loop and is closed by `aclose`."""

    @property
    def queries(self) -> Mapping[str, Query]:
        """The queries by full name, e.g. `skatteverket.agi`."""

    async def ask(self, query: str, arguments: Mapping[str, str], *, request_id: str) -> Answer:
        """Ask one question. Whatever the outside does is an Answer; UnknownQueryError for an undeclared name."""

    async def aclose(self) -> None:
        """Close the connections."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """One message to one receiver: phone number or e-mail address in `to`."""

    to: str
    subject: str | None
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Sent:
    """The channel has taken the message; `receipt` is the channel's own reference, `at` its time (UTC)."""

    channel: str
    receipt: str
    at: datetime


@dataclass(frozen=True)
class NotSent:
    """The channel says that it has never seen this key, so a repeat cannot send twice."""

    channel: str
    at: datetime


class Channel(Protocol):
    """A way to reach the applicant. `key` is the effect's key and carries no personal data."""

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Send once per key. Raises ValueError for a message that the channel cannot carry at all."""

    async def status(self, key: str) -> Sent | NotSent | Failed:
        """What the channel itself says about this key; Failed when it cannot say."""

    async def aclose(self) -> None:
        """Close the connections."""


@runtime_checkable
class Keeping(Protocol):
    """A channel that leaves what it sends where the robot can reach it, so that gallring must take it away."""

    async def forget(self, key: str) -> bool:
        """Remove everything under this key; whether there was anything. Raises OSError when that is refused."""


def _is_safe_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == FOLDER and not parts.hostname and parts.path.startswith("/"):
        return value.rstrip("/")
    if parts.hostname and (parts.scheme in ENCRYPTED or (parts.scheme in PLAIN and parts.hostname in LOOPBACK)):
        return value.rstrip("/")
    raise ValueError(
        "expected https:// or smtps:// and a host (http:// and smtp:// only to this machine); set an encrypted address"
    )


class ConnectorSettings(BaseModel):
    """Where an outside system is and who we are there. The time-outs (seconds) replace the manifest's when given."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: Annotated[str, AfterValidator(_is_safe_address)]
    token: SecretStr | None = None
    organisationsnummer: Annotated[str, Field(pattern=r"^[0-9]{4}[2-9][0-9]{7}$")] | None = None
    authority: str | None = None
    account: str | None = None
    sender: str | None = None
    connect_seconds: Annotated[float, Field(gt=0)] | None = None
    read_seconds: Annotated[float, Field(gt=0)] | None = None


class SettingMissingError(ValueError):
    """A connector cannot start without this setting."""


def needed(connector: str, setting: str, value: str | None) -> str:
    """Return the setting's value, or raise SettingMissingError that says which setting to give to which connector."""
    if value:
        return value
    raise SettingMissingError(
        f"Connector {connector}: the setting '{setting}' is missing and has no default; set it before start"
    )
