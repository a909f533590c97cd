"""What the rehearsals of the screens found, as a fold of their chain in the journal, one chain per process."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from audit.log.entry import Entry

CHECKED, ACCEPTED = "screen.checked", "screen.accepted"
CHAIN = "skarm-"


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """The newest check of a screen. ``code``: "" when all was well. ``changes``: one line each, in English."""

    process: str
    screen: str
    at: datetime
    code: str
    changes: tuple[str, ...]
    proposed: bool


def results_of(process: str, entries: Iterable[Entry]) -> list[ScreenResult]:
    """The newest result of each screen, by name."""
    newest = {str(entry.body["screen"]): entry for entry in entries if entry.type == CHECKED}
    return [
        ScreenResult(
            process, name, entry.at(), entry.body["code"], tuple(entry.body["changes"]), entry.body["proposed"]
        )
        for name, entry in sorted(newest.items())
    ]
