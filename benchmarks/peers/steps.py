"""One case as the steps that each peer does with its tool's own words: [what, where, value]; where is an XPath."""

from collections.abc import Iterator
from decimal import Decimal

from benchmarks.gui_cases import ROWS, GuiCase
from benchmarks.gui_raw import USER
from testbed.verksamhetssystem.calculation import last_day
from testbed.verksamhetssystem.seed import DEMO_USERS

Step = tuple[str, str, str]


def log_in(url: str) -> list[Step]:
    """The login, which is not timed."""
    return [
        ("go", f"{url}/login", ""),
        ("fill", _id("username"), USER),
        ("fill", _id("password"), DEMO_USERS[USER]),
        ("press", "//main//button[contains(@class, 'primary')]", ""),
        ("wait", "//h1", ""),
    ]


def whole(url: str, case: GuiCase) -> list[Step]:
    """Write the calculation and save it, then go to it by another path."""
    month = f"{case.month:%Y-%m}"
    saved = f"//main//tr[td[2][normalize-space()='{month}'] and td[7][normalize-space()='Slutlig']]//a"
    return [
        *_open(url, case),
        _button("Ny beräkning"),
        *_household(case),
        _button("Nästa"),
        *_table("incomes", ROWS["inkomstrader"]),
        ("check", _id("job_stimulus_applicant"), ""),
        _button("Nästa"),
        *_table("expenses", ROWS["utgiftsrader"]),
        *_table("special_expenses", ROWS["sarskilda_rader"]),
        _button("Nästa"),
        ("press", _id("summary"), ""),
        ("wait", "//*[@id='calculated'][normalize-space()!='']", ""),
        ("press", "//*[@data-ask]", ""),
        ("press", "//dialog[@open]//button[contains(@class, 'primary')]", ""),
        ("wait", "(//*[contains(@class, 'receipt')]//dd)[1]", ""),
        *_open(url, case),
        ("press", "//main//a[normalize-space()='Beräkningar']", ""),
        ("press", saved, ""),
        ("wait", "//h1[starts-with(normalize-space(), 'Beräkning ')]", ""),
    ]


def _open(url: str, case: GuiCase) -> list[Step]:
    return [
        ("go", f"{url}/sok", ""),
        ("fill", _id("personnummer"), case.personnummer),
        _button("Sök"),
        ("press", f"//main//a[normalize-space()='{case.case}']", ""),
    ]


def _household(case: GuiCase) -> Iterator[Step]:
    values = case.values()
    yield "fill", _id("first"), case.month.isoformat()
    yield "fill", _id("last"), last_day(case.month).isoformat()
    yield "fill", _id("members"), str(values["antal_i_hushallet"])
    yield "fill", _id("shared"), _typed(values["gemensamma_kostnader"])
    yield from _table("norm_rows", values["normrader"])


def _table(name: str, rows: tuple[dict[str, object], ...]) -> Iterator[Step]:
    """A row at a time, cell by cell; the first cell is a list."""
    for number, row in enumerate(rows, 1):
        yield "press", f"//*[@data-add='{name}']", ""
        for cell, value in enumerate(row.values(), 1):
            if value is not None:
                controls = f"//table[@id='{name}']/tbody/tr[{number}]//*[self::select or self::input]"
                yield "select" if cell == 1 else "fill", f"({controls})[{cell}]", _typed(value)


def _typed(value: object) -> str:
    return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else str(value)


def _id(name: str) -> str:
    return f"//*[@id='{name}']"


def _button(words: str) -> Step:
    return "press", f"//main//button[normalize-space()='{words}']", ""
