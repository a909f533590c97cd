"""A browser led by a developer: opens pages of a system that has no manifest yet, presses, types and looks."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from robot.gui.browser import IN_PATH, WITH_WINDOW, find_browser
from robot.gui.script import CALL, script
from robot.gui.seen import Control, Seen, closest

LIMIT_MILLISECONDS = 15_000
STILL_MILLISECONDS = 5_000
WIDTH, HEIGHT = 1280, 1000


class ExploreError(RuntimeError):
    """The page could not be led there; the message says what was looked for and what there is."""


class Explorer:
    """One browser with one page. ``headed``: with a window, for a person to work in.

    ``login``: the pages of the login and the button pressed on each, once it was gone through.
    """

    def __init__(self, *, headed: bool = False) -> None:
        self._headed = headed
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.people: tuple[str, ...] = ()
        self.text = ""
        self.login: list[tuple[Seen, str]] = []

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=find_browser(os.environ, in_path=WITH_WINDOW if self._headed else IN_PATH),
            headless=not self._headed,
        )
        context = await self._browser.new_context(locale="sv-SE", viewport={"width": WIDTH, "height": HEIGHT})
        await context.add_init_script(script())
        self.page: Page = await context.new_page()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser is not None:
            with suppress(PlaywrightError):
                await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def open(self, url: str) -> Seen:
        """Go to an address. Raises ExploreError when nothing answers there."""
        try:
            await self.page.goto(url, wait_until="load", timeout=LIMIT_MILLISECONDS)
        except PlaywrightError as error:
            msg = f"{url} did not open: {error.message.splitlines()[0]}"
            raise ExploreError(msg) from error
        return await self.look()

    async def look(self) -> Seen:
        """The page when it has been still for a moment."""
        for _ in range(5):
            with suppress(PlaywrightError):
                await self.page.wait_for_load_state("networkidle", timeout=STILL_MILLISECONDS)
            try:
                answer = await self._ask("arrive", people=True)
            except PlaywrightError:
                continue  # it went on to another document while it was asked
            if answer is not None:
                self.people = tuple(answer["page"]["people"])
                self.text = answer["page"]["text"]
                return Seen.of(answer["page"])
        msg = f"{self.page.url} never came to rest"
        raise ExploreError(msg)

    async def press(self, name: str) -> Seen:
        """Press the one button or link with this name, also in a row. Raises ExploreError when it is not there once."""
        try:
            answer = await self._ask("press", name=name, untilMs=1e18)
        except PlaywrightError:
            return await self.look()
        if answer is not None and answer["count"] != 1:
            seen = Seen.of(answer["page"])
            near = closest(name, list(seen.buttons))
            there = f"closest is {near!r}" if near else f"there are: {', '.join(seen.buttons)}"
            msg = f"the button {name!r} should be on the page once, found {answer['count']}; {there}"
            raise ExploreError(msg)
        return await self.look()

    async def fill(self, label: str, text: str) -> Seen:
        """Fill one field. Raises ExploreError when it is not there once."""
        seen = await self.look()
        found = [one for one in seen.controls if one.named(label)]
        if len(found) != 1:
            labels = [one.label for one in seen.controls]
            near = closest(label, labels)
            there = f"closest is {near!r}" if near else f"there are: {', '.join(labels)}"
            msg = f"the field {label!r} should be on the page once, found {len(found)}; {there}"
            raise ExploreError(msg)
        action = {"at": {"label": label}, "value": text, "match": "exact", "kinds": [found[0].kind], "pick": False}
        await self._ask("fill", rows=[], actions=[action], choiceMs=1500)
        return await self.look()

    async def log_in(self, username: str, password: str) -> bool:
        """Log in on the page at hand, also where name and password are asked for after each other; False: no login."""
        seen = await self.look()
        for _ in range(3):
            secret = next((one for one in seen.controls if one.format == "password"), None)
            if secret is not None:
                before = [one for one in seen.controls[: seen.controls.index(secret)] if one.kind == "text"]
                for field in before[-1:]:
                    await self.fill(field.label, username)
                await self.fill(secret.label, password)
                await self._go_in(seen)
                return True
            names = [one for one in seen.controls if one.kind == "text" and _asks_who(one)]
            if len(names) != 1:
                return False
            await self.fill(names[0].label, username)
            seen = await self._go_in(seen)
        return False

    async def _go_in(self, seen: Seen) -> Seen:
        button = _way_in(seen.buttons)
        self.login.append((seen, button))
        return await self.press(button)

    async def _ask(self, operation: str, **more: Any) -> Any:
        request = {"op": operation, "words": [], "limitMs": LIMIT_MILLISECONDS, **more}
        return json.loads(await self.page.evaluate(CALL, json.dumps(request)))


def _asks_who(control: Control) -> bool:
    return any(word in control.label.casefold() for word in ("användar", "user", "e-post", "mejl", "login", "inlogg"))


def _way_in(buttons: Sequence[str]) -> str:
    for word in ("logga in", "log in", "login", "sign in", "nästa", "fortsätt", "next", "continue", "ok"):
        hit = next((one for one in buttons if one.casefold().startswith(word)), None)
        if hit is not None:
            return hit
    if len(buttons) == 1:
        return buttons[0]
    msg = f"no button to log in with; there are: {', '.join(buttons)}"
    raise ExploreError(msg)
