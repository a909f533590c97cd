"""The desk in a real browser: with keyboard only, without script, on a narrow screen, and to assistive technology."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from desk.app import create_app
from robot.gui.browser import ARGUMENTS, find_browser
from testbed.serve import Server
from tests.desk.conftest import Town

AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(os.environ), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def url(town: Town) -> Iterator[str]:
    """The desk as a real server."""
    with Server(create_app(town.house), name="desk") as server:
        yield server.url


@pytest.fixture
def visit(browser: Browser, url: str, town: Town) -> Iterator[Visit]:
    """Opens a page as an account; what the console complains of fails the test."""
    contexts = []
    complaints: list[str] = []

    def visit(account: str, path: str = "", *, width: int = 1280, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale="sv-SE", base_url=url
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto("/logga-in")
        page.get_by_label("Konto").fill(account)
        page.get_by_label("Lösenord").fill(town.passwords[account])
        page.get_by_role("button", name="Logga in").click()
        if path:
            page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def _pages(town: Town) -> dict[str, list[str]]:
    case, decided = town.cases["refund"], town.cases["decided"]
    return {
        "handlaggare": [
            *("/", "/sok", "/hjalp", "/finns-inte"),
            *(f"/arende/{case}", f"/arende/{case}/andra/inkomster", f"/arende/{decided}/forklaring"),
        ],
        "controller": ["/controller", "/controller/siffror", f"/controller/beslut/{decided}", "/tillganglighet"],
        "drift": ["/drift"],
        "utvecklare": ["/utvecklare", "/utvecklare/ekonomiskt_bistand"],
    }


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page."""
    page.evaluate(AXE)
    options = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("account", ["handlaggare", "controller", "drift", "utvecklare"])
def test_every_page_is_accessible_and_fits_a_narrow_screen(visit: Visit, town: Town, account: str) -> None:
    """axe-core finds nothing on any page with everything opened, and no page needs sideways scrolling at 320 px."""
    page = visit(account, width=320)
    found: list[str] = []
    for path in _pages(town)[account]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        small = page.evaluate(
            "[...document.querySelectorAll('button:not(.hide), input, select, summary, nav a')]"
            ".filter(one => { const box = one.getBoundingClientRect();"
            " return box.width > 1 && Math.min(box.width, box.height) < 24 }).map(one => one.outerHTML)"
        )
        assert small == [], path
    assert found == []


def test_login_and_errors_are_accessible(browser: Browser, url: str) -> None:
    """The login page and its error pass axe-core."""
    page = browser.new_page()
    page.goto(f"{url}/logga-in")
    found = violations(page)
    page.get_by_label("Konto").fill("drift")
    page.get_by_label("Lösenord").fill("fel")
    page.get_by_role("button", name="Logga in").click()
    assert page.get_by_role("alert").is_visible()
    assert found + violations(page) == []
    page.close()


def _tab_to(page: Page, text: str) -> None:
    """Press Tab until the focus is on what has this text, as a person with a keyboard does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        reached = page.evaluate(
            "[document.activeElement.tagName, document.activeElement.innerText, document.activeElement.id]"
        )
        if reached[0] != "DIV" and text in (reached[1] or reached[2]):
            return
    pytest.fail(f"Tab never reached {text!r}")


def test_a_whole_review_with_the_keyboard(visit: Visit, town: Town) -> None:
    """From the list to a made decision without a mouse: every stop can be reached and shows that it has the focus."""
    page = visit("handlaggare", "/?skal=inga_nya_inkomster")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    _tab_to(page, town.house.ledger.load(town.cases["income"]).reference)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/arende/*")
    _tab_to(page, "Godkänn förslaget")
    page.keyboard.press("Space")
    _tab_to(page, "godkann.motivering")
    page.keyboard.type("Inkomsten är styrkt.")
    _tab_to(page, "Godkänn och besluta")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert "Roboten fortsätter" in page.get_by_role("status").inner_text()
    decision = town.house.ledger.load(town.cases["income"]).decision
    assert decision is not None
    assert decision.motivation == "Inkomsten är styrkt."


def test_everything_works_without_script(visit: Visit, town: Town) -> None:
    """Filter, open, get an error, correct it and act: all without JavaScript."""
    page = visit("handlaggare", script=False)
    page.get_by_label("Skäl", exact=True).select_option("skatteaterbaring_redovisad")
    page.get_by_role("button", name="Visa").click()
    page.locator("#resultat").get_by_role("link").click()
    page.locator("summary", has_text="Besluta annat").click()
    form = page.locator("form[action$='/besluta']")
    form.get_by_label("Bifall").check()
    form.get_by_label("Belopp i kronor").fill("mycket")
    form.get_by_label("Skälen för beslutet").fill("Skälen står kvar.")
    form.get_by_role("button", name="Besluta").click()
    assert "Skriv ett belopp" in page.get_by_role("alert").inner_text()
    form = page.locator("form[action$='/besluta']")
    assert form.get_by_label("Skälen för beslutet").input_value() == "Skälen står kvar."
    form.get_by_label("Belopp i kronor").fill("6 000")
    form.get_by_role("button", name="Besluta").click()
    assert "Ditt beslut är noterat." in page.get_by_role("status").first.inner_text()
    decision = town.house.ledger.load(town.cases["refund"]).decision
    assert decision is not None
    assert decision.amount == 6000


def test_the_filter_changes_the_list_in_place(visit: Visit, town: Town) -> None:
    """With JavaScript a choice changes the list and the address, and the focus stays on the choice."""
    page = visit("handlaggare")
    page.wait_for_load_state("load")
    page.get_by_label("Skäl", exact=True).select_option("beslutsratt.avslag")
    page.wait_for_url("**skal=beslutsratt.avslag**")
    assert page.locator("#resultat tbody tr").count() == 1
    assert page.evaluate("document.activeElement.id") in {"skal", ""}
