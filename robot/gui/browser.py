"""One Chromium process, and one warm context per login of a case system, checked out one job at a time."""

import asyncio
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypedDict

from playwright.async_api import (
    Browser,
    BrowserContext,
    Dialog,
    Page,
    Playwright,
    Request,
    Response,
    ViewportSize,
    async_playwright,
)
from playwright.async_api import Error as PlaywrightError

from robot.gui.failure import GuiFailure
from robot.gui.script import script

ENVIRONMENT = "ARENDE_BROWSER"
IN_PATH = ("chromium-headless-shell", "chromium", "google-chrome")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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


def find_browser(environment: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> str | None:
    """The browser to start: ARENDE_BROWSER, else the first of IN_PATH. None: Playwright's own.

    Raises:
        BrowserMissingError: ARENDE_BROWSER names something that cannot be run.

    """
    chosen = environment.get(ENVIRONMENT)
    if chosen:
        found = which(chosen)
        if found is None:
            raise BrowserMissingError(f"{ENVIRONMENT}={chosen} cannot be run; give the path of a Chromium or unset it")
        return found
    return next((path for path in map(which, IN_PATH) if path), None)


async def launch(playwright: Playwright, executable: str | None) -> Browser:
    """A browser of this binary (None: Playwright's own) with the robot's flags."""
    return await playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))


@dataclass  # without slots: Playwright keeps its wrappers of the listeners on the object
class Tab:
    """A page in its own context. What the browser tells by the way gathers here until the session asks for it.

    ``status``: of the last document (0: none came). ``script_status``: of the last refused question by a script
    (4xx, 5xx; 599 when no answer came), else 0. ``cut_off``: the connection broke before the document was whole.
    ``interrupted``: a dialog came or the document was cut off, so that what the page waits for may never come.
    """

    context: BrowserContext
    page: Page
    broken: bool = False
    status: int = 0
    script_status: int = 0
    dialogs: list[str] = field(default_factory=list)
    cut_off: bool = False
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    def forget(self) -> None:
        """Start a new job with nothing left from the one before."""
        self.dialogs.clear()
        self.leave()

    def leave(self) -> None:
        """What was known of the last document and of its scripts' questions does not concern the next one."""
        self.status = self.script_status = 0
        self.cut_off = False
        if not self.dialogs:
            self.interrupted.clear()

    def listen(self) -> None:
        """Keep what the browser tells. A dialog nobody declared is dismissed: the page may not hang on it."""
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._no_answer)
        self.page.on("dialog", self._dialog)
        self.page.on("crash", self._crashed)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        if response.status >= 400 and response.request.resource_type in {"fetch", "xhr"}:
            self.script_status = response.status

    def _no_answer(self, request: Request) -> None:
        if request.is_navigation_request() and "ERR_ABORTED" not in (request.failure or ""):
            self.cut_off = True
            self.interrupted.set()
        if request.resource_type in {"fetch", "xhr"}:
            self.script_status = 599

    async def _dialog(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.dialogs.append(dialog.message)
        with suppress(PlaywrightError):
            await (dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())
        if self.dialogs:
            self.interrupted.set()

    def _crashed(self, _page: Page) -> None:
        self.broken = True


class BrowserPool:
    """Hands out tabs. Bound to the event loop it is entered in; a killed browser is started again at the next job."""

    def __init__(self, *, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()
        self._places: dict[str, asyncio.Semaphore] = {}
        self._idle: dict[str, list[Tab]] = defaultdict(list)

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

    @asynccontextmanager
    async def tab(self, login: str, concurrency: int) -> AsyncIterator[Tab]:
        """A tab of this login; waits when all ``concurrency`` are out.

        A job that ends in anything but a failure of its own case does not give its context back.

        Raises:
            GuiFailure: retry, when the browser did not start or died while a context was made.
            BrowserMissingError: no browser can be started on this machine.

        """
        places = self._places.setdefault(login, asyncio.Semaphore(concurrency))
        async with places:
            tab = await self._take(login)
            tab.forget()
            try:
                yield tab
            except BaseException as error:
                tab.broken |= not isinstance(error, GuiFailure) or error.kind == "retry"
                raise
            finally:
                if tab.broken:
                    with suppress(PlaywrightError):
                        await tab.context.close()
                else:
                    self._idle[login].append(tab)

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

    async def _started(self) -> Browser:
        async with self._starting:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            self._idle.clear()
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            executable = find_browser(self._environment)
            try:
                self._browser = await launch(self._playwright, executable)
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
