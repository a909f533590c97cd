"""The screens of ekonomiskt bistånd against the simulated case system and its faults; its own data decides."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from processes.ekonomiskt_bistand.records import Tidigare
from robot.gui.bot import Bot, Written
from robot.gui.browser import BrowserPool
from robot.gui.failure import GuiFailure
from testbed.verksamhetssystem.faults import Fault, FaultKind
from tests.robot.gui.municipality import NOW, OTHER, REFERENCE, VALUES, Town, kr, screen
from tests.robot.gui.odd import case_system

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def saved(bot: Bot, name: str, **changes: Any) -> Written:
    """Write a screen and look the record up, as a step does."""
    values = {**VALUES, **changes}
    written = await bot.write(screen(name), values)
    found = await bot.look(screen(name), values)
    assert found is not None
    return written


async def failure_of(bot: Bot, name: str, **changes: Any) -> GuiFailure:
    """How writing a screen ends when it must not succeed."""
    with pytest.raises(GuiFailure) as caught:
        await bot.write(screen(name), {**VALUES, **changes})
    return caught.value


async def test_the_case_and_last_month_are_read(town: Town, bot: Bot) -> None:
    """The read screen gives the case, its calculations and last month's final one, typed."""
    found = await bot.read(screen("forra_berakningen"), VALUES)
    assert found.data["arendenummer"] == "EB-1001"
    assert found.data["sokande_namn"] == "Astrid Exempel"
    assert [row["period"] for row in found.data["berakningar"]] == ["2025-08", "2025-07"]
    assert found.data["jobbstimulans"] == [{"person": "Sökande", "from": "2025-06-01", "till": "2027-05-31"}]
    assert found.data["utbetalningssatt"] == "Bankkonto i Sparbanken"
    last = found.data["senaste"]
    assert last["period"] == "2025-08"
    assert last["hushall"][1] == {"person": "Bo Exempel", "norm": "Barn 7-10 år", "belopp": "3650.00"}
    assert last["inkomster"] == [
        {"typ": "Barnbidrag/Flerbarnstillägg", "sokande": "1250.00", "medsokande": "0.00"},
    ]
    assert last["sarskilda"] == []
    assert last["resultat"] == "-14240.00"
    assert Tidigare.model_validate_json(json.dumps(found.data)).senaste is not None


async def test_a_case_without_last_month_is_read_as_such(town: Town, bot: Bot) -> None:
    """No final calculation for the month is an answer, not a failure."""
    found = await bot.read(screen("forra_berakningen"), {**VALUES, "sokande_personnummer": OTHER})
    assert found.data["senaste"] is None
    assert found.data["berakningar"] == []


async def test_a_person_who_is_not_there_goes_to_a_person(town: Town, bot: Bot) -> None:
    """An unknown number is a case for a person, in the system's own words, and not a changed screen."""
    with pytest.raises(GuiFailure) as caught:
        await bot.read(screen("forra_berakningen"), {**VALUES, "sokande_personnummer": "197912309296"})
    assert (caught.value.kind, caught.value.code) == ("human", "finns_inte")


async def test_a_whole_case_is_written_and_found_again(town: Town, bot: Bot) -> None:
    """Calculation, decision, payment and note are saved once each, and the system stored what the robot says."""
    assert await bot.look(screen("berakning"), VALUES) is None
    calculation = await saved(bot, "berakning")
    decision = await saved(bot, "beslut")
    payment = await saved(bot, "utbetalning")
    note = await saved(bot, "journalanteckning")
    (stored,) = town.finals()
    content = json.loads(stored["content"])
    assert [(row["norm"], row["days"]) for row in content["norm_rows"]] == [
        ("Ensamstående", None),
        ("Barn 7-10 år", 14),
    ]
    assert json.loads(stored["summary"])["result"] == -1153763
    assert calculation.receipt["kvittensnummer"] == f"K-{stored['id']:06d}"
    (beslut,) = town.stored("decisions")
    assert (beslut["amount"], beslut["decided_on"], beslut["month"]) == (1153763, "2025-09-22", "2025-09")
    assert REFERENCE in beslut["text"]
    assert decision.receipt["beslutsnummer"] == f"BE-{beslut['id']:06d}"
    (utbetalning,) = town.stored("payments")
    assert (utbetalning["amount"], utbetalning["pay_date"]) == (1153763, "2025-09-25")
    assert payment.receipt["utbetalningsnummer"] == f"U-{utbetalning['id']:06d}"
    (anteckning,) = town.stored("notes")
    assert anteckning["text"] == VALUES["journaltext"]
    assert note.receipt["anteckningsnummer"] == f"A-{anteckning['id']:06d}"


async def test_a_record_that_differs_is_never_taken_for_ours(town: Town, bot: Bot) -> None:
    """When another calculation stands there for the month, a person decides which one is right."""
    await saved(bot, "berakning")
    with pytest.raises(GuiFailure) as caught:
        await bot.look(screen("berakning"), {**VALUES, "summa": kr("-1")})
    assert (caught.value.kind, caught.value.code, caught.value.label) == ("human", "avviker", "Summa")


async def test_the_system_must_come_to_the_same_sum(town: Town, hasty_bot: Bot) -> None:
    """When the case system calculates something else, nothing is saved."""
    failure = await failure_of(hasty_bot, "berakning", resultat=kr("-11537.62"))
    assert (failure.kind, failure.code, failure.label, failure.after_save) == ("human", "avviker", "Resultat", False)
    assert (failure.wanted, failure.found.replace("\u00a0", " ")) == ("-11537,62", "-11 537,63")
    assert town.finals() == []


async def test_a_second_calculation_for_the_month_is_refused_and_known(town: Town, bot: Bot) -> None:
    """What the system refuses was not saved, and its words are kept as evidence."""
    await saved(bot, "berakning")
    failure = await failure_of(bot, "berakning")
    assert (failure.kind, failure.code) == ("human", "nekad_av_systemet")
    assert "Det finns redan en slutlig beräkning för perioden" in failure.found
    assert len(town.finals()) == 1


async def test_an_unknown_income_type_is_named(town: Town, bot: Bot) -> None:
    """A type that the system does not have goes to a person with the label of the row."""
    rows = (*VALUES["inkomstrader"][:1], type(VALUES["inkomstrader"][0])("Lön", kr("1"), kr("0")))
    failure = await failure_of(bot, "berakning", inkomstrader=rows)
    assert (failure.kind, failure.code, failure.label) == ("human", "alternativ_saknas", "Inkomsttyp rad 2")
    assert town.finals() == []


@pytest.mark.parametrize("after", [1, 5, 9])
async def test_a_session_that_ends_in_the_middle_is_renewed(town: Town, bot: Bot, after: int) -> None:
    """The bot logs in again and starts the screen over; one record is saved, none is lost."""
    town.faults.replace([Fault(FaultKind.SESSION_END, after=after, times=1)])
    await saved(bot, "beslut" if town.finals() else "berakning")
    assert len(town.finals()) == 1


@pytest.mark.parametrize(
    ("kind", "page"),
    [(FaultKind.ERROR_500, "inkomster"), (FaultKind.ERROR_500, "berakna"), (FaultKind.RESET, "spara_utgifter")],
)
async def test_a_page_that_breaks_before_the_save_is_tried_again_later(
    town: Town, bot: Bot, kind: FaultKind, page: str
) -> None:
    """A server error or a broken connection before the save is a retry, and the next try saves one record."""
    town.faults.replace([Fault(kind, page, times=1)])
    failure = await failure_of(bot, "berakning")
    assert (failure.kind, failure.after_save) == ("retry", False)
    assert town.finals() == []
    await bot.write(screen("berakning"), VALUES)
    assert len(town.finals()) == 1


async def test_a_lost_answer_after_the_save_is_unknown_and_found(town: Town, bot: Bot) -> None:
    """When the answer to a save is lost nobody knows; looking by another path finds the one record."""
    town.faults.replace([Fault(FaultKind.LOST_ANSWER, "spara_berakning", times=1)])
    failure = await failure_of(bot, "berakning")
    assert failure.after_save
    assert await bot.look(screen("berakning"), VALUES) is not None
    assert len(town.finals()) == 1


async def test_a_server_error_at_the_save_is_unknown_and_not_found(town: Town, bot: Bot) -> None:
    """An error page at the save does not tell; looking tells that nothing was saved."""
    town.faults.replace([Fault(FaultKind.ERROR_500, "spara_berakning", times=1)])
    failure = await failure_of(bot, "berakning")
    assert failure.after_save
    assert await bot.look(screen("berakning"), VALUES) is None


async def test_a_session_is_kept_warm_between_jobs(town: Town, bot: Bot) -> None:
    """The second job uses the login of the first: a login page that would fail is never asked."""
    await bot.read(screen("forra_berakningen"), VALUES)
    town.faults.replace([Fault(FaultKind.ERROR_500, "logga_in")])
    await bot.read(screen("forra_berakningen"), VALUES)


async def test_two_jobs_at_once_have_a_session_each(town: Town, bot: Bot) -> None:
    """The two jobs that the manifest allows at the same time do not disturb each other; the third waits its turn."""
    other = {**VALUES, "sokande_personnummer": OTHER}
    jobs = [bot.read(screen("forra_berakningen"), values) for values in (VALUES, other, VALUES)]
    first, second, third = await asyncio.gather(*jobs)
    assert [read.data["arendenummer"] for read in (first, second, third)] == ["EB-1001", "EB-1002", "EB-1001"]


async def test_a_wrong_password_stops_the_system(town: Town, pool: BrowserPool) -> None:
    """A refused login is no retry: it would lock the account."""
    system = replace(case_system(town.url), username="handlaggare")
    with pytest.raises(GuiFailure) as caught:
        await Bot(system, pool, now=lambda: NOW).read(screen("forra_berakningen"), VALUES)
    assert (caught.value.kind, caught.value.code) == ("stop", "inloggning_nekad")


async def test_an_unexpected_message_goes_to_a_person(town: Town, bot: Bot) -> None:
    """A dialog of the system that no screen file knows is never clicked away."""
    town.faults.replace([Fault(FaultKind.DIALOG, "inkomster", times=1)])
    failure = await failure_of(bot, "berakning")
    assert (failure.kind, failure.code) == ("human", "ovantad_dialog")
    assert "Systemet stängs för underhåll" in failure.found
    assert town.finals() == []
