"""What each change of the case system's pages must lead to, and a run of one of them judged by what was stored."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from robot.gui.bot import Bot
from robot.gui.contract import DriftError
from robot.gui.failure import GuiFailure
from robot.gui.met import Met
from robot.gui.recorded import Contract
from robot.gui.screen_check import Checked, check_screen, read_screen
from testbed.verksamhetssystem.drifts import Drifts
from tests.robot.gui.municipality import SCREENS, VALUES, Town, kr

DAY = "2025-09-22"
JULY: dict[str, Any] = {
    **VALUES,
    "manad": date(2025, 7, 1),
    "period_fran": date(2025, 7, 1),
    "period_till": date(2025, 7, 31),
    "bistand": kr("14240"),
}
GOES_ON = "goes on"

NOTE: dict[str, tuple[str, bool]] = {
    "etikett_omdopt": ("missing", True),
    "falt_flyttat": (GOES_ON, False),
    "ny_id_och_klass": (GOES_ON, False),
    "etikett_dubblerad": ("doubled", True),
    "etikett_dubblerad_i_grupp": ("doubled", True),
    "ny_obligatorisk": ("required", True),
    "ny_frivillig": (GOES_ON, False),
    "ny_forifylld": ("prefilled", True),
    "knapp_omdopt": ("button", True),
    "knapp_dubblerad": ("button", True),
    "knapp_som_ruta": (GOES_ON, False),
    "dold_med_css": ("missing", False),
    "avstangd": ("locked", False),
    "skrivskyddad": ("locked", False),
    "kortare_falt": ("shorter", False),
    "kortare_falt_som_racker": (GOES_ON, False),
    "forval": (GOES_ON, False),
    "etikett_som_platshallare": (GOES_ON, False),
    "aria_i_stallet_for_etikett": (GOES_ON, False),
    "etikett_med_kolon": (GOES_ON, False),
    "ram_runt": (GOES_ON, False),
    "annat_sprak": ("heading", True),
    "ny_lank": (GOES_ON, False),
    "kolumn_omdopt_i_listan": ("column", True),
    "kolumn_tillagd_i_listan": (GOES_ON, False),
    "flik_omdopt": ("button", True),
    "sokfalt_omdopt": ("missing", True),
    "kvittensnummer_flyttat": ("shown", False),
    "kvittensnummer_omdopt": ("shown", True),
    "sokknapp_omdopt": ("button", True),
    "arendelista_omdopt": ("table", True),
    "arendekolumn_omdopt": ("column", True),
    "ny_obligatorisk_okand": ("required", False),
    "knapp_dubblerad_utanfor": ("button", True),
}
DECISION: dict[str, tuple[str, bool]] = {
    "falt_delat": ("missing", True),
    "text_till_lista": ("kind", True),
    "lista_till_val": ("kind", True),
    "val_omordnade": (GOES_ON, False),
    "val_tillagt": (GOES_ON, False),
    "annat_val_borttaget": (GOES_ON, False),
    "valet_borttaget": ("options", False),
    "valet_omdopt": ("options", True),
    "datumfalt": (GOES_ON, False),
    "rubrik_omdopt": ("heading", True),
    "meny_omdopt": ("button", True),
    "sidan_delad": ("missing", True),
    "fragan_omdopt": ("shown", False),
    "ja_knappen_omdopt": ("button", True),
    "fragan_omskriven": ("shown", True),
    "etikett_och_typ": ("missing", True),
    "datumetiketter": ("missing", True),
    "period_som_grupp": ("missing", True),
    "etikett_omdopt_bredvid_ny": ("missing", True),
}
CALCULATION: dict[str, tuple[str, bool]] = {
    "tabellkolumn_omdopt": ("column", True),
    "tabellkolumner_omordnade": (GOES_ON, False),
    "tabellkolumn_borttagen": ("column", False),
    "tabellkolumn_tillagd": (GOES_ON, False),
    "tabell_omdopt": ("table", True),
    "tabell_och_kolumn": ("table", True),
    "radknapp_omdopt": ("button", True),
    "gruppnamn_omdopt": (GOES_ON, False),
    "sidornas_ordning": ("heading", True),
    "nasta_omdopt": ("button", True),
    "summa_omdopt": ("shown", True),
}
MATRIX = {
    **{name: ("journalanteckning", *rest) for name, rest in NOTE.items()},
    **{name: ("beslut", *rest) for name, rest in DECISION.items()},
    **{name: ("berakning", *rest) for name, rest in CALCULATION.items()},
}
TABLES = {"journalanteckning": "notes", "beslut": "decisions", "berakning": "calculations"}


@dataclass(frozen=True)
class Outcome:
    """How one change ended. ``what``: "goes on" or the first change; ``followed``: with the proposed file."""

    what: str
    text: str
    wrong: str
    checked: Checked | None
    followed: bool


def values(screen: str) -> dict[str, Any]:
    """The values of the test case for a screen: a decision is for July, which has a calculation and no decision."""
    return JULY if screen == "beslut" else VALUES


def source(screen: str) -> str:
    """The screen file."""
    return (SCREENS / f"{screen}.yaml").read_text(encoding="utf-8")


async def contract_for(bot: Bot, screen: str) -> Contract:
    """What the pages show before anything has changed."""
    checked = await check_screen(bot, source(screen), None, values(screen), DAY)
    assert checked.failure is None, checked.failure.text
    assert checked.contract is not None
    return checked.contract


async def run(name: str, town: Town, drifts: Drifts, bot: Bot, contract: Contract) -> Outcome:
    """Write one record while the change is in force, and once more with the proposed screen file."""
    screen = MATRIX[name][0]
    town.start_over()
    drifts.replace([name])
    failure = await _write(bot, source(screen), screen, contract)
    wrong = _wrong(town, screen, saved=failure is None or failure.after_save)
    if failure is None:
        return Outcome(GOES_ON, "", wrong, None, followed=False)
    what = failure.changes[0].what if isinstance(failure, DriftError) else _guess(failure)
    town.start_over()
    met = Met.of(failure) if isinstance(failure, DriftError) and failure.after_save else None
    checked = await check_screen(bot, source(screen), contract, values(screen), DAY, met=met)
    followed = False
    if checked.proposed is not None and checked.proposed.proven:
        town.start_over()
        again = await _write(bot, checked.proposed.text, screen, checked.proposed.contract)
        followed = again is None and not (wrong := wrong or _wrong(town, screen, saved=True))
    return Outcome(what, failure.text, wrong, checked, followed=followed)


def _guess(failure: GuiFailure) -> str:
    return "button" if failure.code == "skarmen_andrad" and "Knappen" in failure.text else failure.code


async def _write(bot: Bot, text: str, name: str, contract: Contract | None) -> GuiFailure | None:
    """Write and look the record up, as a step does; how it failed."""
    screen = read_screen(text, contract)
    try:
        await bot.write(screen, values(name))
    except GuiFailure as failure:
        return failure
    try:
        found = await bot.look(screen, values(name))
    except GuiFailure as failure:
        failure.after_save = True
        return failure
    assert found is not None
    return None


def _wrong(town: Town, screen: str, *, saved: bool) -> str:
    """What is wrong with what was stored; "" when it is one right record, or none."""
    rows = [row for row in town.stored(TABLES[screen]) if row.get("status") != "Utkast"]
    if len(rows) > 1 or (rows and not saved):
        return f"{len(rows)} records, saved: {saved}"
    wanted = {
        "journalanteckning": {"heading": VALUES["journalrubrik"], "text": VALUES["journaltext"]},
        "beslut": {"amount": 1424000, "type": "Bifall", "decision_maker": VALUES["beslutsfattare"]},
        "berakning": {"month": "2025-09"},
    }[screen]
    for row in rows:
        for key, value in wanted.items():
            if row[key] != value:
                return f"{key}: {row[key]!r}, not {value!r}"
    return ""
