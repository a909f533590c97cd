"""Rehearses a screen with a test person, and says what has changed and how the screen file could follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from robot.definition.document import Document
from robot.gui.bot import Bot
from robot.gui.contract import Change
from robot.gui.differences import differences
from robot.gui.edits import Edit
from robot.gui.failure import GuiFailure
from robot.gui.met import Met, propose_save
from robot.gui.propose import Proposal, propose
from robot.gui.recorded import Contract
from robot.gui.rehearse import Rehearsed, contract_of, place_of, rehearse
from robot.gui.screen import ScreenFile

ROUNDS = 8  # pages that may have changed at once and still be followed


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new screen file. ``proven``: a rehearsal with it went through; ``contract``: what it then saw.

    A rehearsal never saves: an edit of the save itself is an uncertain one also in a proven file.
    """

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


async def check_screen(
    bot: Bot,
    text: str,
    contract: Contract | None,
    values: Mapping[str, Any],
    day: str,
    *,
    met: Met | None = None,
) -> Checked:
    """Rehearse the screen; when its pages have changed, follow them as far as they speak for themselves.

    ``met``: what a real save has met since, where no rehearsal comes.
    """
    following = _Following(bot, values, text, contract, read_screen(text, contract))
    run = await rehearse(bot, following.screen, values)
    first = run.failure or (None if met is None else met.failure())
    if first is None:
        return Checked(following.screen.id, None, (), (), contract_of(following.screen, run, day), None)
    if run.failure is not None:
        run = await following.pages(run)
    seen = contract_of(following.screen, run, day) if run.failure is None else None
    if met is not None:
        following.save(met)
    changes, unsolved, edits = tuple(following.changes), tuple(following.unsolved), tuple(following.edits)
    proposed = Proposed(following.text, edits, run.failure is None, seen) if edits else None
    return Checked(following.screen.id, first, changes, unsolved, None, proposed)


@dataclass(slots=True)
class _Following:
    """A screen file on its way after the pages."""

    bot: Bot
    values: Mapping[str, Any]
    text: str
    contract: Contract | None
    screen: ScreenFile
    edits: list[Edit] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unsolved: list[Change] = field(default_factory=list)

    async def pages(self, run: Rehearsed) -> Rehearsed:
        """Follow what differs, page by page, and rehearse again."""
        for _ in range(ROUNDS):
            found = _changes(self.screen, run)
            place = None if run.at is None else place_of(self.screen, run.at)
            if not found or place is None or run.seen is None:
                break
            self.changes += found
            proposal = propose(self.text, self.screen, place, run.seen, found, values=self.values)
            if proposal.order is not None and self.contract is not None:
                self.contract = self.contract.renumbered(place[0], proposal.order)
            self.unsolved = list(proposal.unsolved)
            if not proposal.edits:
                break
            self._take(proposal)
            run = await rehearse(self.bot, self.screen, self.values)
            if run.failure is None:
                break
        return run

    def save(self, met: Met) -> None:
        """Follow what a save has met."""
        proposal = propose_save(self.text, self.screen, met)
        self.changes += met.changes
        self.unsolved += proposal.unsolved
        self._take(proposal)

    def _take(self, proposal: Proposal) -> None:
        self.edits += proposal.edits
        self.text = proposal.text
        self.screen = read_screen(self.text, self.contract)


def _changes(screen: ScreenFile, run: Rehearsed) -> list[Change]:
    """What differs on the page where the rehearsal stopped; nothing when it stopped for another reason."""
    if run.drift is not None:
        return list(run.drift.changes)
    if run.failure is None or run.failure.code != "skarmen_andrad" or run.at is None or run.seen is None:
        return []
    last = bool(screen.pages) and run.at is screen.pages[-1]
    return differences(run.at, run.seen, screen.save if last else None)
