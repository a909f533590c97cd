"""The stickprov in the desk: the controller's figures and rates, and reviews that show nothing too early."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlmodel import select

from audit.stickprov.period import read_period
from desk.accounts import create_demo_accounts
from desk.app import create_app
from desk.charts import Point, Series, bounds_over_time
from desk.reviewing import review_id
from robot.engine.canaries import Canaries, Canary
from robot.engine.house import House
from robot.engine.review import Person
from robot.engine.sample_goal import SampleGoal, stated_goal
from robot.engine.sample_reviews import Answer
from robot.store.tables import SampleTaskRow
from tests.desk.conftest import Visitor
from tests.robot.engine.ground import PROCESS
from tests.robot.engine.sampled import BO, CIA, PERIOD, Sampled, sampled

AMOUNT = "9 000"
CONTROLLER = Person("controller", "Demo Controller")


@dataclass(frozen=True)
class Town:
    """A house whose stickprov draws every couple and half of the singles, with the desk's accounts."""

    sampled: Sampled
    house: House
    passwords: dict[str, str]
    cases: list[str]
    canary: str

    def row(self, ref: str, task: str = "random-1") -> SampleTaskRow:
        """A review's row."""
        with self.house.database.read() as session:
            return session.exec(
                select(SampleTaskRow).where(SampleTaskRow.case_ref == ref, SampleTaskRow.task == task)
            ).one()

    def path(self, ref: str, task: str = "random-1") -> str:
        """A review's page."""
        return f"/granska/{review_id(self.row(ref, task))}"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Four couples that are all drawn for blind reviews, and a canary among them."""
    folder = tmp_path_factory.mktemp("stickprov")
    made = sampled(folder, rates='{ensam: "1/20", par: "1"}', blind='"1"')
    accounts = folder / "accounts.json"
    passwords = {account: password for account, password, _ in create_demo_accounts(accounts)}
    ground = made.ground.house
    house = replace(ground, settings=ground.settings.model_copy(update={"accounts_file": accounts}))
    cases = [made.couple() for _ in range(4)]
    facts = {name: stored.value for name, stored in house.ledger.load(cases[0]).facts.items()}
    shown = Canary("2025-09", facts, "bifall", 900_000, "bifall", 700_000, blind=True)
    canary = Canaries(house.ledger, house.library, house.drawing()).plant(PROCESS, shown, CONTROLLER)
    yield Town(made, house, passwords, cases, canary)
    ground.close()


@pytest.fixture
async def visitor(town: Town) -> AsyncIterator[Visitor]:
    """Somebody who has not logged in."""
    visitor = Visitor(create_app(town.house), town.passwords)
    yield visitor
    await visitor.http.aclose()


async def test_a_blind_review_shows_facts_and_law_and_the_outcome_only_after_the_answer(
    visitor: Visitor, town: Town
) -> None:
    """No page of the review holds the amount of the decision until the reviewer has answered; then both stand there."""
    ref = town.cases[0]
    path = town.path(ref)
    await visitor.login("handlaggare")
    assert AMOUNT not in (await visitor.http.get("/granska")).text.replace("\u00a0", " ")
    assert "Börja granska" in (await visitor.http.get(path)).text
    assert (await visitor.post(f"{path}/svar", utfall="bifall", belopp="9000")).status_code in {303, 422}
    await visitor.post(f"{path}/borja")
    text = (await visitor.http.get(path)).text.replace("\u00a0", " ")
    assert "Provlag 2 §" in text
    assert "Inkomst" in text
    assert AMOUNT not in text
    assert "Beslutet</h2>" not in text
    assert (await visitor.http.get(f"/arende/{ref}")).status_code == 403
    answer = await visitor.post(f"{path}/svar", utfall="bifall", belopp="9 100", orsak="inkomst")
    assert answer.status_code == 303
    text = (await visitor.http.get(path)).text.replace("\u00a0", " ")
    assert AMOUNT in text
    assert "100 kr för lite" in text
    found = town.house.ledger.load(ref).tasks["random-1"].found
    assert found is not None
    assert (found.kind, found.difference_ore, found.cause, found.reviewer) == (
        "wrong_amount",
        -10_000,
        "inkomst",
        "handlaggare",
    )


async def test_nothing_tells_a_canary_from_a_case(visitor: Visitor, town: Town) -> None:
    """Of a canary the list, the page before and the review are those of a case, but for name and facts."""
    await visitor.login("handlaggare")
    pages = []
    for ref in (town.cases[1], town.canary):
        row = town.row(ref)
        path = f"/granska/{review_id(row)}"
        before = (await visitor.http.get(path)).text
        await visitor.post(f"{path}/borja")
        during = (await visitor.http.get(path)).text
        assert ref not in before + during
        known = r"Personnummer</dt><dd>\s*\d+"
        pages.append([re.sub(known, "", text.replace(review_id(row)[:8], "ID")) for text in (before, during)])
        pages[-1] = [re.sub(r"/granska/[ID0-9a-f]+", "", text) for text in pages[-1]]
    assert pages[0] == pages[1]


async def test_lists_and_searches_show_no_outcome_of_what_may_be_reviewed_blind(visitor: Visitor, town: Town) -> None:
    """The case stands in the list and among the hits, and its outcome does not, while a blind review is unanswered."""
    await visitor.login("sarskild")
    reference = town.house.ledger.load(town.cases[2]).reference
    for text in ((await visitor.http.get("/")).text, (await visitor.post("/sok", vad=reference)).text):
        row = next(part for part in text.split("<tr>") if reference in part)
        assert "Granskas blint" in row
        assert "Bifall" not in row


async def test_faults_in_an_answer_are_told_beside_the_field(visitor: Visitor, town: Town) -> None:
    """No outcome, no amount or no reason for "cannot tell": nothing is answered, and what was typed is kept."""
    path = town.path(town.cases[2])
    await visitor.login("handlaggare")
    await visitor.post(f"{path}/borja")
    for fields, words in (
        ({}, "Välj det utfall"),
        ({"utfall": "bifall", "belopp": "mycket"}, "Skriv ett belopp"),
        ({"utfall": "cannot_tell"}, "Skriv varför"),
    ):
        answer = await visitor.post(f"{path}/svar", **fields)
        assert answer.status_code == 422
        assert words in answer.text
    assert town.house.ledger.load(town.cases[2]).tasks["random-1"].found is None


async def test_the_third_person_settles_what_two_reviewers_saw_apart(visitor: Visitor, town: Town) -> None:
    """A disagreement stands in the list of others, who decide it; the controller's page counts it until then."""
    ref = town.cases[3]
    reviews = town.house.sample_reviews
    reviews.open(ref, "random-1", BO)
    reviews.answer(ref, "random-1", BO, Answer("bifall", Decimal(9100), cause="inkomst"))
    reviews.open(ref, "random-2", CIA)
    reviews.answer(ref, "random-2", CIA, Answer("bifall", Decimal(9000)))
    await visitor.login("controller")
    assert "Ett ärende där två granskare ser olika" in (await visitor.http.get("/controller/stickprov")).text
    path = f"/granska/avgor/{review_id(town.row(ref, 'random-2'))}"
    assert path in (await visitor.http.get("/granska?ko=avgor")).text
    assert "Beslutet och svaren" in (await visitor.http.get(path)).text
    assert (await visitor.post(path, utfall="bifall", belopp="9000")).status_code == 303
    settled = town.house.ledger.load(ref).settled
    assert settled is not None
    assert (settled.kind, settled.reviewer) == ("right", "controller")
    assert (await visitor.http.get(path)).status_code == 404


async def test_the_controllers_page_tells_the_bound_in_words_as_pdf_and_as_csv(visitor: Visitor, town: Town) -> None:
    """Page, CSV and PDF say the same of the period; an unknown period or process is not found."""
    await visitor.login("controller")
    text = (await visitor.http.get("/controller/stickprov")).text
    assert re.search(r"Med 95 % säkerhet är högst \d av 4 beslut fel\.", text)
    for lane in ("Slumpurval", "Riskurval", "Klagomål", "Kanariefåglar"):
        assert lane in text
    answer = await visitor.http.get(f"/controller/stickprov.csv?process={PROCESS}&period={PERIOD}")
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [(line["grupp"], line["beslut"]) for line in lines] == [("par", "4"), ("alla", "4")]
    pdf = await visitor.http.get("/controller/stickprov.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert (await visitor.http.get("/controller/stickprov?period=2024-01")).status_code == 404
    assert (await visitor.http.get("/controller/stickprov?process=finns_inte")).status_code == 404


async def test_a_rate_is_changed_by_a_named_person_who_has_seen_the_work(visitor: Visitor, town: Town) -> None:
    """Up at once and down from the next month, never below the process's own, and with a reason in the journal."""
    await visitor.login("controller")
    seen = await visitor.http.get(f"/controller/stickprov/plan?process={PROCESS}&grupp=ensam&andel=25")
    assert "Arbetet med den nya andelen" in seen.text
    wanted = {"process": PROCESS, "grupp": "ensam", "andel": "25"}
    assert "Skriv varför" in (await visitor.post("/controller/stickprov/andel", **wanted)).text
    assert (await visitor.post("/controller/stickprov/andel", **wanted, motivering="Ny regel")).status_code == 303
    lower = {**wanted, "andel": "10", "motivering": "Lugnt"}
    assert (await visitor.post("/controller/stickprov/andel", **lower)).status_code == 303
    below = await visitor.post("/controller/stickprov/andel", **{**lower, "andel": "1"})
    assert below.status_code == 422
    with town.house.database.read() as session:
        period = read_period(town.house.ledger.journal, session, PROCESS, PERIOD)
    assert period is not None
    assert (period.strata["ensam"].rate, period.falls["ensam"]) == (Fraction(1, 4), Fraction(1, 10))
    await town.sampled.periods.look()
    with town.house.database.read() as session:
        again = read_period(town.house.ledger.journal, session, PROCESS, PERIOD)
    assert again is not None
    assert (again.strata["ensam"].rate, again.falls["ensam"]) == (Fraction(1, 4), Fraction(1, 10))
    assert "Ny regel" in (await visitor.http.get("/controller/stickprov")).text


async def test_a_goal_is_set_by_a_named_person_who_has_seen_what_it_costs(visitor: Visitor, town: Town) -> None:
    """What was typed is shown as work first; with a reason it is in the journal, on the page and in the CSV file."""
    await visitor.login("controller")
    assert "Ingen har satt ett mål än" in (await visitor.http.get("/controller/stickprov")).text
    typed = {"process": PROCESS, "mal": "2,5", "kronor": "20 000", "senast": "2026-06"}
    seen = (await visitor.http.get("/controller/stickprov/plan", params=typed)).text
    assert "10 månader" in seen
    assert "Det nya målet blir högst 2,5" in seen.replace("\u00a0", " ")
    for wrong, words in (
        ({}, "Skriv varför"),
        ({"malets_skal": "Nämnden", "senast": "2025-08"}, "Månaden har redan varit"),
        ({"malets_skal": "Nämnden", "senast": "juni"}, "ÅÅÅÅ-MM"),
        ({"malets_skal": "Nämnden", "mal": "100"}, "mindre än 100 procent"),
    ):
        answer = await visitor.post("/controller/stickprov/mal", **{**typed, **wrong})
        assert answer.status_code == 422
        assert words in answer.text
    answer = await visitor.post("/controller/stickprov/mal", **typed, malets_skal="Nämnden vill det.")
    assert answer.status_code == 303
    with town.house.database.read() as session:
        stated = stated_goal(town.house.ledger.journal, session, PROCESS)
    assert stated is not None
    assert stated.goal == SampleGoal(Fraction(1, 40), 2_000_000, date(2026, 6, 1))
    assert (stated.by, stated.motivation) == ("controller", "Nämnden vill det.")
    page = (await visitor.http.get("/controller/stickprov")).text.replace("\u00a0", " ")
    for words in ("2,5 %", "20 000 kr", "juni 2026", "Nämnden vill det.", "Målet i kronor", "timmar i månaden"):
        assert words in page
    told = (await visitor.http.get("/controller/stickprov.csv")).text.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(told), delimiter=";"))
    assert {(line["mal_hogst_andel"], line["mal_hogst_for_mycket_kr"]) for line in lines} == {("0,0250", "20000,00")}


async def test_a_complaint_is_put_in_a_queue_of_its_own_with_a_reason(visitor: Visitor, town: Town) -> None:
    """Without queue or reason nothing is put there; then it waits among the complaints, and not in the random queue."""
    ref = town.cases[3]
    await visitor.login("controller")
    path = f"/controller/beslut/{ref}/ko"
    for fields in ({"motivering": "Klagade"}, {"ko": "klagomal"}):
        await visitor.post(path, **fields)
        assert "complaint-1" not in town.house.ledger.load(ref).tasks
    await visitor.post(path, ko="klagomal", motivering="Den sökande klagade på beloppet.")
    name = review_id(town.row(ref, "complaint-1"))
    assert name in (await visitor.http.get("/granska?ko=klagomal")).text
    assert name not in (await visitor.http.get("/granska")).text


@pytest.mark.parametrize("account", ["handlaggare", "drift", "utvecklare"])
async def test_the_figures_are_the_controllers(visitor: Visitor, account: str) -> None:
    """Nobody else sees figures, plan or exports; drift and authors see no reviews either."""
    await visitor.login(account)
    for path in ("/controller/stickprov", "/controller/stickprov/plan", "/controller/stickprov.csv"):
        assert (await visitor.http.get(path)).status_code == 403
    assert (await visitor.http.get("/granska")).status_code == (200 if account == "handlaggare" else 403)


def test_a_chart_shows_every_line_and_the_goal() -> None:
    """One line per series with dashes of its own, the goal in words, and names that cannot break out of the SVG."""
    points = (Point(date(2025, 9, 1), 1, 0, 0.9), Point(date(2025, 9, 2), 2, 1, 0.8))
    chart = bounds_over_time([Series("par", points), Series("<b>", points)], 0.05)
    assert chart.count("<polyline") == 2
    assert "mål 5\u00a0%" in chart
    assert "<b>" not in chart
    assert bounds_over_time([], 0.05) == ""
