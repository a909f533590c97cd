"""A planted error from the first draw to the release, in a real browser, on ekonomiskt bistånd in the testbed."""

from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Page
from sqlmodel import col, select

from audit.log.entry import Actor
from desk.app import create_app
from desk.reviewing import review_id
from desk.sampling import overview
from robot.engine.house import House
from robot.engine.scope import Scope
from robot.store.tables import SampleTaskRow
from tests.desk.browsing import browsing
from tests.desk.planted import FAULTY, PROCESS, REFUSED, RIGHT, RULE, Engine, Planted, planted
from tests.robot.engine.sampled import BO, CIA
from tests.robot.engine.versions import changed

pytestmark = pytest.mark.slow
log = structlog.get_logger(__name__)

SEED, ROUNDS, DECIDED_ROUNDS = 2, 5, 3
IN_BROWSER = 3
STRATUM = Scope("stratum", REFUSED)


def waiting(house: House) -> list[SampleTaskRow]:
    """The reviews nobody has answered."""
    with house.database.read() as session:
        return list(session.exec(select(SampleTaskRow).where(col(SampleTaskRow.answered_at).is_(None))).all())


def reviewed_in_browser(page: Page, row: SampleTaskRow, town: Planted) -> str:
    """Begin and answer a review with what the law gives; what the page said of the result."""
    page.goto(f"/granska/{review_id(row)}")
    page.get_by_role("button", name="Börja granska").click()
    right = town.right(row.case_ref)
    page.get_by_label(str(right.outcome).capitalize()).check()
    if right.amount:
        page.get_by_label("Belopp i kronor").fill(str(right.amount).replace(".", ","))
    page.get_by_role("combobox").select_option(right.cause)
    page.get_by_role("button", name="Svara").click()
    page.get_by_role("heading", name="Ditt svar och beslutet").wait_for()
    return page.locator("main").inner_text()


def review_all(town: Planted, page: Page) -> list[str]:
    """Answer everything that waits: in the browser the first few and what is wrong, the rest as another person."""
    told: list[str] = []
    wrong = town.wrong()
    while rows := waiting(town.house):
        for row in rows:
            if row.number == 1 and (len(told) < IN_BROWSER or row.case_ref in wrong):
                told.append(reviewed_in_browser(page, row, town))
            else:
                person = BO if row.number == 1 else CIA
                town.house.sample_reviews.open(row.case_ref, row.task, person)
                town.house.sample_reviews.answer(row.case_ref, row.task, person, town.right(row.case_ref))
    return told


def test_a_planted_error_is_found_stops_the_stratum_and_is_let_go_by_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 57 decisions two are wrong: they are found, the bound holds, the brake stops, all are listed, one lets go."""
    with (
        planted(tmp_path, monkeypatch, seed=SEED, rounds=ROUNDS) as town,
        Engine.on(town.house) as engine,
        browsing(town.house, town.passwords) as visit,
    ):
        town.submit(engine, [case for month in town.rounds[:DECIDED_ROUNDS] for case in month])
        wrong = town.wrong()
        told = review_all(town, visit("handlaggare"))
        engine.look()
        figures = overview(create_app(town.house).state.desk, PROCESS)
        assert figures is not None
        log.info(
            "planted",
            decided=len(town.cases),
            wrong=len(wrong),
            reviewed=figures.total.counts.sampled,
            found=figures.total.counts.errors,
            bound=figures.total.sentence,
        )
        assert any("Fel utfall" in one for one in told)
        assert 0.02 <= len(wrong) / len(town.cases) <= 0.04
        assert figures.total.upper_errors >= len(wrong)
        stratum = next(one for one in figures.strata if one.stratum == REFUSED)
        lower, upper = figures.sequence(stratum)
        assert lower <= len(wrong) / stratum.counts.population <= upper
        assert figures.standings[REFUSED].control.stopped == "new_kind"
        assert [one.scope for one in town.house.brakes.pulled(PROCESS)] == [STRATUM]
        later = [case for month in town.rounds[DECIDED_ROUNDS:] for case in month]
        refused = [case for case in later if case.expected.ends == "person"]
        (held,) = town.submit(engine, refused[:1])
        assert (held.status, held.decision) == ("person", None)

        changed(town.folder, "rules.py", FAULTY, RIGHT, process=PROCESS)
        corrections = town.house.corrections()
        search = corrections.search(RULE, corrections.version(str(town.folder / PROCESS)))
        assert sorted(one.case for one in search.affected) == wrong
        assert {one.direction for one in search.affected} == {"fordel"}
        corrections.open(search, actor=Actor(kind="person", id="controller"))

        controller = visit("controller", script=False)
        controller.goto("/controller/stickprov")
        assert "Roboten är stoppad i gruppen avslag" in controller.locator("main").inner_text()
        controller.goto("/rattelser")
        assert f"{len(wrong)}" in controller.locator("tbody tr td").nth(1).inner_text()
        controller.goto("/broms")
        controller.locator("summary", has_text=REFUSED).click()
        controller.locator("form[action='/broms/slapp'] textarea").fill("Regeln är rättad och besluten omprövas.")
        controller.get_by_role("button", name="Släpp bromsen").click()
        assert town.house.brakes.pulled(PROCESS) == ()
        engine.look()
        assert town.house.brakes.pulled(PROCESS) == ()
        with town.restarted() as house, Engine.on(house) as mended:
            stimulus = next(case for case in later if case.archetype == "job_stimulus_running")
            one, other = town.submit(mended, [refused[1], stimulus])
            assert one.decision is not None
            assert one.decision.outcome == REFUSED
            assert other.decision is not None
            assert other.decision.amount == stimulus.expected.amount
