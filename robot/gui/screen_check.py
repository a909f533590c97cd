"""Rehearses a screen with a test person, and says what has changed and how the screen file could follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from robot.definition.document import Document
from robot.gui.bot import Bot
from robot.gui.contract import Change
from robot.gui.differences import differences
from robot.gui.failure import GuiFailure
from robot.gui.propose import Edit, propose
from robot.gui.recorded import Contract
from robot.gui.rehearse import Rehearsed, contract_of, place_of, rehearse
from robot.gui.screen import ScreenFile

ROUNDS = 8  # pages that may have changed at once and still be followed


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new screen file. ``proven``: a rehearsal with it went through; ``contract``: what it then saw."""

    text: str
    edits: tuple[Edit, ...]
    proven: bool
    contract: Contract | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``failure``: None when all is well. ``changes``: page by page in the words of the file."""

    screen: str
    failure: GuiFailure | None
    changes: tuple[Change, ...]
    unsolved: tuple[Change, ...]
    contract: Contract | None
    proposed: Proposed | None


def read_screen(text: str, contract: Contract | None) -> ScreenFile:
    """A screen file under its contract. Raises pydantic's ValidationError."""
    screen = ScreenFile.model_validate(Document.parse("screen.yaml", text).data)
    return screen if contract is None else screen.under(contract)


async def check_screen(bot: Bot, text: str, contract: Contract | None, values: Mapping[str, Any], day: str) -> Checked:
    """Rehearse the screen; when its pages have changed, follow them as far as they speak for themselves."""
    screen = read_screen(text, contract)
    run = await rehearse(bot, screen, values)
    if run.failure is None:
        return Checked(screen.id, None, (), (), contract_of(screen, run, day), None)
    first, changes, unsolved = run.failure, list[Change](), tuple[Change, ...]()
    edits: list[Edit] = []
    for _ in range(ROUNDS):
        found = _changes(screen, run)
        place = None if run.at is None else place_of(screen, run.at)
        if not found or place is None or run.seen is None:
            break
        changes += found
        proposal = propose(text, screen, place, run.seen, found)
        edits += proposal.edits
        unsolved = proposal.unsolved
        if not proposal.edits:
            break
        text, screen = proposal.text, read_screen(proposal.text, contract)
        run = await rehearse(bot, screen, values)
        if run.failure is None:
            break
    return Checked(screen.id, first, tuple(changes), unsolved, None, _proposed(text, edits, screen, run, day))


def _proposed(text: str, edits: Sequence[Edit], screen: ScreenFile, run: Rehearsed, day: str) -> Proposed | None:
    if not edits:
        return None
    proven = run.failure is None
    return Proposed(text, tuple(edits), proven, contract_of(screen, run, day) if proven else None)


def _changes(screen: ScreenFile, run: Rehearsed) -> list[Change]:
    """What differs on the page where the rehearsal stopped; nothing when it stopped for another reason."""
    if run.drift is not None:
        return list(run.drift.changes)
    if run.failure is None or run.failure.code != "skarmen_andrad" or run.at is None or run.seen is None:
        return []
    last = bool(screen.pages) and run.at is screen.pages[-1]
    return differences(run.at, run.seen, screen.save if last else None)
