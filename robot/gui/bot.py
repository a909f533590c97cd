"""The bot of one case system: reads a screen, writes a screen, and looks a saved record up by another path."""

import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from playwright.async_api import Error as PlaywrightError

from robot.gui.browser import BrowserPool
from robot.gui.by_keys import ByKeys
from robot.gui.contract import Change, DriftError, button_change, shown_change
from robot.gui.failure import GuiFailure, Snapshot
from robot.gui.fill import PlannedField, must_still_be_taken, plan_screen
from robot.gui.screen import Receipt, Save, ScreenFile
from robot.gui.seen import Seen
from robot.gui.session import CaseSystem, Session
from robot.gui.tab import JAVASCRIPT_YES
from robot.gui.walk import Walk, Watch

__all__ = ["Bot", "CaseSystem", "PlannedField", "ScreenRead", "Written", "plan_screen"]

PICTURE_QUALITY = 60
EVIDENCE_MILLISECONDS = 3000
Result = TypeVar("Result")
NOT_PRESSED = frozenset(
    {"skarmen_andrad", "knappen_avstangd", "for_sent_att_spara", "sidan_andras", "varde_nekat", "alternativ_saknas"}
)


@dataclass(frozen=True, slots=True)
class ScreenRead:
    """What was read, by the names of the screen file, JSON-able; and the pages it was read on."""

    data: dict[str, Any]
    evidence: tuple[Snapshot, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A saved record: what its receipt or its row says, and what the pages showed (heading → place → value)."""

    receipt: dict[str, str]
    read_back: dict[str, dict[str, str]]
    evidence: tuple[Snapshot, ...]


Job = Callable[[Walk], Awaitable[Result]]
Timed = Callable[[str, str], AbstractContextManager[None]]
Met = Callable[[ScreenFile, DriftError], None]


def _untimed(_screen: str, _act: str) -> AbstractContextManager[None]:
    return nullcontext()


def _forgotten(_screen: ScreenFile, _failure: DriftError) -> None:
    """Nobody wants to know."""


class Bot:
    """Works one case system under one login. Raises `GuiFailure` and nothing else for what the system or browser did.

    Must be used on the event loop of its pool. ``now`` gives aware UTC. ``timed`` measures a screen's read, write or
    look. ``met`` is told how a page differed after save was pressed, where no rehearsal comes.
    ``by_keys``: the fields known to want typing; what the bot learns is added to it.
    """

    def __init__(
        self,
        system: CaseSystem,
        pool: BrowserPool,
        *,
        now: Callable[[], datetime],
        timed: Timed = _untimed,
        met: Met = _forgotten,
        by_keys: ByKeys | None = None,
    ) -> None:
        self._system = system
        self._pool = pool
        self._now = now
        self._timed = timed
        self._met = met
        self._by_keys = ByKeys() if by_keys is None else by_keys

    async def read(self, screen: ScreenFile, values: Mapping[str, Any], *, quiet: bool = False) -> ScreenRead:
        """Read the screen's pages. Sections of pages that were not reached are null.

        Raises:
            GuiFailure: the screen could not be read; nothing was written.

        """

        async def job(walk: Walk) -> ScreenRead:
            await walk.go(screen.open, screen.pages[0], inside=False)
            await walk.go(screen.pages, inside=True)
            unreached = {page.section: None for page in screen.pages if page.section and page.section not in walk.data}
            return ScreenRead({**walk.data, **unreached}, tuple(walk.evidence))

        with self._timed(screen.id, "read"):
            return await self._again_when_expired(screen, values, quiet, job)

    async def write(
        self,
        screen: ScreenFile,
        values: Mapping[str, Any],
        *,
        quiet: bool = False,
        may_save: Callable[[], float] = lambda: math.inf,
    ) -> Written:
        """Fill all pages, read them back, press save once, and read the receipt.

        ``may_save`` is asked right before the press: for how many seconds saving is allowed. What it raises is passed
        on, and nothing was saved.

        Raises:
            GuiFailure: with ``after_save`` when save was pressed and nobody knows the outcome: only `look` can tell.

        """
        plan_screen(screen, values)
        save = screen.save
        if save is None:
            raise ValueError(f"the screen {screen.id} is of kind read and cannot be written")

        async def job(walk: Walk) -> Written:
            await walk.go(screen.open, screen.pages[0], inside=False)
            await walk.go(screen.pages, inside=True, patience=self._system.manifest.timeouts.read_seconds)
            receipt = await _save(walk, save, may_save)
            if not quiet:
                walk.evidence[-1] = replace(walk.evidence[-1], picture=await _picture(walk.session))
            return Written(receipt, walk.read_back, tuple(walk.evidence))

        with self._timed(screen.id, "write"):
            try:
                return await self._again_when_expired(screen, values, quiet, job)
            except DriftError as failure:
                if failure.after_save:
                    self._met(screen, failure)
                raise

    async def look(self, screen: ScreenFile, values: Mapping[str, Any], *, quiet: bool = False) -> Written | None:
        """Look the saved record up as a person would, and compare it typed. None: it is not there.

        Raises:
            GuiFailure: human when a record is there but differs, and as `read`.

        """

        async def job(walk: Walk) -> Written | None:
            await walk.go(screen.open, screen.look[0], inside=False)
            await walk.go(screen.look, inside=True)
            if walk.ended:
                return None
            receipt = {name: str(value) for name, value in walk.data.items()}
            return Written(receipt, walk.read_back, tuple(walk.evidence))

        with self._timed(screen.id, "look"):
            return await self._again_when_expired(screen, values, quiet, job)

    async def rehearse(
        self, screen: ScreenFile, values: Mapping[str, Any], walks: list[Walk], watch: Watch | None = None
    ) -> None:
        """Everything of `read` or `write` but the save. The walk is put into ``walks`` before its first page.

        Raises:
            GuiFailure: as `write` before the save.

        """
        patience = self._system.manifest.timeouts.read_seconds if screen.save else 0

        async def job(walk: Walk) -> None:
            walks.append(walk)
            walk.watch = watch
            await walk.go(screen.open, screen.pages[0], inside=False)
            await walk.go(screen.pages, inside=True, patience=patience)
            if screen.save is not None and (change := button_change(screen.save.press, walk.seen)):
                raise DriftError([change], walk.seen)

        if screen.save is not None:
            plan_screen(screen, values)
        await self._again_when_expired(screen, values, quiet=True, job=job)

    async def rehearse_look(self, screen: ScreenFile, values: Mapping[str, Any], walks: list[Walk]) -> None:
        """The way to a saved record, as `look`. Raises GuiFailure as `look`, also when a label is gone."""

        async def job(walk: Walk) -> None:
            walks.append(walk)
            await walk.go(screen.open, screen.look[0], inside=False)
            await walk.go(screen.look, inside=True)

        await self._again_when_expired(screen, values, quiet=True, job=job)

    async def _again_when_expired(
        self, screen: ScreenFile, values: Mapping[str, Any], quiet: bool, job: Job[Result]
    ) -> Result:
        try:
            return await self._job(screen, values, quiet, job)
        except GuiFailure as failure:
            if failure.code != "session_utgangen" or failure.after_save:
                raise
        return await self._job(screen, values, quiet, job)

    async def _job(self, screen: ScreenFile, values: Mapping[str, Any], quiet: bool, job: Job[Result]) -> Result:
        manifest = self._system.manifest
        login = f"{self._system.base_url} {self._system.username}"
        async with self._pool.tab(login, manifest.rate.concurrency, manifest.dialogs) as tab:
            session = Session(tab, self._system, screen, values, now=self._now, by_keys=self._by_keys)
            walk: Walk | None = None
            try:
                walk = Walk(session, quiet, await session.begin())
                return await job(walk)
            except GuiFailure as failure:
                gathered = () if walk is None else tuple(walk.evidence)
                failure.evidence = (*gathered, *await _failed(session, quiet))
                raise


async def _save(walk: Walk, save: Save, may_save: Callable[[], float]) -> dict[str, str]:
    """Press save, once, and read the receipt. Everything that goes wrong after the press has an unknown outcome."""
    session, receipt, before = walk.session, save.receipt.page, walk.seen
    session.must_show_person(before)
    within, asks = may_save(), save.confirm is not None
    still = must_still_be_taken(session, walk.at)
    session.tab.expect(save.asks if save.confirm == JAVASCRIPT_YES else None)
    try:
        walk.seen = await session.press(save.press, receipt, dialog=asks, within=within, still=still)
    except GuiFailure as failure:
        failure.after_save = failure.code not in NOT_PRESSED and not _refused(failure, before.heading)
        raise
    try:
        if save.confirm is not None and not session.tab.said_yes:
            _asks(save, walk.seen)
            if change := button_change(save.confirm, walk.seen):
                raise DriftError([change], walk.seen)
            walk.seen = await session.press(save.confirm, receipt, within=may_save())
        found = _read_receipt(save.receipt, walk.seen)
    except GuiFailure as failure:
        failure.after_save = not _refused(failure, before.heading)
        raise
    walk.keep(receipt)
    walk.read_back[save.receipt.sign] = found
    return found


def _asks(save: Save, seen: Seen) -> None:
    """The dialog must ask what the screen file says that it asks, before anybody says yes."""
    if save.asks is not None and save.asks not in (seen.dialog or ""):
        swedish = f"{save.asks}: frågan före sparandet är en annan"
        raise DriftError([Change("shown", save.asks, swedish, f"{save.asks}: the dialog asks something else")], seen)


def _read_receipt(receipt: Receipt, seen: Seen) -> dict[str, str]:
    found = {name: seen.labelled(label) for name, label in receipt.read.items()}
    gone = [receipt.read[name] for name, shown in found.items() if not shown]
    if seen.is_page(receipt.page) and gone:
        raise DriftError([shown_change(label, [name for name, _ in seen.shown]) for label in gone], seen)
    if not seen.is_page(receipt.page) or any(len(shown) != 1 for shown in found.values()):
        text = f"Systemet visade inte kvittot {receipt.sign}."
        raise GuiFailure("human", "kvitto_saknas", text, page=seen.heading, wanted=receipt.sign)
    return {name: shown[0] for name, shown in found.items()}


def _refused(failure: GuiFailure, heading: str) -> bool:
    """The form came back with the system's own reasons: nothing was saved."""
    return failure.code == "nekad_av_systemet" and failure.page == heading


async def _picture(session: Session) -> bytes | None:
    """The page, with everything sensitive covered; None when it cannot be covered or taken."""
    try:
        await session.mask()
        return await session.tab.page.screenshot(type="jpeg", quality=PICTURE_QUALITY, timeout=EVIDENCE_MILLISECONDS)
    except (PlaywrightError, GuiFailure):
        return None  # the record is saved; a missing picture must not make that unknown
    finally:
        with suppress(GuiFailure):
            await session.unmask()


async def _failed(session: Session, quiet: bool) -> tuple[Snapshot, ...]:
    """What the page looked like when it went wrong, as far as the browser still answers."""
    try:
        seen = await session.stop()
    except GuiFailure:
        return ()
    snapshot = seen.snapshot(session.screen.id, session.now(), quiet=quiet)
    if quiet:
        return (snapshot,)
    try:
        aria = await session.tab.page.locator("body").aria_snapshot(timeout=EVIDENCE_MILLISECONDS)
    except PlaywrightError:
        aria = None
    return (replace(snapshot, picture=await _picture(session), aria=aria),)
