"""The stickprov's pages in a real browser: on a narrow screen, to assistive technology, and with keys only."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import select

from desk.accounts import create_demo_accounts
from desk.reviewing import review_id
from robot.engine.review import Person
from robot.store.tables import SampleTaskRow
from tests.desk.browsing import browsing
from tests.desk.test_browser import violations
from tests.robot.engine.ground import PROCESS
from tests.robot.engine.sampled import sampled

pytestmark = pytest.mark.slow
CONTROLLERS = "/controller/stickprov"


def _press_on(page: Page, name: str) -> None:
    """Reach the button with Tab and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator("button:focus").count() and page.locator("button:focus").inner_text() == name:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab never reached {name!r}")


def test_the_pages_are_accessible_fit_a_narrow_screen_and_need_no_script_or_mouse(tmp_path: Path) -> None:
    """axe-core finds nothing at 320 px on any page of the stickprov, and a review is answered with keys, script off."""
    made = sampled(tmp_path, rates='{ensam: "1/20", par: "1"}', blind='"1/2"', second='"1/20"')
    accounts = tmp_path / "accounts.json"
    passwords = {account: password for account, password, _ in create_demo_accounts(accounts)}
    ground = made.ground.house
    house = replace(ground, settings=ground.settings.model_copy(update={"accounts_file": accounts}))
    for _ in range(12):
        made.couple()
    with house.database.read() as session:
        waiting = session.exec(select(SampleTaskRow)).all()
    with browsing(house, passwords) as visit:
        blind, plain = (next(row for row in waiting if row.blind is wanted) for wanted in (True, False))
        page = visit("controller", width=320)
        paths = [
            CONTROLLERS,
            f"{CONTROLLERS}/plan?process={PROCESS}&grupp=par&andel=60",
            "/granska",
            "/granska?ko=risk",
        ]
        paths += [f"/granska/{review_id(blind)}"]
        house.sample_reviews.open(plain.case_ref, plain.task, Person("controller", "Demo Controller"))
        paths += [f"/granska/{review_id(plain)}"]
        complaints: list[str] = []
        for path in paths:
            page.goto(path)
            complaints += violations(page)
            if page.evaluate("document.documentElement.scrollWidth") > 320:
                complaints.append(f"{path} needs sideways scrolling")
        keys = visit("handlaggare", script=False)
        keys.goto(f"/granska/{review_id(blind)}")
        _press_on(keys, "Börja granska")
        keys.locator("#utfall-bifall").focus()
        keys.keyboard.press("Space")
        keys.keyboard.press("Tab")
        keys.keyboard.type("9000")
        _press_on(keys, "Svara")
        keys.get_by_role("heading", name="Ditt svar och beslutet").wait_for()
        keys_wide = visit("handlaggare", width=320)
        keys_wide.goto(f"/granska/{review_id(blind)}")
        complaints += violations(keys_wide)
        assert complaints == []
    ground.close()
