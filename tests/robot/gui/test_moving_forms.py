"""Forms that move while they are filled: choices that load others, answers that come late, buttons that wake up."""

import asyncio
from typing import Any

import pytest

from robot.gui.bot import Bot
from robot.gui.failure import GuiFailure
from tests.robot.gui.odd import PERSON, OddSystem, screen

pytestmark = pytest.mark.asyncio(loop_scope="module")

BANNER = '<section aria-label="Ärendet gäller"><dl><dt>Personnummer</dt><dd>19900602-2397</dd></dl></section>'
BODY = f"""{BANNER}<form method="post" action="/spara"><label>Typ <select name="typ"><option>Välj</option>
<option>Bifall</option></select></label><label>Konto <select name="konto"><option>Välj</option></select></label>
<label>Belopp <input name="belopp"></label><button>Spara</button></form>"""
READY = BODY.replace("<option>Välj</option></select></label>\n", "<option>4621</option></select></label>\n")
PAGES: list[dict[str, Any]] = [
    {
        "heading": "Formulär",
        "fields": {
            "Typ": {"value": "typ", "type": "select"},
            "Konto": {"value": "konto", "type": "select"},
            "Belopp": {"value": "belopp", "type": "amount"},
        },
    }
]
VALUES = {"personnummer": PERSON, "typ": "Bifall", "konto": "4621", "belopp": "1250,50"}
SAVED = {"typ": "Bifall", "konto": "4621", "belopp": "1250,50"}
FIELDS = "const {typ, konto, belopp} = document.forms[0].elements;"
ASKS = f"""<script>{FIELDS} typ.onchange = async () => {{ await (await fetch("/sok?for=konto")).text();
konto.add(new Option("4621")); belopp.value = ""; }};</script>"""
LOADS = f"""<script>{FIELDS} const had = new URLSearchParams(location.search);
if (had.get("typ")) {{ konto.add(new Option("4621")); typ.value = had.get("typ"); belopp.value = had.get("belopp"); }}
typ.onchange = () => setTimeout(() => {{ location.href = "/sok?" + new URLSearchParams(new FormData(typ.form)); }});
</script>"""


@pytest.mark.parametrize("script", [ASKS, LOADS])
async def test_a_choice_that_loads_another_list_is_waited_for(odd: OddSystem, odd_bot: Bot, script: str) -> None:
    """By a question of the page's scripts or by loading it anew: what got lost is filled again, and saved once."""
    odd.form = BODY + script
    await odd_bot.write(screen(pages=PAGES), VALUES)
    assert odd.saved == [SAVED]


async def test_a_button_that_wakes_up_when_the_form_is_right_is_waited_for(odd: OddSystem, odd_bot: Bot) -> None:
    """The page looks at what was typed a moment later, and lets the button be pressed then."""
    script = "<script>const save = document.querySelector('button'); save.disabled = true;"
    script += "document.forms[0].oninput = () => setTimeout(() => { save.disabled = false; }, 150);</script>"
    odd.form = READY + script
    await odd_bot.write(screen(pages=PAGES), VALUES)
    assert odd.saved == [SAVED]


@pytest.mark.parametrize(("late", "saves"), [("1\u00a0250,50", True), ("9", False)])
async def test_the_values_that_were_read_back_are_those_that_are_saved(
    odd: OddSystem, odd_bot: Bot, late: str, saves: bool
) -> None:
    """A field that the page changes after the read-back is looked at again in the moment of the press."""
    odd.form = READY
    changing: list[asyncio.Future[Any]] = []

    def somebody_changes() -> float:
        browser = odd_bot._pool._browser
        assert browser is not None
        (page,) = [page for context in browser.contexts for page in context.pages]
        changing.append(asyncio.ensure_future(page.evaluate("(v) => { document.forms[0].belopp.value = v; }", late)))
        return 60.0

    if saves:
        await odd_bot.write(screen(pages=PAGES), VALUES, may_save=somebody_changes)
        assert odd.saved == [{**SAVED, "belopp": late}]
        return
    with pytest.raises(GuiFailure) as caught:
        await odd_bot.write(screen(pages=PAGES), VALUES, may_save=somebody_changes)
    failure = caught.value
    assert (failure.code, failure.label, failure.found, failure.after_save) == ("varde_nekat", "Belopp", late, False)
    assert odd.saved == []


@pytest.mark.parametrize(("asks", "saves"), [("Vill du spara?", True), ("Vill du skicka?", False)])
async def test_the_browsers_own_question_before_a_save_is_answered(
    odd: OddSystem, odd_bot: Bot, asks: str, saves: bool
) -> None:
    """Yes to the words that the screen file gives, no to any other."""
    form = READY
    odd.form = form.replace("<button>", "<button onclick=\"return confirm('Vill du spara?')\">")
    save = {"press": "Spara", "asks": asks, "confirm": "OK", "receipt": {"heading": "Sparat"}}
    if saves:
        await odd_bot.write(screen(pages=PAGES, save=save), VALUES)
        assert odd.saved == [SAVED]
        return
    with pytest.raises(GuiFailure, match="ovantad_dialog"):
        await odd_bot.write(screen(pages=PAGES, save=save), VALUES)
    assert odd.saved == []
