"""Pictures of the case system's pages show labels, and no value that the process calls sensitive."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from robot.definition import discover, load
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.failure import GuiFailure
from tests.robot.gui.odd import PERSON, OddSystem, screen

pytestmark = pytest.mark.asyncio(loop_scope="module")

Box = tuple[int, int, int, int]
AT: Mapping[str, Box] = {
    "banner": (600, 20, 900, 50),
    "field": (20, 200, 300, 240),
    "open": (20, 260, 300, 300),
    "told": (20, 320, 500, 360),
    "label": (320, 200, 500, 240),
    "cell": (600, 200, 800, 240),
    "framed": (600, 300, 850, 340),
}
VALUES: dict[str, Any] = {"personnummer": PERSON, "belopp": Decimal("1250.5"), "typ": "Bifall", "dag": date(2025, 9, 1)}


STYLE = "".join(
    f"#{name} {{ position: fixed; left: {left}px; top: {top}px; width: {right - left}px; height: {bottom - top}px; }}"
    for name, (left, top, right, bottom) in AT.items()
)
FORM = f"""<style>{STYLE} * {{ font: 24px sans-serif; margin: 0; box-sizing: border-box; }}</style>
<section id="banner" aria-label="Ärendet gäller">Astrid Exempel 19900602-2397</section>
<form method="post" action="/spara"><label id="label" for="field">Belopp</label>
<input id="field" name="belopp" oninput="this.value = this.value.slice(0, 3)">
<select id="open" aria-label="Typ"><option>Välj</option><option>Bifall</option></select>
<p id="told">Utbetalas: 1 250,50 kr till Astrid Exempel</p>
<div id="cell"><table aria-label="Rader"><tr><th>A</th><th>B</th></tr><tr><td>xx</td><td>Hemligt</td></tr></table></div>
<iframe id="framed" srcdoc="<label>Ort <input value=Hemort></label>"></iframe><button>Spara</button></form>"""
FIELDS = {"Belopp": {"value": "belopp", "type": "amount"}, "Typ": {"value": "typ", "type": "select"}}
SCREEN = screen(pages=[{"heading": "Formulär", "fields": FIELDS}]).model_copy(update={"may_show": frozenset({"typ"})})


def colours(picture: bytes, box: Box) -> int:
    """How far the colours of a part of a picture lie apart, at most 255."""
    part = Image.open(BytesIO(picture)).convert("L").crop((box[0] + 3, box[1] + 3, box[2] - 3, box[3] - 3))
    low, high = part.getextrema()
    assert isinstance(low, int)
    assert isinstance(high, int)
    return high - low


async def test_a_picture_covers_what_is_sensitive(
    odd: OddSystem, odd_bot: Bot, odd_server: tuple[OddSystem, str], pool: BrowserPool
) -> None:
    """The field, the person and the words that repeat a value are one colour; a label and an open value are seen."""
    odd.form = FORM
    with pytest.raises(GuiFailure) as caught:
        await odd_bot.write(SCREEN, VALUES)
    picture = caught.value.evidence[-1].picture
    assert (caught.value.code, picture is None) == ("varde_nekat", False)
    assert picture is not None
    assert colours(picture, AT["field"]) <= 6
    banner, told, cell = AT["banner"], AT["told"], AT["cell"]
    for words in (
        (banner[0], banner[1], banner[0] + 250, banner[1] + 24),
        (told[0], told[1], told[0] + 400, told[1] + 24),
    ):
        assert colours(picture, words) <= 6
    assert colours(picture, AT["open"]) > 100
    assert colours(picture, AT["label"]) > 100
    hidden = Image.open(BytesIO(picture)).convert("L").crop((cell[0], cell[1], cell[2], cell[3] + 60)).histogram()
    assert hidden[107] + hidden[106] + hidden[108] > 200  # the cover of the cells
    async with pool.tab(f"{odd_server[1]} robot", 4) as tab:
        assert await tab.page.locator("#arende-mask").count() == 0


async def test_the_process_says_what_may_be_seen() -> None:
    """Of ekonomiskt bistånd the month and the day may be seen, and nothing that the application or a register gave."""
    shown = load(discover()["ekonomiskt_bistand"]).screens["beslut"].may_show
    assert {"manad", "beslutsdag", "utbetalningsdag"} <= shown
    assert not {"ansokan", "sokande_personnummer", "arendenummer", "bistand", "beslutstext", "beslutsfattare"} & shown
