"""Pages made of a component library, as today's suppliers make them: cards, boxes that hide the page, toasts."""

from dataclasses import replace
from typing import Any

import pytest

from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.failure import GuiFailure
from tests.robot.gui.municipality import NOW
from tests.robot.gui.odd import OTHER, PERSON, OddSystem, case_system, screen

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = """<main><div aria-label="Klient"><b>Astrid</b> <span>19900602-2397</span></div>
<div style="cursor:pointer" onclick="app.ariaHidden = true; box.hidden = false"><p>Astrid</p>19900602-2397</div>
<div style="cursor:pointer"><p>Bo</p>19910717-2380</div></main>
<div id="box" role="dialog" aria-label="Ny insats" hidden><label id="l">Typ</label>
<div role="combobox" id="v" aria-labelledby="l v" tabindex="0" onclick="list.hidden = false">&#8203;</div>
<ul id="list" role="listbox" hidden><li role="option">Bifall</li></ul><button>Spara</button></div>
<div id="toast"></div><script>const app = document.querySelector("main");
list.onclick = () => { v.textContent = "Bifall"; list.hidden = true; };
document.querySelector("button").onclick = async () => {
  await fetch("/spara", { method: "POST", body: new URLSearchParams({ typ: v.textContent }) });
  box.hidden = true; app.ariaHidden = null;
  toast.innerHTML = "<div role=alert>Insatsen är sparad med nummer 1001</div>"; };</script>"""
PAGES: list[dict[str, Any]] = [
    {"heading": "Formulär", "press_with": "klient"},
    {"dialog": "Ny insats", "fields": {"Typ": {"value": "typ", "type": "select"}}},
]
SAVE = {"press": "Spara", "receipt": {"message": "Insatsen är sparad med nummer"}}
VALUES = {"personnummer": PERSON, "klient": PERSON, "typ": "Bifall"}


async def test_a_page_of_components_is_worked_as_it_looks(odd: OddSystem, odd_bot: Bot) -> None:
    """A card is pressed by what it shows, whose case it is is read behind the box, and a toast is no refusal."""
    odd.form = PAGE
    identity = {"banner": "Klient", "shows": ["personnummer"]}
    written = await odd_bot.write(screen(identity=identity, pages=PAGES, save=SAVE), VALUES)
    assert odd.saved == [{"typ": "Bifall"}]
    assert written.read_back["Ny insats"] == {"Typ": "Bifall"}


@pytest.mark.parametrize(("klient", "code"), [("Cilla", "raden_saknas"), ("Exempel", "flera_rader")])
async def test_a_card_that_is_not_there_once_goes_to_a_person(
    odd: OddSystem, odd_bot: Bot, klient: str, code: str
) -> None:
    """Nothing is pressed where no card, or more than one, shows the value."""
    odd.form = PAGE.replace("<p>", "<p>Exempel ")
    identity = {"banner": "Klient", "shows": ["personnummer"]}
    with pytest.raises(GuiFailure) as caught:
        await odd_bot.write(screen(identity=identity, pages=PAGES, save=SAVE), {**VALUES, "klient": klient})
    assert (caught.value.kind, caught.value.code) == ("human", code)
    assert OTHER not in caught.value.text


async def test_pages_are_shown_as_to_somebody_with_a_mouse(odd: OddSystem, odd_bot: Bot) -> None:
    """Where a page has other fields for fingers, the robot meets those of an office."""
    form = '<form method="post" action="/spara"><label>Typ <input name="typ"></label><button>Spara</button></form>'
    odd.form = f"""{PAGE.split("</div>", maxsplit=1)[0]}</div><script>matchMedia('(pointer: fine)').matches
&& document.write(`{form}`)</script>"""
    identity = {"banner": "Klient", "shows": ["personnummer"]}
    await odd_bot.write(screen(identity=identity, pages=[{"heading": "Formulär", "fields": {"Typ": "typ"}}]), VALUES)
    assert odd.saved == [{"typ": "Bifall"}]


WIDGET = """<div aria-label="Klient"><b>Astrid</b> <span>19900602-2397</span></div>
<form><div><label for="o">Orsak</label>
<select id="o" aria-hidden="true" style="position:absolute;width:1px;height:1px"><option></option></select>
<span><span role="combobox" aria-labelledby="chosen" tabindex="0" onclick="list.hidden = false">
<span id="chosen" role="textbox" aria-readonly="true">Välj orsak</span></span></span></div>
<ul id="list" role="listbox" hidden><li role="option">Bifall</li></ul>
<fieldset><legend>Sätt *</legend><label><input type="radio" name="satt" value="b"> Avi</label></fieldset>
<button type="button">Spara</button></form><script>
list.onclick = () => { chosen.textContent = "Bifall"; list.hidden = true; };
document.querySelector("button").onclick = async () => {
  await fetch("/spara", { method: "POST", body: new URLSearchParams({ typ: chosen.textContent, satt: "b" }) });
  document.body.insertAdjacentHTML("beforeend", `<div role="dialog"><h4>Klart</h4><p>Beslutet har sparats.</p>
  <dl><dt>Nummer</dt><dd>1001</dd></dl><button>Stäng</button></div>`); };</script>"""


async def test_a_list_named_by_what_is_chosen_in_it_is_known_by_the_label_before_it(
    odd: OddSystem, odd_bot: Bot
) -> None:
    """What it shows is no name and no field of its own; and a box with the words of the receipt is the receipt."""
    odd.form = WIDGET
    fields = {"Orsak": {"value": "typ", "type": "select"}, "Sätt": {"text": "Avi", "type": "radio"}}
    save = {"press": "Spara", "receipt": {"message": "Beslutet har sparats.", "read": {"nummer": "Nummer"}}}
    pages = [{"heading": "Formulär", "fields": fields}]
    identity = {"banner": "Klient", "shows": ["personnummer"]}
    written = await odd_bot.write(screen(identity=identity, pages=pages, save=save), VALUES)
    assert odd.saved == [{"typ": "Bifall", "satt": "b"}]
    assert written.receipt == {"nummer": "1001"}


async def test_a_session_is_known_by_the_name_that_the_page_shows(
    odd: OddSystem, odd_server: tuple[OddSystem, str], pool: BrowserPool
) -> None:
    """Where the corner of the page shows another name than the user name, the manifest says which."""
    system = replace(case_system(odd_server[1]), username="svc-4711")
    login = system.manifest.login.model_copy(update={"shown_as": "robot"})
    manifest = system.manifest.model_copy(update={"login": login})
    bot = Bot(replace(system, manifest=manifest), pool, now=lambda: NOW)
    shown = {"Personnummer": {"value": "personnummer", "type": "personnummer"}}
    assert await bot.look(screen(look=[{"heading": "Formulär", "compare": shown}]), VALUES) is not None
