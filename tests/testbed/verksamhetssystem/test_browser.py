"""The whole system clicked through in Chromium, by the labels that its README promises."""

import re
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from testbed.verksamhetssystem.faults import Fault, FaultKind
from tests.testbed.verksamhetssystem.ground import ANNA, BO, CILLA, Ground
from tests.testbed.verksamhetssystem.typing_in import CASE, SUMMARY
from tests.testbed.verksamhetssystem.visitor import truth

pytestmark = pytest.mark.asyncio(loop_scope="module")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS += " --disable-component-update --disable-sync"
PATIENCE_MS = 15_000
NORM_ROWS = ((ANNA, "Sambor", "3525", ""), (BO, "Sambor", "3 525,00", ""), (CILLA, "Barn 7-10 år", "3790", "15"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for the module: an installed one, else Playwright's own."""
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=installed, args=FLAGS.split())
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, ground: Ground) -> AsyncIterator[Page]:
    """A page, logged in, on the couple's case; ends with no script error."""
    context = await browser.new_context(base_url=ground.url, locale="sv-SE")
    opened = await context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    await opened.goto("/login")
    await _fill(opened, {"Användarnamn": "robot", "Lösenord": "robot-prov"})
    await _press(opened, "Logga in")
    await _fill(opened, {"Personnummer": "19900602-2397"})
    await _press(opened, "Sök")
    await opened.get_by_role("table", name="Ärenden", exact=True).get_by_role("link", name="EB-1001").click()
    yield opened
    await context.close()
    assert broken == []


async def _fill(page: Page, fields: dict[str, str]) -> None:
    for label, text in fields.items():
        await page.get_by_label(label, exact=True).fill(text)


async def _choose(page: Page, label: str, option: str) -> None:
    await page.get_by_label(label, exact=True).select_option(label=option)


async def _press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def _heading(page: Page, text: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(text)


async def _shown(page: Page, label: str) -> str:
    term = page.get_by_role("term").filter(has_text=re.compile(f"^{label}$"))
    return await term.locator("xpath=following-sibling::dd").inner_text()


async def _household(page: Page) -> None:
    await _press(page, "Ny beräkning")
    await _fill(page, {"Från och med": "2025-09-01", "Till och med": "2025-09-30"})
    for number, (person, norm, monthly, days) in enumerate(NORM_ROWS, 1):
        await _press(page, "Lägg till normrad")
        await _choose(page, f"Person rad {number}", person)
        await _fill(page, {f"Norm rad {number}": norm[:6].lower()})
        await page.get_by_role("option", name=norm, exact=True).click()
        await _fill(page, {f"Månadsbelopp rad {number}": monthly, f"Avvikande dagar rad {number}": days})
    await _fill(page, {"Antal i hushållet": "3", "Gemensamma hushållskostnader": "1770"})
    await _press(page, "Nästa")


async def _incomes(page: Page) -> None:
    await _heading(page, "Ny beräkning – inkomster")
    rows = (("Lön efter skatt", "333", "100,10"), ("Barnbidrag/Flerbarnstillägg", "1250", ""))
    for number, (income, applicant, co_applicant) in enumerate(rows, 1):
        await _press(page, "Lägg till inkomst")
        await _choose(page, f"Inkomsttyp rad {number}", income)
        await _fill(page, {f"Sökande rad {number}": applicant, f"Medsökande rad {number}": co_applicant})
    await page.get_by_label("Jobbstimulans sökande", exact=True).check()
    await _press(page, "Nästa")


async def _expenses(page: Page) -> None:
    await _heading(page, "Ny beräkning – utgifter")
    await _press(page, "Lägg till utgift")
    await _choose(page, "Utgiftstyp rad 1", "Boendekostnad")
    await _fill(page, {"Ansökt belopp rad 1": "7000", "Godkänt belopp rad 1": "6900,50"})
    await _press(page, "Lägg till särskild utgift")
    await _choose(page, "Utgiftstyp särskild rad 1", "Medicin")
    await _fill(page, {"Ansökt belopp särskild rad 1": "250", "Godkänt belopp särskild rad 1": "200"})
    await _press(page, "Nästa")
    await _heading(page, "Ny beräkning – sammanställning")


async def _calculation(page: Page) -> None:
    await _household(page)
    await _incomes(page)
    await _expenses(page)
    await _press(page, "Beräkna")
    await expect(page.get_by_role("status")).to_have_text("Beräkningen är klar.")
    table = page.get_by_role("table", name="Sammanställning", exact=True)
    cells = dict(
        zip(
            await table.get_by_role("rowheader").all_inner_texts(),
            await table.get_by_role("cell").all_inner_texts(),
            strict=True,
        )
    )
    assert cells == SUMMARY
    await _press(page, "Spara")
    await expect(page.get_by_role("dialog")).to_contain_text("Spara och lås beräkningen?")
    await _press(page, "Ja, spara")
    await _heading(page, "Beräkningen är sparad")
    assert await _shown(page, "Kvittensnummer") == "K-000002"


async def _decision(page: Page) -> None:
    await page.get_by_role("link", name="Till ärendet", exact=True).click()
    await _press(page, "Nytt beslut")
    await _choose(page, "Beräkning", "B-000002 (2025-09)")
    await _choose(page, "Beslutstyp", "Bifall")
    await _choose(page, "Orsak", "Arbetslös, otillräcklig ersättning/stöd")
    dates = {"Beslutsdatum": "2025-08-27", "Period från": "2025-09-01", "Period till": "2025-09-30"}
    await _fill(
        page, dates | {"Belopp": "16 195,65", "Beslutsfattare": "Funktionen", "Beslutstext": "Rad ett\nRad två"}
    )
    await _press(page, "Spara beslut")
    await _press(page, "Ja, spara")
    await _heading(page, "Beslutet är sparat")
    assert await _shown(page, "Beslutsnummer") == "BE-000002"


async def _payment(page: Page) -> None:
    await page.get_by_role("link", name="Till ärendet", exact=True).click()
    await _press(page, "Ny utbetalning")
    payee = page.get_by_label("Betalningsmottagare", exact=True)
    await expect(payee).to_have_value("Bankkonto 0000-0 000 000 0, Anna Exempel")
    await expect(payee).not_to_be_editable()
    await _choose(page, "Beslut", "BE-000002 (2025-09)")
    await _fill(page, {"Belopp": "16195,65", "Utbetalningsdatum": "2025-08-29", "Avser månad": "2025-09"})
    await _press(page, "Spara utbetalning")
    await _press(page, "Ja, spara")
    await _heading(page, "Utbetalningen är registrerad")


async def _note(page: Page) -> None:
    await page.get_by_role("link", name="Till ärendet", exact=True).click()
    await _press(page, "Ny journalanteckning")
    await _fill(page, {"Rubrik": "Beslut", "Anteckning": "Bifall för september."})
    await _press(page, "Spara anteckning")
    await _heading(page, "Anteckningen är sparad")


async def test_a_whole_case_by_its_labels(ground: Ground, page: Page) -> None:
    """Calculation, decision, payment and note are made by label alone, and the truth holds one of each."""
    await _calculation(page)
    await _decision(page)
    await _payment(page)
    await _note(page)
    kinds = ("calculations", "decisions", "payments", "notes")
    assert truth(ground.truth_url, "/counts") == {kind: {"stored": 2, "imported": 1} for kind in kinds}
    await page.get_by_role("link", name="Till ärendet", exact=True).click()
    for tab in ("Beräkningar", "Beslut", "Utbetalningar", "Journal"):
        await page.get_by_role("link", name=tab, exact=True).click()
        await expect(page.get_by_role("table", name=tab, exact=True).get_by_role("row")).to_have_count(3)
        await expect(page.get_by_role("region", name="Ärendet gäller")).to_contain_text("19900602-2397")


async def test_rows_are_renumbered_and_every_control_is_named_once(page: Page) -> None:
    """Taking a row away renumbers those after it, so that each label names one control."""
    await _press(page, "Ny beräkning")
    for number in (1, 2, 3):
        await _press(page, "Lägg till normrad")
        await _fill(page, {f"Månadsbelopp rad {number}": str(number)})
    await _press(page, "Ta bort rad 2")
    await expect(page.get_by_label("Månadsbelopp rad 2", exact=True)).to_have_value("3")
    await expect(page.get_by_label("Månadsbelopp rad 3", exact=True)).to_have_count(0)
    names = (
        await page.get_by_role("table", name="Normrader")
        .locator("input, select")
        .evaluate_all("controls => controls.map(control => control.getAttribute('aria-label'))")
    )
    assert len(set(names)) == len(names) == 8


async def test_the_calendar_fills_its_field(page: Page) -> None:
    """A day chosen in the calendar stands in the field as ÅÅÅÅ-MM-DD; typing beside it always works."""
    await _press(page, "Ny beräkning")
    await _fill(page, {"Från och med": "2025-12-01"})
    await _press(page, "Välj datum: Från och med")
    await _press(page, "Nästa månad")
    await _press(page, "2026-01-31")
    await expect(page.get_by_label("Från och med", exact=True)).to_have_value("2026-01-31")
    await expect(page.get_by_role("group", name="Kalender")).to_have_count(0)


async def test_the_keyboard_takes_a_suggestion(page: Page) -> None:
    """Arrow down and Enter take the first suggestion and do not post the form."""
    await _press(page, "Ny beräkning")
    await _press(page, "Lägg till normrad")
    norm = page.get_by_role("combobox", name="Norm rad 1", exact=True)
    await norm.fill("ENSAM")
    await page.get_by_role("option", name="Ensamstående").wait_for()
    await norm.press("ArrowDown")
    await norm.press("Enter")
    await expect(norm).to_have_value("Ensamstående")
    await _heading(page, "Ny beräkning – hushåll")


async def test_cancel_saves_nothing(ground: Ground, page: Page) -> None:
    """Avbryt and Enter in a field both leave a form with a confirmation unsaved, with what was typed."""
    await _press(page, "Nytt beslut")
    await _fill(page, {"Belopp": "12"})
    await page.get_by_label("Belopp", exact=True).press("Enter")
    await _press(page, "Spara beslut")
    await _press(page, "Avbryt")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_label("Belopp", exact=True)).to_have_value("12")
    assert truth(ground.truth_url, "/counts")["decisions"]["stored"] == 1


async def test_errors_are_told_at_the_field_and_in_the_box(page: Page) -> None:
    """A refused form shows the box as an alert, marks the field and describes it with the message."""
    await _press(page, "Ny journalanteckning")
    await _fill(page, {"Rubrik": "Beslut"})
    await _press(page, "Spara anteckning")
    await expect(page.get_by_role("alert")).to_contain_text("Anteckning saknas")
    field = page.get_by_label("Anteckning", exact=True)
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("Anteckning saknas")
    await expect(page.get_by_label("Rubrik", exact=True)).to_have_value("Beslut")


@pytest.mark.parametrize("kind", [FaultKind.ERROR_500, FaultKind.RESET, FaultKind.SESSION_END])
async def test_a_failed_calculation_is_told(ground: Ground, page: Page, kind: FaultKind) -> None:
    """When Beräkna fails the page says so in an alert, shows no summary, and can be asked again."""
    await _household(page)
    await _incomes(page)
    await _expenses(page)
    ground.faults.replace([Fault(kind, "berakna", times=1)])
    await _press(page, "Beräkna")
    expected = "Din session har gått ut." if kind is FaultKind.SESSION_END else "Försök igen."
    await expect(page.get_by_role("alert").filter(has_text=expected)).to_be_visible()
    await expect(page.get_by_role("table", name="Sammanställning")).to_be_hidden()
    await expect(page.get_by_role("button", name="Beräkna", exact=True)).to_be_enabled()


async def test_one_lost_answer_is_one_lost_answer(ground: Ground, page: Page) -> None:
    """A browser does not heal a broken save by repeating it: the error shows, and one record is stored."""
    await _press(page, "Ny journalanteckning")
    await _fill(page, {"Rubrik": "Beslut", "Anteckning": "Text"})
    ground.faults.replace([Fault(FaultKind.LOST_ANSWER, "spara_anteckning", times=1)])
    async with page.expect_event("requestfailed"):
        await _press(page, "Spara anteckning")
    assert truth(ground.truth_url, "/counts")["notes"]["stored"] == 2


async def test_a_system_message_stands_in_front(ground: Ground, page: Page) -> None:
    """The unexpected dialog is modal and goes away by its button."""
    ground.faults.replace([Fault(FaultKind.DIALOG, "arende", times=1)])
    await page.goto(CASE)
    await expect(page.get_by_role("dialog", name="Systemmeddelande")).to_be_visible()
    await _press(page, "Stäng")
    await expect(page.get_by_role("dialog")).to_have_count(0)
