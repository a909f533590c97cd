"""One round trip to the browser: bounded in time, and every way it can fail as a named failure."""

import asyncio
from types import TracebackType

from playwright.async_api import Error as PlaywrightError

from robot.gui.failure import GuiFailure
from robot.gui.tab import Tab

LEAVING = ("Execution context was destroyed", "Cannot find context", "because of a navigation", "Frame was detached")


class LeftError(GuiFailure):
    """The page was left for another document while it was asked."""

    def __init__(self) -> None:
        super().__init__("retry", "sidan_byttes", "Sidan byttes mitt i arbetet.")


class RoundTrip:
    """Bounds what is asked of the browser, in seconds, and turns what it raises into a `GuiFailure`."""

    def __init__(self, tab: Tab, system: str, seconds: float) -> None:
        self._tab = tab
        self._system = system
        self._clock = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._clock.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._clock.__aexit__(kind, error, trace)
        except TimeoutError as late:
            raise GuiFailure("retry", "sidan_svarar_inte", f"{self._system} svarade inte i tid.") from late
        if not isinstance(error, PlaywrightError):
            return
        if any(sign in error.message for sign in LEAVING):
            raise LeftError from error
        if self._tab.page.is_closed() or self._tab.broken or "closed" in error.message or "crash" in error.message:
            raise GuiFailure("retry", "webblasaren_avslutad", "Webbläsaren avslutades mitt i arbetet.") from error
        if "net::" in error.message:
            raise GuiFailure("retry", "anslutning_bruten", f"Anslutningen till {self._system} bröts.") from error
        raise GuiFailure("retry", "webblasarfel", "Webbläsaren kunde inte utföra steget.") from error
