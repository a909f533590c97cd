"""Follows a person who works in the browser, and makes the path and the screens of what was done."""

import asyncio
import json
from contextlib import suppress
from importlib.resources import files
from typing import Any

from playwright.async_api import Error as PlaywrightError

from robot.gui.explore import ExploreError, Explorer
from robot.gui.guess import SAVES, first_of
from robot.gui.scan import Ending, Step
from robot.gui.seen import Seen

ROW_BUTTONS = ("lägg till", "ny rad", "ta bort", "+", "välj datum", "logga ut")
FOLLOW_MILLISECONDS = 400


class Follower:
    """What was pressed, in order, each with the page as it was just before. Nothing that was typed is kept."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._steps: list[Step] = []
        self._people: tuple[str, ...] = ()
        self._last: Seen | None = None

    async def begin(self, url: str) -> None:
        """Open the first page, and follow from there. Raises ExploreError."""
        context = self._explorer.page.context
        await context.expose_function("arendeFollow", self._pressed)
        await context.add_init_script(files("robot.gui").joinpath("follow.js").read_text(encoding="utf-8"))
        await self._explorer.open(url)

    def _pressed(self, told: str) -> None:
        hit: dict[str, Any] = json.loads(told)
        seen = Seen.of(hit["page"])
        self._people = tuple(hit["page"]["people"]) or self._people
        if not first_of(ROW_BUTTONS, [hit["name"]]) and not any(one.format == "password" for one in seen.controls):
            self._steps.append(Step(seen, {}, hit["name"]))

    async def until_closed(self) -> None:
        """Wait for the person to close the window, remembering the page that is shown last."""
        while not self._explorer.page.is_closed():
            with suppress(PlaywrightError, ExploreError):
                self._last = await self._explorer.look()
            await asyncio.sleep(FOLLOW_MILLISECONDS / 1000)

    async def done(self) -> tuple[list[Step], list[str], Ending | None]:
        """The steps, the parts of the pages that show a person, and how it ended when something was saved."""
        if not self._explorer.page.is_closed():
            self._last = await self._explorer.look()
        steps, last = self._steps, self._last
        at = next((n for n in range(len(steps) - 1, -1, -1) if _saves(steps[n])), None)
        if at is None:
            return [*steps, *([Step(last)] if last else [])], list(self._people), None
        asked = steps[at + 1] if at + 1 < len(steps) and steps[at + 1].seen.dialog is not None else None
        ending = Ending(
            press=steps[at].pressed or "",
            asks=asked.seen.dialog_name if asked else None,
            confirm=asked.pressed if asked else None,
            receipt=last,
        )
        return [*steps[:at], Step(steps[at].seen)], list(self._people), ending


def _saves(step: Step) -> bool:
    """A press that looks like a save, on a page with something to fill, and not the yes of a dialog that only asks."""
    fills = any(not one.locked for one in step.seen.controls)
    return first_of(SAVES, [step.pressed or ""]) is not None and (fills or step.seen.dialog is None)
