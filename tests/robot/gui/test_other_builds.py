"""Case systems are built in many ways: the bot finds what a person finds, in frames, shadow roots and layout tables."""

from typing import Any

import pytest

from robot.gui.bot import Bot
from tests.robot.gui.odd import OddSystem, screen

pytestmark = pytest.mark.asyncio(loop_scope="module")

BANNER = '<section aria-label="Ärendet gäller"><dl><dt>Personnummer</dt><dd>19900602-2397</dd></dl></section>'
START, END = f'{BANNER}<form method="post" action="/spara">', "<button>Spara</button></form>"
FIELDS: dict[str, Any] = {
    "Belopp": {"value": "belopp", "type": "amount"},
    "Typ": {"value": "typ", "type": "select"},
    "Klar": {"value": "klar", "type": "checkbox"},
    "Sätt": {"value": "satt", "type": "radio"},
}
VALUES: dict[str, Any] = {
    "personnummer": "199006022397",
    "belopp": "1250,50",
    "typ": "Bifall",
    "klar": True,
    "satt": "Avi",
}
TYP = '<select name="typ"><option>Välj</option><option>Bifall</option></select>'
SATT = '<input type="radio" name="satt" value="a">Konto <input type="radio" name="satt" value="b">Avi'
KLAR = '<input type="checkbox" name="klar" value="ja">'
SAVED = {"belopp": "1250,50", "typ": "Bifall", "klar": "ja", "satt": "b"}

CELL_LEFT = f"""<table><tr><td>Belopp:</td><td><input name="belopp"></td></tr><tr><td>Typ</td><td>{TYP}</td></tr>
<tr><td>Klar</td><td>{KLAR}</td></tr><tr><td>Sätt</td><td>{SATT}</td></tr></table>"""
CELL_ABOVE = f"""<table><tr><td>Belopp</td><td>Typ</td><td>Klar</td></tr><tr><td><input name="belopp"></td>
<td>{TYP}</td><td>{KLAR}</td></tr></table><div><div>Sätt</div><div>{SATT}</div></div>"""
LOOSE = f"""<label>Belopp *</label><br><input name="belopp"><div><div class="l">Typ:</div><div>{TYP}</div></div>
<p>{KLAR} Klar</p><fieldset><legend>Sätt</legend>{SATT}</fieldset>"""
PLACEHOLDER = f"""<div><input name="belopp" placeholder="Belopp"></div><div title=""><select name="typ" title="Typ">
<option>Välj</option><option>Bifall</option></select></div><span>{KLAR}<span>Klar</span></span>
<div role="radiogroup" aria-label="Sätt">{SATT}</div>"""
GRID = f"""<div style="display:grid;grid-template-columns:10em 10em"><span>Belopp</span><span>Typ</span>
<span><input name="belopp"></span><span>{TYP}</span></div>
<p>{KLAR} Klar</p><fieldset><legend>Sätt</legend>{SATT}</fieldset>"""


@pytest.mark.parametrize("body", [CELL_LEFT, CELL_ABOVE, LOOSE, PLACEHOLDER, GRID])
async def test_a_field_without_a_label_of_its_own_is_known_by_the_words_beside_it(
    odd: OddSystem, odd_bot: Bot, body: str
) -> None:
    """Label in the cell to the left or above, loose before, as placeholder or title: each is found as it is read."""
    odd.form = START + body + END
    await odd_bot.write(screen(pages=[{"heading": "Formulär", "fields": FIELDS}]), VALUES)
    assert odd.saved == [SAVED]


async def test_fields_in_a_frame_are_filled(odd: OddSystem, odd_bot: Bot) -> None:
    """A frame around the work area changes nothing, and its receipt is read inside it."""
    inner = (START.replace(BANNER, "") + CELL_LEFT + END).replace('"', "&quot;")
    odd.form = f'{BANNER}<iframe width=900 height=600 srcdoc="{inner}"></iframe>'
    written = await odd_bot.write(screen(pages=[{"heading": "Formulär", "fields": FIELDS}]), VALUES)
    assert odd.saved == [SAVED]
    assert written.receipt == {"nummer": "N-1"}


async def test_fields_in_open_shadow_roots_are_filled(odd: OddSystem, odd_bot: Bot) -> None:
    """Custom elements hold label and field in a shadow root, and a click on a box that looks like a button saves."""
    script = """customElements.define("my-field", class extends HTMLElement { connectedCallback() {
      const shadow = this.attachShadow({mode: "open"}); const name = this.getAttribute("name");
      shadow.innerHTML = `<label for="f">${this.getAttribute("label")}</label><input id="f">`;
      shadow.querySelector("input").addEventListener("input", (event) =>
        { document.querySelector(`[type=hidden][name=${name}]`).value = event.target.value; }); } });
      document.querySelector(".save").addEventListener("mousedown", () => document.forms[0].submit());"""
    odd.form = (
        f'{START}<input type="hidden" name="belopp"><my-field label="Belopp" name="belopp"></my-field>'
        f'</form><div class="save" style="cursor:pointer"><b>Spara</b></div><script>{script}</script>'
    )
    await odd_bot.write(screen(pages=[{"heading": "Formulär", "fields": {"Belopp": FIELDS["Belopp"]}}]), VALUES)
    assert odd.saved == [{"belopp": "1250,50"}]


async def test_a_wizard_in_a_dialog_is_walked_step_by_step(odd: OddSystem, odd_bot: Bot) -> None:
    """A page may be a named dialog; fields with the same label behind it or in another group are not mistaken."""
    odd.form = f"""{BANNER}<label>Belopp <input name="sok"></label><button onclick="steg1.showModal()">Nytt</button>
    <form method="post" action="/spara"><dialog id="steg1" aria-label="Steg 1"><fieldset><legend>Sökande</legend>
    <label>Belopp <input name="belopp"></label></fieldset><fieldset><legend>Medsökande</legend><label>Belopp
    <input name="annat"></label></fieldset>
    <button type="button" onclick="steg1.close();steg2.showModal()">Nästa</button></dialog>
    <dialog id="steg2"><h2>Steg 2</h2><label>Utfall <select name="typ"><option>Beviljas</option>
    <option>Avslås</option></select></label><button>Spara</button></dialog></form>"""
    steps = [
        {"heading": "Formulär", "press": "Nytt"},
        {"dialog": "Steg 1", "fields": {"Sökande / Belopp": FIELDS["Belopp"]}, "press": "Nästa"},
        {
            "dialog": "Steg 2",
            "fields": {"Utfall": {"value": "utfall", "type": "select", "words": {"Avslag": "Avslås"}}},
        },
    ]
    await odd_bot.write(screen(pages=steps), {**VALUES, "utfall": "Avslag"})
    assert odd.saved == [{"belopp": "1250,50", "annat": "", "typ": "Avslås"}]


async def test_a_list_that_is_no_list_element_is_chosen_from(odd: OddSystem, odd_bot: Bot) -> None:
    """A drop-down made of boxes is opened, the wanted words are pressed, and what it shows is read back."""
    odd.form = f"""{START}<input type="hidden" name="typ"><span id="l">Typ</span>
    <div role="combobox" aria-labelledby="l" tabindex="0" onclick="lista.hidden=false">Välj</div>
    <ul id="lista" role="listbox" hidden><li role="option">Bifall</li><li role="option">Avslag</li></ul>{END}
    <script>lista.onclick = (event) => {{
    document.querySelector("[role=combobox]").textContent = event.target.textContent;
    document.querySelector("[name=typ]").value = event.target.textContent; lista.hidden = true; }}</script>"""
    await odd_bot.write(screen(pages=[{"heading": "Formulär", "fields": {"Typ": FIELDS["Typ"]}}]), VALUES)
    assert odd.saved == [{"typ": "Bifall"}]


async def test_a_page_drawn_by_scripts_is_awaited(odd: OddSystem, odd_bot: Bot) -> None:
    """Content that a script draws after the document has loaded is waited for, by the heading and not by a clock."""
    body = (START + CELL_LEFT + END).replace("`", "")
    odd.head = ""
    odd.form = f"""<main></main><script>setTimeout(() => {{ document.querySelector("h1").remove();
    document.querySelector("main").innerHTML = `<h1>Formulär</h1>{body}`; }}, 150)</script>"""
    await odd_bot.write(screen(pages=[{"heading": "Formulär", "fields": FIELDS}]), VALUES)
    assert odd.saved == [SAVED]


OLD = """<p>Användare: robot</p><table><tr><td>Sätt *</td><td><table><tr><td><input type=radio id=k name=satt value=a>
<label for=k>Konto</label></td><td><input type=radio id=u name=satt value=b><label for=u>Avi</label></td></tr>
</table></td></tr><tr><td>Konto</td><td><input name=konto></td></tr></table>"""
HITS = f"""{BANNER}<form></form><table><tr><th>&nbsp;</th><th>Personnummer</th><th>Namn</th></tr><tr><td>Välj</td>
<td>19900602-2397</td><td>Astrid</td></tr>MORE</table>"""


async def test_a_frame_of_an_old_system_is_known_by_its_largest_words(odd: OddSystem, odd_bot: Bot) -> None:
    """No heading, a list of radio buttons in a table of its own: the page and the choice are still told apart."""
    inner = f'<span style="font-size:24px">Formulär</span>{START.replace(BANNER, "")}{OLD}{END}'.replace('"', "&quot;")
    odd.head = "Fönster"
    odd.form = f'{BANNER}<iframe width=900 height=600 srcdoc="{inner}"></iframe>'
    fields = {"Sätt": FIELDS["Sätt"], "Konto": "typ"}
    await odd_bot.write(screen(pages=[{"heading": "Formulär", "fields": fields}]), VALUES)
    assert odd.saved == [{"satt": "b", "konto": "Bifall"}]


@pytest.mark.parametrize("more", ["", "<tr><td></td><td>19910717-2380</td><td>Bo</td></tr>"])
async def test_a_list_that_nothing_names_is_named_by_its_headers(odd: OddSystem, odd_bot: Bot, more: str) -> None:
    """Its row is found by them; and that its first header begins as the banner does makes it nobody's banner."""
    odd.form = HITS.replace("MORE", more)
    row = {"table": "Personnummer, Namn", "where": {"Personnummer": {"value": "personnummer", "type": "personnummer"}}}
    identity = {"banner": "Personnummer", "shows": ["personnummer"]}
    steps = [{"heading": "Formulär", "find_row": row}]
    found = await odd_bot.look(
        screen(identity=identity, open=steps, look=[{"heading": "Formulär", "find_row": row}]), VALUES
    )
    assert found is not None
