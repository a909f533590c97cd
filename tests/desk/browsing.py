"""A desk as a real server, and a real browser in front of it."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from desk.app import create_app
from robot.engine.house import House
from robot.gui.browser import ARGUMENTS, find_browser
from testbed.serve import Server

Visit = Callable[..., Page]
PATIENCE_MILLISECONDS = 30_000


@contextmanager
def browsing(house: House, passwords: Mapping[str, str]) -> Iterator[Visit]:
    """Opens pages for an account that has logged in; ``width`` in pixels, and with or without ``script``."""
    with Server(create_app(house), name="desk") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(os.environ), args=list(ARGUMENTS))

        def visit(account: str, *, width: int = 1280, script: bool = True) -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                java_script_enabled=script,
                locale="sv-SE",
                base_url=server.url,
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MILLISECONDS)
            page.goto("/logga-in")
            page.get_by_label("Konto").fill(account)
            page.get_by_label("Lösenord").fill(passwords[account])
            page.get_by_role("button", name="Logga in").click()
            return page

        yield visit
        browser.close()
