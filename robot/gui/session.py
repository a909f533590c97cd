"""One job's hold of a logged-in page: asks it, presses in it, and stops on everything that no screen file expects."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from playwright.async_api import ElementHandle
from pydantic import SecretStr

from connectors.manifest import CaseSystemManifest
from robot.gui.by_keys import ByKeys
from robot.gui.failure import GuiFailure
from robot.gui.identity import must_show_person
from robot.gui.judge import Judge
from robot.gui.mask import mask_of
from robot.gui.round_trip import LeftError, RoundTrip
from robot.gui.screen import Page, ScreenFile
from robot.gui.script import CALL, ELEMENT
from robot.gui.seen import Seen, closest
from robot.gui.tab import Tab

NOWHERE = Page()
CHANGES = 3  # times that a page may change its own fields between their read-back and the press
REDIRECTS = 5  # documents that may follow each other before one stays
TOLD_SECONDS = 0.1
LABELS_MILLISECONDS = 250  # how long one look waits for what the page must show
CHOICE_MILLISECONDS = 1500  # how long an autocomplete may take to show the list; after that it is typed key by key


@dataclass(frozen=True)
class CaseSystem:
    """A case system as it stands in this municipality: where it is and who the robot is there."""

    name: str
    base_url: str
    username: str
    password: SecretStr
    manifest: CaseSystemManifest


def _expected(page: Page) -> dict[str, str | None]:
    return {
        "heading": page.heading,
        "headingStarts": page.heading_starts,
        "dialog": page.dialog,
        "message": page.message,
    }


class Session:
    """A page for one screen and one person. What the outside did wrong is raised as `GuiFailure` and nothing else."""

    def __init__(
        self,
        tab: Tab,
        system: CaseSystem,
        screen: ScreenFile,
        values: Mapping[str, Any],
        *,
        now: Callable[[], datetime],
        by_keys: ByKeys,
    ) -> None:
        self.tab = tab
        self.by_keys = by_keys
        self.system = system
        self.screen = screen
        self.values = values
        self.now = now
        self.limit = system.manifest.timeouts.read_seconds
        self._whose = [str(values[name]) for name in screen.identity.shows]
        self.judge = Judge(tab, system.manifest, self._whose)
        login = system.manifest.login
        self._signs = (f"{login.session_sign} {login.shown_as or system.username}", login.expired_sign)

    async def begin(self) -> Seen:
        """Open the system's first page, and log in when it asks for it.

        Raises:
            GuiFailure: stop when the login is refused, retry when the system does not answer.

        """
        seen = await self._go(self.system.manifest.start)
        login = self.system.manifest.login
        if not seen.words[0]:
            await self._give(seen, login.username, self.system.username)
            if login.next is not None:
                seen = await self.press(login.next, Page(), login=True)
            await self._give(seen, login.password, self.system.password.get_secret_value())
            seen = await self.press(login.button, Page(), login=True)
            if not seen.words[0]:
                raise GuiFailure("stop", "inloggning_nekad", f"{self.system.manifest.title} släppte inte in roboten.")
            seen = await self._go(self.system.manifest.start)
        return self.judge.check(seen)

    async def _give(self, seen: Seen, label: str, text: str) -> None:
        if len([one for one in seen.controls if one.label == label]) != 1:
            raise GuiFailure("stop", "inloggningen_andrad", f"Inloggningssidan saknar fältet {label}.", label=label)
        await self._type({"label": label}, text)

    async def _go(self, path: str) -> Seen:
        self.tab.leave()
        async with self._bounded():
            await self.tab.page.goto(urljoin(self.system.base_url, path), wait_until="commit")
        return await self.arrive()

    async def await_page(self, page: Page) -> Seen:
        """The page, once it shows what tells it apart, or has been still for a moment; checked as `check` says."""
        self.judge.expect(page)
        return self.judge.check(await self.arrive(page))

    async def arrive(self, page: Page = NOWHERE) -> Seen:
        """The page, once it is loaded and not busy."""
        for _ in range(REDIRECTS):
            with suppress(LeftError):
                answer = await self._unless_interrupted(self.ask("arrive", **_expected(page)))
                if not answer["settled"]:
                    raise self.judge.slow()
                return await self._cleared(Seen.of(answer["page"]))
        raise self.judge.slow()

    async def look(self) -> Seen:
        """The page as it is now, checked as `check` says."""
        return self.judge.check(await self._cleared(Seen.of(await self.ask("look"))))

    async def look_for(self, labels: Sequence[str]) -> Seen:
        """The page once it shows every label, or after a moment; checked as `check` says."""
        answer = await self.ask("look", labels=list(labels), withinMs=LABELS_MILLISECONDS)
        return self.judge.check(await self._cleared(Seen.of(answer)))

    async def press(
        self,
        name: str,
        then: Page,
        *,
        login: bool = False,
        dialog: bool = False,
        within: float = math.inf,
        still: Callable[[Seen], None] = lambda _: None,
    ) -> Seen:
        """Press the one button or link with this name, and wait for what the page itself says. Never presses twice.

        ``dialog``: a confirm dialog may open. ``within``: seconds from now in which the press may happen. The page
        itself keeps to it, because this process may be frozen between here and there. ``still`` raises unless the
        fields hold what was filled in: asked when the page has changed one since it was read back.
        """
        until = None if within == math.inf else (time.time() + within) * 1000
        for _ in range(CHANGES):
            answer = await self._act("press", then, name=name, untilMs=until)
            if answer is None or not answer.get("changed"):
                break
            still(self.judge.check(await self._cleared(Seen.of(answer["page"]))))
        else:
            text = "Sidan ändrade sig medan roboten skulle trycka på en knapp."
            raise GuiFailure("retry", "sidan_andras", text, label=name)
        if answer is not None and answer["count"] != 1:
            seen = Seen.of(answer["page"])
            near = closest(name, list(seen.buttons))
            hint = f" Närmast finns {near}." if near else ""
            found = f"{answer['count']} sådana" if answer["count"] else "ingen sådan"
            text = f"Knappen eller länken {name} ska finnas en gång på sidan; det finns {found}.{hint}"
            raise GuiFailure("stop", "skarmen_andrad", text, page=seen.heading, label=name, wanted=name, found=near)
        return await self._after_press(answer, then, login=login, dialog=dialog)

    async def open_row(self, table: str, row: int, then: Page) -> Seen:
        """Follow the only link of a row."""
        return await self._after_press(
            await self._act("openRow", then, table=table, row=row), then, login=False, dialog=False
        )

    async def _after_press(self, answer: dict[str, Any] | None, then: Page, *, login: bool, dialog: bool) -> Seen:
        if answer is None:
            seen = await self.arrive(then)
        else:
            seen = Seen.of(answer["page"])
            if answer.get("late"):
                text = f"Roboten hann inte spara i {self.system.manifest.title} medan ärendet säkert var dess."
                raise GuiFailure("retry", "for_sent_att_spara", text, page=seen.heading)
            if answer.get("disabled"):
                raise GuiFailure("human", "knappen_avstangd", "Knappen går inte att trycka på.", page=seen.heading)
            if not answer["settled"] and answer["count"] == 1:
                raise self.judge.slow()
            seen = await self._cleared(seen)
        return seen if login else self.judge.check(seen, dialog=dialog)

    async def _act(self, operation: str, then: Page, **more: Any) -> dict[str, Any] | None:
        """None when the page was left for another document."""
        self.tab.leave()
        self.judge.expect(then, after=True)
        try:
            return await self._unless_interrupted(self.ask(operation, **_expected(then), **more))
        except LeftError:
            return None

    async def _unless_interrupted(self, question: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
        """The answer, unless a dialog or a broken connection comes first: the page may then never settle."""
        asked = asyncio.ensure_future(question)
        interrupted = asyncio.ensure_future(self.tab.interrupted.wait())
        try:
            await asyncio.wait({asked, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise self.judge.interrupted()
            return asked.result()
        finally:
            for task in (asked, interrupted):
                task.cancel()
            await asyncio.gather(asked, interrupted, return_exceptions=True)

    async def fill(self, page: Page, rows: list[dict[str, Any]], actions: list[dict[str, Any]]) -> tuple[Seen, bool]:
        """Add rows and fill fields, all in one round trip; the page afterwards, and whether it lost some of it."""
        try:
            answer = await self._unless_interrupted(
                self.ask("fill", rows=rows, actions=actions, choiceMs=CHOICE_MILLISECONDS)
            )
        except LeftError:
            return self.judge.check(await self.arrive(page)), True
        return self.judge.check(await self._cleared(Seen.of(answer["page"]))), answer["again"]

    async def _type(self, at: Mapping[str, Any], text: str) -> None:
        """Type as a person does, key by key: for the fields that do not take a batched fill."""
        async with self._bounded():
            handle = await self.tab.page.evaluate_handle(
                ELEMENT, json.dumps({"op": "element", "at": dict(at), "words": []})
            )
            element = handle.as_element()
            if isinstance(element, ElementHandle):
                await element.fill("")
                await element.type(text)

    async def type(self, at: Mapping[str, Any], text: str) -> Seen:
        """Type into one field, choose the same words in its list when one opens, and leave it; the page afterwards."""
        await self._type(at, text)
        async with self._bounded():
            hit = self.tab.page.get_by_role("option", name=text, exact=True)
            if await hit.count() == 1:
                await hit.click()
            else:
                await self.tab.page.keyboard.press("Tab")
        return await self.look()

    async def stop(self) -> Seen:
        """The page after what it still waits for was given up; for evidence, never for going on."""
        async with self._bounded():
            protocol = await self.tab.context.new_cdp_session(self.tab.page)
            await protocol.send("Page.stopLoading")
            await protocol.detach()
        return Seen.of(await self.ask("look"))

    async def mask(self) -> None:
        """Cover what a picture may not show, until `unmask`."""
        await self.ask("mask", **asdict(mask_of(self.screen, self.values)))

    async def unmask(self) -> None:
        """Take the cover away."""
        await self.ask("unmask")

    async def ask(self, operation: str, **more: Any) -> Any:
        """One question to the page, answered in one round trip."""
        request = {
            "op": operation,
            "words": list(self._signs),
            "banner": self.screen.identity.banner,
            "limitMs": int(self.limit * 1000),
            **more,
        }
        async with self._bounded():
            answer = await self.tab.page.evaluate(CALL, json.dumps(request))
        told = json.loads(answer)
        page = told.get("page", told)
        self.tab.status = page["status"]
        self.tab.script_status = max(self.tab.script_status, page["refused"])
        return told

    def _bounded(self) -> RoundTrip:
        return RoundTrip(self.tab, self.system.manifest.title, self.limit * 2 + 2)  # the page's own limit comes first

    async def _cleared(self, seen: Seen) -> Seen:
        """The answered page, after the messages that the manifest declares were closed as it says."""
        seen = self.judge.answered(seen)
        for _ in self.system.manifest.dialogs:
            known = next((one for one in self.system.manifest.dialogs if one.says in (seen.dialog or "")), None)
            if known is None:
                break
            answer = await self.ask("press", name=known.press)
            seen = self.judge.answered(Seen.of(answer["page"]))
        if seen.alerts and self.tab.status < 400 and not self.tab.script_status:
            # The page may complain about a broken answer a little before the browser tells that it was broken.
            with suppress(TimeoutError):
                async with asyncio.timeout(TOLD_SECONDS):
                    await self.tab.unanswered.wait()
        return seen

    def must_show_person(self, seen: Seen) -> None:
        """Stop unless the page itself tells whose case it is; called before anything is written."""
        must_show_person(seen, self.screen.identity.banner, self._whose)
