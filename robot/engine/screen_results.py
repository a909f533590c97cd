"""What the rehearsals of the screens found, as a fold of their chain in the journal, one chain per process."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from audit.log.entry import Entry

CHECKED, ACCEPTED = "screen.checked", "screen.accepted"
CHAIN = "skarm-"


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """The newest check of a screen. ``code``: "" when all was well. ``changes``: one line each, in English.

    ``by_keys``: page and label of the fields that have to be typed key by key.
    """

    process: str
    screen: str
    system: str
    at: datetime
    code: str
    changes: tuple[str, ...]
    proposed: bool
    by_keys: tuple[tuple[str, str], ...]


def results_of(process: str, entries: Iterable[Entry]) -> list[ScreenResult]:
    """The newest result of each screen, by name."""
    newest = {str(entry.body["screen"]): entry for entry in entries if entry.type == CHECKED}
    return [_result(process, name, entry) for name, entry in sorted(newest.items())]


def _result(process: str, screen: str, entry: Entry) -> ScreenResult:
    told = entry.body
    fields = tuple((page, label) for page, label in told.get("by_keys", ()))
    return ScreenResult(
        process, screen, told["system"], entry.at(), told["code"], tuple(told["changes"]), told["proposed"], fields
    )
