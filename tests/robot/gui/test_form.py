"""What the bot does with one form: fill, read back, save once; and how it notices that the page is another one."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from robot.gui.bot import Bot
from robot.gui.failure import GuiFailure
from tests.robot.gui.odd import FORM, OTHER, PERSON, OddSystem, page, screen

pytestmark = pytest.mark.asyncio(loop_scope="module")

VALUES: dict[str, Any] = {
    "personnummer": PERSON,
    "belopp": Decimal("1250.5"),
    "datum": date(2025, 9, 1),
    "typ": "Bifall",
    "klar": True,
    "satt": "Avi",
    "text": "Första raden.\nAndra raden.",
}


async def failure_of(bot: Bot, **changes: Any) -> GuiFailure:
    """How writing the form ends when it must not succeed."""
    with pytest.raises(GuiFailure) as caught:
        await bot.write(screen(), {**VALUES, **changes})
    return caught.value


async def test_every_kind_of_field_is_filled_and_saved_once(odd: OddSystem, odd_bot: Bot) -> None:
    """Text, date, list, checkbox, radio and text area take their values in one save, and the receipt is read."""
    written = await odd_bot.write(screen(), VALUES)
    assert written.receipt == {"nummer": "N-1"}
    (saved,) = odd.saved
    text = saved.pop("text")
    assert saved == {"belopp": "1250,50", "datum": "2025-09-01", "typ": "Bifall", "klar": "ja", "satt": "b"}
    assert text.split() == VALUES["text"].split()
    assert written.read_back["Formulär"]["Belopp"] == "1250,50"
    assert written.evidence[-1].picture is not None
    assert written.evidence[-1].picture[:3] == b"\xff\xd8\xff"


async def test_quiet_leaves_no_pictures_and_no_values(odd: OddSystem, odd_bot: Bot) -> None:
    """For a protected person the evidence holds labels and types only, also after a failure."""
    written = await odd_bot.write(screen(), VALUES, quiet=True)
    odd.form = FORM.replace("Belopp", "Summa")
    with pytest.raises(GuiFailure) as caught:
        await odd_bot.write(screen(), VALUES, quiet=True)
    for snapshot in (*written.evidence, *caught.value.evidence):
        assert snapshot.picture is None
        assert snapshot.aria is None
        assert not snapshot.messages
        assert {field.value for field in snapshot.fields} == {None}


async def test_a_field_that_wants_typing_is_typed_at_once_the_next_time(odd: OddSystem, odd_bot: Bot) -> None:
    """A widget that empties what no key has written is typed into, and the next case does not fill it first."""
    picky = "oninput=\"if (!event.isTrusted) { this.value = ''; this.form.egna.value++; }\""
    odd.form = FORM.replace('name="belopp"', f'name="belopp" {picky}').replace(
        "<button>", '<input type="hidden" name="egna" value="0"><button>'
    )
    for _ in range(2):
        await odd_bot.write(screen(), VALUES)
    assert [(one["belopp"], one["egna"]) for one in odd.saved] == [("1250,50", "1"), ("1250,50", "0")]


async def test_moved_and_renumbered_fields_are_the_same_page(odd: OddSystem, odd_bot: Bot) -> None:
    """Another id, place or style is no change for a person, nor for the bot."""
    moved = FORM.replace('id="b" name', 'id="x9" class="new" name').replace('for="b"', 'for="x9"')
    odd.form = moved.replace("<textarea", '<textarea style="margin:9px"')
    await odd_bot.write(screen(), VALUES)
    assert len(odd.saved) == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (">Belopp<", ">Beloppet<", "Belopp: ska finnas en gång, finns 0 gånger (närmast finns Beloppet)"),
        ("<button>", "<label>Belopp <input></label><button>", "Belopp: ska finnas en gång, finns 2 gånger"),
        ('<input id="b" name="belopp">', '<select id="b"><option>1</option></select>', "Belopp: ska vara ett textfält"),
        ("<button>", "<label>Ort <input required></label><button>", "Ort: ny obligatorisk uppgift"),
        ('name="belopp"', 'name="belopp" readonly', "Belopp: går inte att skriva i"),
    ],
)
async def test_a_changed_page_stops_the_screen_before_anything_is_written(
    odd: OddSystem, odd_bot: Bot, old: str, new: str, words: str
) -> None:
    """A renamed, doubled, retyped, locked or new required field is drift, told in words, and nothing is saved."""
    odd.form = FORM.replace(old, new, 1)
    failure = await failure_of(odd_bot)
    assert (failure.kind, failure.code, failure.after_save) == ("stop", "skarmen_andrad", False)
    assert words in failure.text
    assert odd.saved == []
    assert failure.evidence[-1].aria


async def test_a_page_of_another_person_is_never_written(odd: OddSystem, odd_bot: Bot) -> None:
    """The personnummer of the page is compared before anything is written."""
    failure = await failure_of(odd_bot, personnummer=OTHER)
    assert (failure.kind, failure.code) == ("human", "fel_person")
    assert odd.saved == []
    assert OTHER not in str(failure) + failure.text


async def test_a_page_that_does_not_tell_whose_it_is_is_never_written(odd: OddSystem, odd_bot: Bot) -> None:
    """Without the banner the bot cannot know the person, and stops."""
    odd.form = FORM.replace("Ärendet gäller", "Något annat")
    failure = await failure_of(odd_bot)
    assert (failure.kind, failure.code) == ("stop", "skarmen_andrad")
    assert odd.saved == []


async def test_a_refused_value_is_named(odd: OddSystem, odd_bot: Bot) -> None:
    """A field that will not hold the value stops the case with label, wanted and found."""
    odd.form = FORM.replace('name="belopp"', 'name="belopp" oninput="this.value=this.value.slice(0,3)"')
    failure = await failure_of(odd_bot)
    assert (failure.kind, failure.code, failure.label) == ("human", "varde_nekat", "Belopp")
    assert (failure.wanted, failure.found) == ("1250,50", "125")
    assert "1250" not in failure.text
    assert odd.saved == []


async def test_a_page_may_write_the_amount_in_its_own_way(odd: OddSystem, odd_bot: Bot) -> None:
    """The read-back compares values, not spelling: 1 250,50 with a hard space is 1250,50."""
    odd.form = FORM.replace('name="belopp"', 'name="belopp" onblur="this.value=`1\u00a0250,50`"')
    await odd_bot.write(screen(), VALUES)
    assert odd.saved[0]["belopp"] == "1\u00a0250,50"


async def test_a_field_that_listens_to_keys_is_typed(odd: OddSystem, odd_bot: Bot) -> None:
    """Where a batched fill does not take, the bot types key by key as a person."""
    script = """{const field = document.getElementById("b"); let typed = "";
    field.onkeydown = (event) => { if (event.isTrusted && event.key.length === 1) typed += event.key; };
    field.oninput = () => { field.value = typed; };}"""
    odd.form = f"{FORM}<script>{script}</script>"
    await odd_bot.write(screen(), VALUES)
    assert odd.saved[0]["belopp"] == "1250,50"


async def test_a_missing_choice_is_named(odd: OddSystem, odd_bot: Bot) -> None:
    """A list without the wanted choice stops the case; the bot never takes another one."""
    failure = await failure_of(odd_bot, typ="Avslaget")
    assert (failure.kind, failure.code, failure.label, failure.found) == ("human", "alternativ_saknas", "Typ", "Avslag")
    assert odd.saved == []


async def test_an_unexpected_dialog_goes_to_a_person(odd: OddSystem, odd_bot: Bot) -> None:
    """A box that no screen file knows is answered with no, and a person gets its words."""
    odd.form = FORM.replace(
        "<button>", "<button onclick=\"if(!confirm('Belopp över gränsen?'))event.preventDefault()\">"
    )
    failure = await failure_of(odd_bot)
    assert (failure.kind, failure.code) == ("human", "ovantad_dialog")
    assert "Belopp över gränsen?" in failure.found
    assert odd.saved == []


async def test_a_refused_save_is_known_not_to_be_saved(odd: OddSystem, odd_bot: Bot) -> None:
    """The form that comes back with the system's own reasons was not saved."""

    async def refuse(_: Request) -> Response:
        return page("Formulär", '<div role="alert">Beloppet är för högt</div>' + FORM, 422)

    odd.answer = refuse
    failure = await failure_of(odd_bot)
    assert (failure.kind, failure.code, failure.after_save) == ("human", "nekad_av_systemet", False)
    assert failure.found == "Beloppet är för högt"


@pytest.mark.parametrize("status", [200, 403, 500])
async def test_anything_but_the_receipt_after_a_save_is_unknown(odd: OddSystem, odd_bot: Bot, status: int) -> None:
    """An error page, or any other page, does not tell whether the record exists."""

    async def other(_: Request) -> Response:
        return page("Något annat", "", status)

    odd.answer = other
    failure = await failure_of(odd_bot)
    assert failure.after_save
    assert len(odd.saved) == 1


async def test_a_save_that_is_not_answered_in_time_is_unknown(odd: OddSystem, hasty_odd_bot: Bot) -> None:
    """A slow save ends within the manifest's bound, with an unknown outcome, pressed once."""

    async def never(request: Request) -> Response:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return page("Sparat", "")

    odd.answer = never
    failure = await failure_of(hasty_odd_bot)
    assert (failure.kind, failure.code, failure.after_save) == ("retry", "sidan_svarar_inte", True)
    assert len(odd.saved) == 1


async def test_a_value_that_does_not_fit_its_field_is_found_before_the_browser(odd: OddSystem, odd_bot: Bot) -> None:
    """A missing value or one of the wrong type is a failure of the plan; no page is opened."""
    failure = await failure_of(odd_bot, belopp=12.5)
    assert (failure.kind, failure.code, failure.label) == ("human", "fel_typ", "Belopp")
    missing = {name: value for name, value in VALUES.items() if name != "datum"}
    with pytest.raises(GuiFailure, match="varde_saknas"):
        await odd_bot.write(screen(), missing)
    assert odd.saved == []


async def test_a_closed_browser_is_started_again(odd: OddSystem, odd_bot: Bot) -> None:
    """A browser killed before the save is a retry, and the next job gets a new one."""
    await odd_bot.write(screen(), VALUES)
    browser = odd_bot._pool._browser
    assert browser is not None
    odd.asked.clear()
    odd.gate.clear()
    job = asyncio.create_task(failure_of(odd_bot))
    await asyncio.to_thread(odd.asked.wait, 5)
    await browser.close()
    failure = await job
    odd.gate.set()
    assert (failure.kind, failure.after_save) == ("retry", False)
    await odd_bot.write(screen(), VALUES)
    assert len(odd.saved) == 2
