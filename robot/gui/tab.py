"""A page in a context of its own, and what the browser tells about it by the way."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Dialog, Download, Page, Request
from playwright.async_api import Error as PlaywrightError

from connectors.manifest import KnownDialog

JAVASCRIPT_YES = "OK"


@dataclass  # without slots: Playwright keeps its wrappers of the listeners on the object
class Tab:
    """A page in its own context. What the browser tells by the way gathers here until the session asks for it.

    ``status``: of the last document (0: none came). ``script_status``: of the last refused question by a script
    (4xx, 5xx; 599 when no answer came), else 0. ``cut_off``: the connection broke before the document was whole.
    ``file``: a file came instead of a document. ``windows``: how many others the page has opened; they are closed.
    ``interrupted``: something came of which what the page waits for may never come.
    ``unanswered``: a script's question got no answer. ``known``: the dialogs that the manifest declares.
    ``question``: words of the browser's own box before a save; ``said_yes``: it came, and got its yes.
    """

    context: BrowserContext
    page: Page
    broken: bool = False
    jobs: int = 0
    status: int = 0
    script_status: int = 0
    dialogs: list[str] = field(default_factory=list)
    cut_off: bool = False
    file: bool = False
    windows: int = 0
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)
    unanswered: asyncio.Event = field(default_factory=asyncio.Event)
    known: Sequence[KnownDialog] = ()
    question: str | None = None
    said_yes: bool = False

    def begin(self, known: Sequence[KnownDialog]) -> None:
        """Start a new job with nothing left from the one before."""
        self.jobs += 1
        self.known = known
        self.dialogs.clear()
        self.windows = 0
        self.expect(None)
        self.leave()

    def expect(self, question: str | None) -> None:
        """Say yes, once, to a box of the browser's own with these words; None: to none."""
        self.question, self.said_yes = question, False

    def leave(self) -> None:
        """What was known of the last document and of its scripts' questions does not concern the next one."""
        self.status = self.script_status = 0
        self.cut_off = self.file = False
        self.unanswered.clear()
        if not self.dialogs:
            self.interrupted.clear()

    def listen(self) -> None:
        """Keep what the browser tells. A dialog nobody declared is dismissed: the page may not hang on it."""
        self.page.on("requestfailed", self._no_answer)
        self.page.on("dialog", self._dialog)
        self.page.on("download", self._download)
        self.page.on("crash", self._crashed)
        self.context.on("page", self._window)

    def _no_answer(self, request: Request) -> None:
        if request.is_navigation_request() and "ERR_ABORTED" not in (request.failure or ""):
            self.cut_off = True
            self.interrupted.set()
        if request.resource_type in {"fetch", "xhr"}:
            self.script_status = 599
            self.unanswered.set()

    async def _dialog(self, dialog: Dialog) -> None:
        known = next((one for one in self.known if one.says in dialog.message), None)
        asked = self.question is not None and self.question in dialog.message and not self.said_yes
        self.said_yes |= asked
        if dialog.type != "beforeunload" and known is None and not asked:
            self.dialogs.append(dialog.message)
        yes = asked or dialog.type == "beforeunload" or (known is not None and known.press == JAVASCRIPT_YES)
        with suppress(PlaywrightError):
            await (dialog.accept() if yes else dialog.dismiss())
        if self.dialogs:
            self.interrupted.set()

    def _download(self, _file: Download) -> None:
        self.file = True
        self.interrupted.set()

    async def _window(self, other: Page) -> None:
        self.windows += 1
        with suppress(PlaywrightError):
            await other.close()

    def _crashed(self, _page: Page) -> None:
        self.broken = True
        self.interrupted.set()
