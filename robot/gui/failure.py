"""How a GUI job ends when it does not succeed."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["retry", "human", "stop"]


@dataclass(frozen=True, slots=True)
class SeenField:
    """One field or shown value of a page. ``value`` is None when the evidence must not hold it (protected person)."""

    label: str
    type: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a page showed. ``path`` has no personnummer; ``picture`` is a JPEG; ``aria`` only after a failure."""

    screen: str
    heading: str
    path: str
    at: datetime
    fields: tuple[SeenField, ...] = ()
    messages: tuple[str, ...] = ()
    picture: bytes | None = None
    aria: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The snapshot for the vault: fields as [label, type, value], the picture in base64."""
        return {
            "screen": self.screen,
            "heading": self.heading,
            "path": self.path,
            "at": self.at.isoformat(),
            "fields": [[field.label, field.type, field.value] for field in self.fields],
            "messages": list(self.messages),
            "picture": None if self.picture is None else b64encode(self.picture).decode(),
            "aria": self.aria,
        }


class GuiFailure(Exception):  # noqa: N818 - it says how a job ended, and is shared with the engine by this name
    """A read or a write that did not succeed.

    ``kind``: retry (temporary, nothing was saved), human (this case), stop (this screen or system).
    ``after_save``: save was pressed and the record may exist; only `Bot.look` can tell. ``text``: a Swedish sentence
    for a handläggare without values or personal data. ``page``, ``wanted`` and ``found`` may hold them: vault only.
    """

    def __init__(
        self,
        kind: Kind,
        code: str,
        text: str,
        *,
        page: str = "",
        label: str = "",
        wanted: str = "",
        found: str = "",
        after_save: bool = False,
    ) -> None:
        super().__init__(f"{code} ({kind})")
        self.kind: Kind = kind
        self.code = code
        self.text = text
        self.page = page
        self.label = label
        self.wanted = wanted
        self.found = found
        self.after_save = after_save
        self.evidence: tuple[Snapshot, ...] = ()
