"""One Chromium process, and one warm context per login of a case system, checked out one job at a time."""

import asyncio
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

from playwright.async_api import Browser, Playwright, ViewportSize, async_playwright
from playwright.async_api import Error as PlaywrightError

from connectors.manifest import KnownDialog
from robot.gui.failure import GuiFailure
from robot.gui.script import script
from robot.gui.tab import Tab

ENVIRONMENT = "ARENDE_BROWSER"
WITH_WINDOW = ("chromium", "google-chrome")
IN_PATH = ("chromium-headless-shell", *WITH_WINDOW)
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# The last word on these settings is ours: without a mouse among them, pages show what they have for telephones.
MOUSE = "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
WITHOUT_PICTURES = (f"--blink-settings=imagesEnabled=false,{MOUSE}", "--disable-remote-fonts")


class ContextOptions(TypedDict):
    """How every context is made."""

    locale: str
    viewport: ViewportSize
    accept_downloads: bool


CONTEXT: ContextOptions = {
    "locale": "sv-SE",
    "viewport": {"width": 1200, "height": 900},
    "accept_downloads": False,
}


class BrowserMissingError(RuntimeError):
    """No browser could be started; the message says what to install."""


def find_browser(
    environment: Mapping[str, str],
    which: Callable[[str], str | None] = shutil.which,
    *,
    in_path: Sequence[str] = IN_PATH,
) -> str | None:
    """The browser to start: ARENDE_BROWSER, else the first of ``in_path``. None: Playwright's own.

    Raises:
        BrowserMissingError: ARENDE_BROWSER names something that cannot be run.

    """
    chosen = environment.get(ENVIRONMENT)
    if chosen:
        found = which(chosen)
        if found is None:
            raise BrowserMissingError(f"{ENVIRONMENT}={chosen} cannot be run; give the path of a Chromium or unset it")
        return found
    return next((path for path in map(which, in_path) if path), None)


async def launch(playwright: Playwright, executable: str | None, *, images: bool = False) -> Browser:
    """A browser of this binary (None: Playwright's own) with the robot's flags. The robot reads no pictures."""
    arguments = ARGUMENTS if images else ARGUMENTS + WITHOUT_PICTURES
    return await playwright.chromium.launch(executable_path=executable, args=list(arguments))


@dataclass(frozen=True, slots=True)
class Wear:
    """A context is made anew after ``jobs`` jobs; the browser when it holds more than ``megabytes``.

    ``look_every``: jobs between two looks at its memory.
    """

    jobs: int
    megabytes: float
    look_every: int = 20


UNWORN = Wear(jobs=200, megabytes=1500)


class BrowserPool:
    """Hands out tabs. Bound to the event loop it is entered in; a killed browser is started again at the next job.

    ``wear``: when a context or the whole browser is made anew. ``images``: pictures and fonts of the pages are loaded.
    """

    def __init__(
        self, *, environment: Mapping[str, str] | None = None, wear: Wear = UNWORN, images: bool = False
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._wear = wear
        self._images = images
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()
        self._places: dict[str, asyncio.Semaphore] = {}
        self._idle: dict[str, list[Tab]] = defaultdict(list)
        self._jobs = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the browser and everything in it."""
        self._idle.clear()
        if self._browser is not None:
            with suppress(PlaywrightError):
                await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._browser = self._playwright = None

    async def processes(self) -> dict[int, str]:
        """The browser's process numbers with what each one is ("browser", "renderer", …); empty when none runs."""
        return {} if self._browser is None else await processes(self._browser)

    @asynccontextmanager
    async def tab(self, login: str, concurrency: int, known: Sequence[KnownDialog] = ()) -> AsyncIterator[Tab]:
        """A tab of this login; waits when all ``concurrency`` are out. ``known``: see `Tab`.

        A job that ends in anything but a failure of its own case does not give its context back.

        Raises:
            GuiFailure: retry, when the browser did not start or died while a context was made.
            BrowserMissingError: no browser can be started on this machine.

        """
        places = self._places.setdefault(login, asyncio.Semaphore(concurrency))
        async with places:
            tab = await self._take(login)
            tab.begin(known)
            try:
                yield tab
            except BaseException as error:
                tab.broken |= not isinstance(error, GuiFailure) or error.kind == "retry"
                raise
            finally:
                await self._give_back(login, tab)

    async def _take(self, login: str) -> Tab:
        browser = await self._started()
        while self._idle[login]:
            tab = self._idle[login].pop()
            if not tab.broken and not tab.page.is_closed():
                return tab
        try:
            context = await browser.new_context(**CONTEXT)
            await context.add_init_script(script())
            tab = Tab(context, await context.new_page())
        except PlaywrightError as error:
            raise GuiFailure("retry", "webblasaren_avslutad", "Webbläsaren gick inte att använda.") from error
        tab.listen()
        return tab

    async def _give_back(self, login: str, tab: Tab) -> None:
        browser = tab.context.browser
        self._jobs += 1
        if not tab.broken and tab.jobs < self._wear.jobs and browser is self._browser:
            self._idle[login].append(tab)
        else:
            with suppress(PlaywrightError):
                await tab.context.close()
        if browser is not None and self._jobs % self._wear.look_every == 0:
            await self._replace_when_grown(browser)
        if browser is not None and browser is not self._browser and not browser.contexts:
            with suppress(PlaywrightError):
                await browser.close()

    async def _replace_when_grown(self, browser: Browser) -> None:
        """Let the next job start a new browser; this one ends with its last job."""
        if browser is not self._browser or await memory_megabytes(browser) <= self._wear.megabytes:
            return
        self._browser = None
        idle = [tab for tabs in self._idle.values() for tab in tabs]
        self._idle.clear()
        for tab in idle:
            with suppress(PlaywrightError):
                await tab.context.close()

    async def _started(self) -> Browser:
        async with self._starting:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            self._idle.clear()
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            executable = find_browser(self._environment)
            try:
                self._browser = await launch(self._playwright, executable, images=self._images)
            except PlaywrightError as error:
                if executable is not None:
                    # It is there, so it may start the next time: the machine may be short of memory, or it was killed.
                    text = "Webbläsaren startade inte."
                    raise GuiFailure("retry", "webblasaren_startade_inte", text) from error
                why = error.message.splitlines()[0]
                raise BrowserMissingError(
                    f"no browser: Playwright's own Chromium did not start ({why}). Install one "
                    f"(apt-get install chromium, or playwright install --with-deps chromium) or set {ENVIRONMENT}"
                ) from error
            return self._browser


async def memory_megabytes(browser: Browser) -> float:
    """What the browser's processes hold in memory (Linux; 0 elsewhere, or when it does not answer)."""
    return sum(_resident(pid) for pid in await processes(browser))


async def processes(browser: Browser) -> dict[int, str]:
    """The process numbers of a browser with their types; empty when it does not answer."""
    try:
        protocol = await browser.new_browser_cdp_session()
        found = await protocol.send("SystemInfo.getProcessInfo")
        await protocol.detach()
    except PlaywrightError:
        return {}
    return {process["id"]: process["type"] for process in found["processInfo"]}


def _resident(pid: int) -> float:
    try:
        lines = Path("/proc", str(pid), "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
