"""What a developer is given: a first screen file from live pages, from a person's clicks, and a morning rehearsal."""

import json
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner

from audit.clock import ManualClock
from robot.cli.main import build
from robot.gui.explore import ExploreError, Explorer
from robot.gui.follow import Follower
from robot.gui.scan import Step, write_screen
from robot.gui.screen_check import read_screen
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.drifts import Drifts
from testbed.verksamhetssystem.seed import seed
from tests.robot.gui.municipality import NOW, PERSON, VALUES, persons

HELD_OUT = """<!doctype html><meta charset="utf-8"><title>Gammalt</title><h2>Registrera utbetalning</h2>
<table><tr><td>Klient:</td><td>19900602-2397</td></tr></table>
<table><tr><td>Belopp</td><td><input></td><td>Datum</td><td><input placeholder="ÅÅÅÅ-MM-DD"></td></tr>
<tr><td>Typ</td><td><select><option>A<option>B</select></td><td>Antal dagar</td><td>
<input type="number"></td></tr></table>
<fieldset><legend>Sökande</legend><label>Inkomst <input></label></fieldset>
<fieldset><legend>Medsökande</legend><label>Inkomst <input></label></fieldset>
<input placeholder="Kommentar"><div><span>Handläggare</span><div role="combobox" tabindex="0">Välj</div></div>
<iframe srcdoc="<label>Ort <input></label>"></iframe><x-f></x-f>
<h3>Utgifter</h3><table><tr><th>Slag</th><th>Kostnad</th></tr><tr><td><select><option>Hyra</select></td>
<td><input></td></tr></table><span style="cursor:pointer">Lägg till rad</span>
<div onclick="void 0">Spara utbetalning</div><script>customElements.define("x-f", class extends HTMLElement {
connectedCallback() { this.attachShadow({mode: "open"}).innerHTML = "<label>Klar <input type=checkbox></label>"; } });
</script>"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Drifts]]:
    """The case system, and the changes of its pages."""
    database, drifts = tmp_path_factory.mktemp("teach") / "live.db", Drifts()
    seed(database, persons(), at=NOW)
    with Server(build_app(database, clock=ManualClock(NOW), drifts=drifts), name="verksamhetssystem") as server:
        yield server.url, drifts


@pytest.mark.asyncio
async def test_a_page_of_any_build_gives_a_screen_file_that_is_valid(tmp_path: Path) -> None:
    """Layout tables, groups, frames, shadow roots and boxes are written with their types, and doubts as comments."""
    page = tmp_path / "page.html"
    page.write_text(HELD_OUT, encoding="utf-8")
    async with Explorer() as explorer:
        seen = await explorer.open(page.as_uri())
        text = write_screen("utbetalning", "gammalt", [Step(seen)], explorer.people)
    screen = read_screen(text, None)
    assert {label: value.type for label, value in screen.pages[0].fields.items()} == {
        "Belopp": "amount",
        "Datum": "date",
        "Typ": "select",
        "Antal dagar": "number",
        "Sökande / Inkomst": "amount",
        "Medsökande / Inkomst": "amount",
        "Kommentar": "text",
        "Handläggare": "select",
        "Ort": "text",
        "Klar": "checkbox",
    }
    (rows,) = screen.pages[0].rows
    assert (rows.table, rows.add, list(rows.columns)) == ("Utgifter", "Lägg till rad", ["Slag", "Kostnad"])
    assert screen.identity.banner == "Klient"
    assert screen.save is not None
    assert screen.save.press == "Spara utbetalning"
    assert "its placeholder names it" in text
    assert "2397" not in text


@pytest.mark.asyncio
async def test_a_persons_clicks_become_a_screen_file(system: tuple[str, Drifts]) -> None:
    """The path, the form, the dialog and the receipt are written; what was typed is not."""
    url, drifts = system
    drifts.replace([])
    async with Explorer() as explorer:
        follower = Follower(explorer)
        await follower.begin(f"{url}/login")
        assert await explorer.log_in("robot", "robot-prov")
        page = explorer.page
        await page.get_by_label("Personnummer").fill(PERSON)
        await page.get_by_role("button", name="Sök", exact=True).click()
        await page.get_by_role("link", name="EB-1001").click()
        await page.get_by_role("button", name="Ny journalanteckning").click()
        await page.get_by_label("Rubrik").fill("Hemligt")
        await page.get_by_label("Anteckning").fill("Hemligt")
        await page.get_by_role("button", name="Spara anteckning").click()
        await page.get_by_role("heading", name="Anteckningen är sparad").wait_for()
        steps, people, ending = await follower.done()
    text = write_screen("anteckning", "verksamhetssystem", steps, people, ending)
    screen = read_screen(text, None)
    assert [page.press for page in screen.open] == ["Sök", None, "Ny journalanteckning"]
    assert screen.open[1].open_row is not None
    assert list(screen.pages[0].fields) == ["Rubrik", "Anteckning"]
    assert screen.save is not None
    assert (screen.save.press, screen.save.receipt.heading) == ("Spara anteckning", "Anteckningen är sparad")
    assert screen.identity.banner == "Ärendet gäller"
    assert "Hemligt" not in text
    assert "Astrid" not in text


@pytest.mark.asyncio
async def test_a_step_that_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    """A button or an address that does not exist ends with what was looked for and what there is."""
    page = tmp_path / "page.html"
    page.write_text("<button>Sök</button>", encoding="utf-8")
    async with Explorer() as explorer:
        await explorer.open(page.as_uri())
        with pytest.raises(ExploreError, match="'Söka' should be on the page once, found 0; closest is 'Sök'"):
            await explorer.press("Söka")
        with pytest.raises(ExploreError, match="did not open"):
            await explorer.open("http://127.0.0.1:9/")


def plain(value: Any) -> Any:
    """As a JSON file of facts has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(one) for name, one in asdict(value).items()}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, Decimal | date) else value


def test_the_morning_check_stops_a_changed_screen_until_a_person_accepts(
    system: tuple[str, Drifts], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recorded, changed, braked, proposed, accepted by a named person with a reason, and then as recorded again."""
    url, drifts = system
    folder = tmp_path / "processes" / "ekonomiskt_bistand"
    copytree("processes/ekonomiskt_bistand", folder)
    settings = {"DATA": str(tmp_path / "var"), "VERKSAMHETSSYSTEM_URL": url, "VERKSAMHETSSYSTEM_USERNAME": "robot"}
    for name, value in (settings | {"VERKSAMHETSSYSTEM_PASSWORD": "robot-prov"}).items():
        monkeypatch.setenv(f"ARENDE_{name}", value)
    for module in ("check", "accept"):
        monkeypatch.setattr(f"robot.cli.gui.{module}.discover", lambda: {"ekonomiskt_bistand": folder})
    (tmp_path / "var" / "screen_check").mkdir(parents=True)
    facts = json.dumps({name: plain(value) for name, value in VALUES.items()})
    (tmp_path / "var" / "screen_check" / "ekonomiskt_bistand.json").write_text(facts, encoding="utf-8")
    check = ["gui", "check", "--screen", "journalanteckning", "--json"]

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(build(), list(words))
        return result.exit_code, result.stdout

    drifts.replace([])
    code, out = run(*check, "--record")
    assert (code, json.loads(out)[0]["ok"]) == (0, True)
    assert (folder / "screens" / "contract" / "journalanteckning.yaml").exists()
    drifts.replace(["etikett_omdopt"])
    code, out = run(*check)
    (row,) = json.loads(out[out.index("[\n") :])  # log lines may come first: only the real command sends them away
    assert (code, row["code"], row["proposed"]["proven"]) == (1, "skarmen_andrad", True)
    assert "verksamhetssystem.journalanteckning" in run("brake", "status", "--json")[1]
    accept = ("gui", "accept", "ekonomiskt_bistand", "journalanteckning")
    assert "not accepted" in run(*accept)[1]
    assert "Rubriktext" not in (folder / "screens" / "journalanteckning.yaml").read_text(encoding="utf-8")
    code, out = run(*accept, "--person", "Eva Exempel", "--reason", "Leverantörens version 7.5")
    assert (code, "accepted by Eva Exempel" in out) == (0, True)
    assert "Rubriktext: journalrubrik" in (folder / "screens" / "journalanteckning.yaml").read_text(encoding="utf-8")
    assert run(*check)[0] == 0
    drifts.replace([])
