"""Does everything of a screen but the save, and tells how far it came: for the screen check, trial and contract."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from robot.gui.bot import Bot
from robot.gui.contract import DriftError
from robot.gui.failure import GuiFailure
from robot.gui.recorded import Contract
from robot.gui.recording import record_page
from robot.gui.screen import Page, ScreenFile
from robot.gui.seen import Seen
from robot.gui.walk import Walk, Watch

OF_THE_TEST_PERSON = frozenset({"avviker", "raden_saknas", "flera_rader"})  # its record is another; the page is right
PARTS = ("open", "pages", "look")


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How a rehearsal ended. ``failure``: None when everything but the save was done.

    ``visited``: the pages as they were left. ``at``: the page of the screen file it ended on, and ``seen`` that page.
    """

    visited: tuple[tuple[Page, Seen], ...]
    failure: GuiFailure | None
    at: Page | None
    seen: Seen | None

    @property
    def drift(self) -> DriftError | None:
        """The failure, when it is that the page has changed."""
        return self.failure if isinstance(self.failure, DriftError) else None


async def rehearse(bot: Bot, screen: ScreenFile, values: Mapping[str, Any], watch: Watch | None = None) -> Rehearsed:
    """Open, fill and read back every page, and find the save button without pressing it; then the way to the record.

    Buttons between pages are pressed, and may store a draft in the case system. ``watch`` is called "before" and
    "after" each page.
    """
    walks: list[Walk] = []
    try:
        await bot.rehearse(screen, values, walks, watch)
    except GuiFailure as failure:
        return _ended(walks, failure)
    done = _ended(walks, None)
    if not screen.look:
        return done
    walks.clear()
    try:
        await bot.rehearse_look(screen, values, walks)
    except GuiFailure as failure:
        if failure.code not in OF_THE_TEST_PERSON:
            return _ended(walks, failure)
    return replace(done, visited=(*done.visited, *(walks[-1].visited if walks else ())))


def _ended(walks: list[Walk], failure: GuiFailure | None) -> Rehearsed:
    if not walks:
        return Rehearsed((), failure, None, None)
    walk = walks[-1]
    seen = failure.seen if isinstance(failure, DriftError) else walk.seen
    return Rehearsed(tuple(walk.visited), failure, walk.at, seen)


def place_of(screen: ScreenFile, page: Page) -> tuple[str, int] | None:
    """The part of the screen file that a page stands in, and its number from 0."""
    for part in PARTS:
        for number, one in enumerate(getattr(screen, part)):
            if one is page:
                return part, number
    return None


def contract_of(screen: ScreenFile, rehearsed: Rehearsed, day: str) -> Contract:
    """The contract that the pages of a rehearsal give. ``day``: ISO, told to people."""
    banners = {word for _, seen in rehearsed.visited for text in seen.banner for word in _pairs(text)}
    pages, told = [], set[tuple[str, int]]()
    for page, seen in rehearsed.visited:
        place = place_of(screen, page)
        if place is not None and place not in told:
            told.add(place)
            fixed = page.heading is not None
            pages.append(record_page(*place, seen, sorted(banners), fixed_heading=fixed))
    return Contract(screen=screen.id, recorded=day, pages=tuple(pages))


def _pairs(text: str) -> list[str]:
    """Two words that follow each other, as a person's name does."""
    words = text.split()
    return [f"{first} {second}" for first, second in pairwise(words)]
