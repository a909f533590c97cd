"""The typed manifest of a connector folder, read with positions, and the discovery of all folders that hold one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from connectors._yaml import Document, ManifestError, read
from connectors.contract import ConnectorSettings, LegalBasis, Query, Strict, Text

__all__ = ["Connector", "Manifest", "ManifestError", "discover", "load", "load_as"]

ROOT = Path(__file__).parent
KINDS = {"register", "channel", "case_system", "keeper"}
MANIFEST = "manifest.yaml"

Count: TypeAlias = Annotated[int, Field(strict=False, ge=1)]  # YAML scalars arrive as text, so numbers are read laxly
Number: TypeAlias = Annotated[float, Field(strict=False, gt=0)]


class Authentication(Strict):
    """How we prove who we are. `header` names the HTTP header of that kind; a `folder` is guarded by its rights."""

    kind: Literal["bearer", "header", "smtp_login", "form", "folder"]
    header: Text | None = None


class Rate(Strict):
    """How hard we may lean on the system; the queue of the system keeps to it."""

    concurrency: Count
    per_second: Number


class Timeouts(Strict):
    """Seconds to connect, and seconds until the whole answer must be here.

    ``in_flight_seconds``: the longest that a request can be under way in the system itself, also when nobody waits for
    its answer any more. Without it, as long as we wait.
    """

    connect_seconds: Number
    read_seconds: Number
    in_flight_seconds: Number | None = None

    @property
    def settled_after_seconds(self) -> float:
        """After how many seconds a request whose answer was lost has surely been handled, or never will be."""
        return max(self.in_flight_seconds or 0.0, self.connect_seconds + self.read_seconds)


class Retries(Strict):
    """How many tries a step may make in all; the connector itself never repeats a call."""

    attempts: Count


class Common(Strict):
    """What every connector says about itself."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Text
    owner: Text
    auth: Authentication
    rate: Rate
    timeouts: Timeouts
    retries: Retries


class RegisterManifest(Common):
    """A register: a source of facts."""

    kind: Literal["register"]
    queries: dict[str, Query] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_start_with_the_register(self) -> "RegisterManifest":
        for query in self.queries:
            if not query.startswith(f"{self.name}."):
                raise ValueError(f"query '{query}' must be named '{self.name}.<question>'")
        return self


class ChannelManifest(Common):
    """A channel: a way to reach the applicant. `recover` says what an effect does after a lost answer."""

    kind: Literal["channel"]
    purpose: Text
    legal_basis: tuple[LegalBasis, ...] = Field(min_length=1)
    sensitivity: Literal["skyddad", "personuppgift", "inga"]
    recover: Literal["verify", "repeat", "human"]


class Login(Strict):
    """How a person logs in: page, visible labels, and the texts that tell a live session from an expired one.

    ``next``: the button after the user name, where the password is asked for on a page of its own. ``shown_as``: the
    name that the pages show after the session sign, where it is another than the user name.
    """

    path: Text
    username: Text
    next: Text | None = None
    password: Text
    button: Text
    session_sign: Text
    shown_as: Text | None = None
    expired_sign: Text


class KnownDialog(Strict):
    """A message of the system itself that may come at any time and means nothing for the work.

    ``says``: words of it. ``press``: the button that closes it; `OK` says yes to a box of the browser's own.
    """

    says: Text
    press: Text


class CaseSystemManifest(Common):
    """A case system that is worked through its own screens. `start`: the path of the first page after login."""

    kind: Literal["case_system"]
    start: Text
    language: Text
    login: Login
    dialogs: tuple[KnownDialog, ...] = ()
    recover: Literal["verify", "repeat", "human"]


class KeeperManifest(Common):
    """The keeper of the stickprov's draw key. It is told case references and hashes, nothing about people."""

    kind: Literal["keeper"]


Manifest: TypeAlias = Annotated[
    RegisterManifest | ChannelManifest | CaseSystemManifest | KeeperManifest, Field(discriminator="kind")
]
Kind = TypeVar("Kind", RegisterManifest, ChannelManifest, CaseSystemManifest, KeeperManifest)
_MANIFEST: TypeAdapter[Manifest] = TypeAdapter(Manifest)


@dataclass(frozen=True)
class Connector:
    """One connector folder. Client and mock are imported only when asked for."""

    name: str
    folder: Path
    manifest: Manifest

    def create(self, settings: ConnectorSettings, *, now: Callable[[], datetime]) -> Any:
        """Return the folder's Register or Channel; `now` gives aware UTC. Case systems have no client here."""
        return import_module(f"connectors.{self.name}.client").create(settings, now=now)

    def mock(self) -> ModuleType:
        """Return the folder's mock module: `build_app(data, faults)` and `supported_faults(call)`."""
        return import_module(f"connectors.{self.name}.mock")


def load(folder: Path) -> Manifest:
    """Read `manifest.yaml` of a connector folder.

    Raises ManifestError with all faults and their places: bad YAML, double or unknown keys, wrong values, or a name
    that is not the folder's name.
    """
    document = read(folder / MANIFEST)
    faults = list(document.faults)
    manifest: Manifest | None = None
    try:
        manifest = _MANIFEST.validate_python(document.data)
    except ValidationError as error:
        faults += _sentences(document, error)
    if manifest is not None and manifest.name != folder.name:
        faults.append(document.fault(("name",), f"expected the folder's name '{folder.name}', found '{manifest.name}'"))
    if faults or manifest is None:
        raise ManifestError("\n".join(faults))
    return manifest


def load_as(folder: Path, kind: type[Kind]) -> Kind:
    """Read a manifest that must be of this kind; raises ManifestError as `load`, and when it is of another kind."""
    manifest = load(folder)
    if isinstance(manifest, kind):
        return manifest
    raise ManifestError(f"{folder / MANIFEST}: expected a {kind.__name__}, found kind '{manifest.kind}'")


def discover(root: Path = ROOT) -> dict[str, Connector]:
    """Return every folder that has a manifest, by name. Raises ManifestError for the first folder with a faulty one."""
    folders = sorted(path.parent for path in root.glob(f"*/{MANIFEST}"))
    return {folder.name: Connector(folder.name, folder, load(folder)) for folder in folders}


def _sentences(document: Document, error: ValidationError) -> list[str]:
    """Return one sentence per cause: a list that got shorter by a faulty item is not a fault of its own."""
    details = error.errors(include_url=False)
    causes = [
        detail
        for detail in details
        if not any(other["loc"][: len(detail["loc"])] == detail["loc"] != other["loc"] for other in details)
    ]
    return [
        _sentence(document, ("kind",) if detail["type"].startswith("union_tag") else detail["loc"], detail["msg"])
        for detail in causes
    ]


def _sentence(document: Document, at: tuple[int | str, ...], message: str) -> str:
    known = tuple(part for part in at if part not in KINDS)  # the union names its member in the path
    if message == "Extra inputs are not permitted":
        models = [*Strict.__subclasses__(), *Common.__subclasses__()]
        close = get_close_matches(str(at[-1]), {name for model in models for name in model.model_fields}, n=1)
        message = f"unknown key '{at[-1]}'; " + (f"did you mean '{close[0]}'?" if close else "remove it")
    elif message == "Field required":
        message = f"the key '{at[-1]}' is missing; add it"
    return document.fault(known, message)
