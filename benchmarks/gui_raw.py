"""The same work as a hand-tuned Playwright script for this one case system: it fills and clicks, and checks nothing.

As fast as we can make it: one evaluate per page that fills by id and presses, no wait but for the next document, no
suggestions awaited, contexts reused.
"""

from datetime import date
from typing import Any

from playwright.async_api import Browser, Page

from benchmarks.gui_cases import ROWS, GuiCase
from robot.gui.browser import CONTEXT
from testbed.verksamhetssystem.calculation import last_day
from testbed.verksamhetssystem.seed import DEMO_USERS

USER = "robot"
SEARCH = "([number]) => { personnummer.value = number; personnummer.form.requestSubmit(); }"
FOLLOW = "([text]) => [...document.querySelectorAll('main a')].find((a) => a.textContent === text).click()"
OPEN_MONTH = """([month]) => [...document.querySelectorAll('main tr')].find((row) => row.cells.length > 1 &&
  row.cells[1].textContent === month && row.cells[6].textContent === 'Slutlig').querySelector('a').click()"""
PRESS = "([text]) => [...document.querySelectorAll('main button')].find((b) => b.textContent === text).click()"
FILL = """([fields, tables, checked]) => {
  for (const [table, rows] of tables) {
    const add = document.querySelector(`[data-add="${table}"]`);
    const body = document.getElementById(table).tBodies[0];
    for (const row of rows) {
      add.click();
      const controls = body.rows[body.rows.length - 1].querySelectorAll('select, input');
      row.forEach((value, at) => { controls[at].value = value; });
    }
  }
  for (const [id, value] of fields) document.getElementById(id).value = value;
  for (const id of checked) document.getElementById(id).checked = true;
  document.querySelector('form[method=post]:not([action]) .primary').click();
}"""
CALCULATE_AND_SAVE = """async () => {
  summary.click();
  await new Promise((done) => new MutationObserver(() => calculated.textContent && done()).observe(
    calculated, { childList: true }));
  document.querySelector('[data-ask]').click();
  document.querySelector('dialog[open] .primary').click();
}"""
RECEIPT = "() => [...document.querySelectorAll('.receipt dd')].map((found) => found.textContent)"


class RawScript:
    """One logged-in context, used for case after case."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url

    @classmethod
    async def log_in(cls, browser: Browser, url: str) -> "RawScript":
        """A new context, logged in."""
        context = await browser.new_context(**CONTEXT)
        page = await context.new_page()
        await page.goto(f"{url}/login")
        await page.fill("#username", USER)
        await page.fill("#password", DEMO_USERS[USER])
        async with page.expect_event("domcontentloaded"):
            await page.click("main .primary")
        return cls(page, url)

    async def write(self, case: GuiCase) -> list[str]:
        """Write and save the calculation; the receipt's numbers."""
        await self._open(case)
        await self._go(PRESS, "Ny beräkning")
        period = [["first", case.month.isoformat()], ["last", last_day(case.month).isoformat()]]
        values = case.values()
        members = [["members", str(values["antal_i_hushallet"])], ["shared", _kr(values["gemensamma_kostnader"])]]
        norm_rows = [
            [row["person"], row["norm"], _kr(row["manadsbelopp"]), str(row["dagar"] or "")]
            for row in values["normrader"]
        ]
        await self._go(FILL, [*period, *members], [["norm_rows", norm_rows]], [])
        await self._go(FILL, [], [["incomes", _rows("inkomstrader")]], ["job_stimulus_applicant"])
        expenses = [["expenses", _rows("utgiftsrader")], ["special_expenses", _rows("sarskilda_rader")]]
        await self._go(FILL, [], expenses, [])
        await self._go(CALCULATE_AND_SAVE)
        found: list[str] = await self._page.evaluate(RECEIPT)
        return found

    async def look(self, case: GuiCase) -> str:
        """Go to the saved calculation by the other path, as the robot does; its heading."""
        await self._open(case)
        await self._go(FOLLOW, "Beräkningar")
        await self._go(OPEN_MONTH, _month(case.month))
        found: str = await self._page.evaluate("() => document.querySelector('h1').textContent")
        return found

    async def whole(self, case: GuiCase) -> None:
        """Write it, and go to what was saved."""
        await self.write(case)
        await self.look(case)

    async def _open(self, case: GuiCase) -> None:
        await self._page.goto(f"{self._url}/sok", wait_until="domcontentloaded")
        await self._go(SEARCH, case.personnummer)
        await self._go(FOLLOW, case.case)

    async def _go(self, script: str, *arguments: Any) -> None:
        async with self._page.expect_event("domcontentloaded"):
            await self._page.evaluate(script, list(arguments))


def _rows(name: str) -> list[list[str]]:
    return [[value if isinstance(value, str) else _kr(value) for value in row.values()] for row in ROWS[name]]


def _kr(amount: Any) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _month(month: date) -> str:
    return f"{month:%Y-%m}"
