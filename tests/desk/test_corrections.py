"""Corrections and gallring as the desk shows them."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.log.entry import Actor
from robot.definition import discover
from robot.engine.gallring import DESPITE
from tests.desk.conftest import Town, Visitor, copied
from tests.desk.world import NUMBERS, PROCESS

RIGHT, MENDED = "return max(NOLL, -resultat)", "return max(NOLL, -resultat) + 100"


@pytest.fixture
def town(template: Path, tmp_path: Path) -> Iterator[Town]:
    """An own copy for every test, because each of them changes cases."""
    with copied(template, tmp_path / "data") as town:
        yield town


@pytest.fixture
def campaign(town: Town, tmp_path: Path) -> str:
    """A campaign that has found the decided case; the case's reference."""
    folder = Path(shutil.copytree(discover()[PROCESS], tmp_path / "mended" / PROCESS))
    rules = next(path for path in folder.glob("rules*.py") if RIGHT in path.read_text(encoding="utf-8"))
    rules.write_text(rules.read_text(encoding="utf-8").replace(RIGHT, MENDED), encoding="utf-8")
    corrections = town.house.corrections()
    search = corrections.search("bistand", corrections.version(str(folder)))
    assert corrections.open(search, actor=Actor(kind="person", id="cli drift")) == 1, (
        "the other one waits for its stickprov"
    )
    return town.cases["decided"]


async def test_the_task_stands_in_the_list_and_is_answered_there(
    handlaggare: Visitor, town: Town, campaign: str
) -> None:
    """The page tells what is left; the case waits in the list with its own reason, and one of two answers ends it."""
    page = (await handlaggare.http.get("/rattelser")).text
    assert "2 kvar</span>" in page
    assert "beslutet är till nackdel för den sökande" in page
    assert "Omprövning" in (await handlaggare.http.get("/?skal=rattelse.fordel")).text
    page = (await handlaggare.http.get(f"/arende/{campaign}")).text
    assert "Låt beslutet stå" in page
    assert "38 § förvaltningslagen" in page
    assert "Ta över ärendet" not in page
    assert "Godkänn förslaget" not in page
    revision = town.row("decided").revision
    without = await handlaggare.post(f"/arende/{campaign}/lat-sta", revision=revision, motivering="")
    assert (without.status_code, "Skriv skälen" in without.text) == (422, True)
    fields = {"utfall": "bifall", "belopp": "10942", "motivering": "Rättat enligt 38 §.", "revision": revision}
    assert (await handlaggare.post(f"/arende/{campaign}/omprova", **fields)).status_code == 303
    row = town.row("decided")
    assert (row.status, row.amount_ore, row.decided_by) == ("closed", 1094200, "handlaggare")
    assert "Omprövning: nytt beslut" in (await handlaggare.http.get(f"/arende/{campaign}")).text


@pytest.mark.parametrize(("account", "status"), [("controller", 200), ("drift", 403)])
async def test_corrections_are_for_those_who_work_with_decisions(visitor: Visitor, account: str, status: int) -> None:
    """A controller follows the campaigns; drift has no business there."""
    await visitor.login(account)
    assert (await visitor.http.get("/rattelser")).status_code == status


async def test_an_erased_case_is_shown_as_erased_and_says_nothing_more(
    handlaggare: Visitor, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page stands, with the decision on gallring in its journal, and without anything about the person."""
    ref = town.cases["decided"]
    assert NUMBERS["decided"] in (await handlaggare.http.get(f"/arende/{ref}")).text
    gallring = town.house.gallring()
    gallring._kommunkod = "9999"
    monkeypatch.setenv("ARENDE_BREV_URL", tmp_path.as_uri())
    await asyncio.to_thread(gallring.erase, ref, decision="Socialnämnden 2031 § 14", by="drift", despite=DESPITE)
    page = await handlaggare.http.get(f"/arende/{ref}")
    assert (page.status_code, "Gallrat" in page.text) == (200, True)
    assert "Socialnämnden 2031 § 14" in page.text
    assert not [word for word in (NUMBERS["decided"], "Testsson", "Testvägen", "Exempelstad") if word in page.text]
    found = await handlaggare.post("/sok", vad=NUMBERS["decided"])
    assert ref not in found.text
