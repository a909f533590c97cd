"""What the pages say."""

import csv
import io

from desk import queries
from desk.roles import User
from robot.swedish.words import label
from tests.desk.conftest import Town, Visitor


async def test_the_list_says_why_and_when(handlaggare: Visitor, town: Town) -> None:
    """A case in the list has its month, reasons, proposal and day; the stickprov is marked in words."""
    page = (await handlaggare.http.get("/")).text
    for text in ("september 2025", "Skatteåterbäring stämmer inte", "Ny inkomst", "Bifall", "23 september 2025"):
        assert text in page
    assert "Stickprov" in page


async def test_the_list_is_filtered(handlaggare: Visitor, town: Town) -> None:
    """The reason filter shows the cases with that reason and no other; late shows none when nothing is late."""
    page = (await handlaggare.http.get("/?skal=skatteaterbaring_redovisad")).text
    assert town.cases["refund"] in page
    assert town.cases["income"] not in page
    assert "Inga ärenden med det urvalet." in (await handlaggare.http.get("/?sena=ja")).text


def test_pages_of_the_list_meet_without_gap_or_repeat(town: Town) -> None:
    """Following the key from page to page gives every case once, in order."""
    user = User("x", "x", frozenset({"handlaggare", "skyddade"}))
    seen: list[str] = []
    after, size = "", queries.PAGE
    queries.PAGE = 2
    try:
        while True:
            with town.house.database.read() as session:
                wanted = queries.WorkFilter()
                found = queries.waiting(session, user, wanted, now=town.house.clock.now(), after=after)
            seen += [row.ref for row in found.rows]
            after = found.after
            if not after:
                break
    finally:
        queries.PAGE = size
    waiting = {town.cases[name] for name in ("refund", "income", "avslag", "protected", "picked", "silent")}
    assert (len(seen), set(seen)) == (len(waiting), waiting)


async def test_a_case_shows_reason_proposal_sources_and_law(handlaggare: Visitor, town: Town) -> None:
    """Why, proposal, every fact with its source, the calculation with law, and the letter are on one page."""
    page = (await handlaggare.http.get(f"/arende/{town.cases['refund']}")).text
    for text in (
        "Varför ärendet är hos dig",
        "2\u00a0946\u00a0kr",
        "Utbetald skatteåterbäring",
        "Skatteverket, 16 september 2025 kl. 08.00",
        "SoL (2025:400) 12 kap.",
        "Riksnorm",
        "Förhandsgranska brevet",
        "Ansökan togs emot",
    ):
        assert text in page, text


async def test_last_month_stands_beside_this_month(handlaggare: Visitor, town: Town) -> None:
    """The same tables of the case system, row by row, with what is new in words."""
    page = (await handlaggare.http.get(f"/arende/{town.cases['income']}")).text
    assert "Boendekostnad" in page
    assert "Övriga inkomster" in page
    assert "Ny</td>" in page
    assert "Samma</td>" in page


async def test_a_missing_answer_is_told_with_its_cause(handlaggare: Visitor, town: Town) -> None:
    """A register that did not answer is named as missing, and the calculation says what it cannot know."""
    page = (await handlaggare.http.get(f"/arende/{town.cases['silent']}")).text
    assert "Skatteverket svarar inte." in page
    assert "Saknas" in page


async def test_a_closed_case_shows_what_was_written_and_how_it_is_known(visitor: Visitor, town: Town) -> None:
    """The explanation has decision, version, ticket, receipts and the path of each proof."""
    await visitor.login("controller")
    page = (await visitor.http.get(f"/controller/beslut/{town.cases['decided']}")).text
    version = town.row("decided").version
    for text in (version, "1/20", "K-000041", "uppslagning i ärendet", "punkt 3.1", "Automatiserad beslutsfunktion"):
        assert text in page, text


async def test_the_letter_is_shown_as_it_would_be_sent(handlaggare: Visitor, town: Town) -> None:
    """The preview is the letter itself with its style sheet, and may run nothing."""
    answer = await handlaggare.http.get(f"/arende/{town.cases['refund']}/brev/beslutsbrev")
    assert "Beslut om ekonomiskt bistånd för september 2025" in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    sheet = await handlaggare.http.get(f"/arende/{town.cases['refund']}/brev/brev.css")
    assert (sheet.status_code, sheet.headers["content-type"].split(";")[0]) == (200, "text/css")
    for name in ("..%2Fprocess.yaml", "finns.css", "%2e%2e%2f%2e%2e%2fx.css"):
        assert (await handlaggare.http.get(f"/arende/{town.cases['refund']}/brev/{name}")).status_code == 404


async def test_the_decision_log_is_filtered_and_exported(visitor: Visitor, town: Town) -> None:
    """The filters choose, and the file has the same decisions with amounts and without anybody's name or number."""
    await visitor.login("controller")
    assert town.cases["decided"] in (await visitor.http.get("/controller?av=robot&stickprov=nej")).text
    assert town.cases["decided"] not in (await visitor.http.get("/controller?stickprov=ja")).text
    assert (await visitor.http.get("/controller?manad=2025-13")).status_code == 400
    answer = await visitor.http.get("/controller/beslut.csv?manad=2025-09")
    text = answer.text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert {row["beslutat_av"] for row in rows} == {"robot"}
    assert {row["stickprov"] for row in rows} == {"ja", "nej"}
    assert all(row["belopp_kr"].replace(",", "").isdigit() for row in rows)
    assert "Testsson" not in text
    assert "handlaggare" not in text


async def test_drift_sees_work_and_refusals_without_values(visitor: Visitor, town: Town) -> None:
    """The state of the queue, and a refused delivery's faults by place and kind."""
    await visitor.login("drift")
    page = (await visitor.http.get("/drift")).text
    assert "ansokan_id" in page
    assert "Testsson" not in page
    await visitor.post("/drift/journal")
    page = (await visitor.http.get("/drift")).text
    assert "Hel och oförändrad" in page


async def test_authors_see_amounts_in_force_on_a_day(visitor: Visitor) -> None:
    """A day in 2024 shows that year's amounts with source and mark; a year without says when the last ended."""
    await visitor.login("utvecklare")
    page = (await visitor.http.get("/utvecklare/ekonomiskt_bistand?dag=2025-09-01")).text
    assert "SFS 2025:468" in page
    assert "Hyran är över kommunens gräns" in page
    late = (await visitor.http.get("/utvecklare/ekonomiskt_bistand?dag=2040-01-01")).text
    assert "Det sista tog slut" in late
    assert (await visitor.http.get("/utvecklare/finns_inte")).status_code == 404


async def test_the_desk_says_that_it_is_up(visitor: Visitor) -> None:
    """Those who watch get plain answers without a session."""
    for path in ("/healthz", "/readyz"):
        answer = await visitor.http.get(path)
        assert (answer.status_code, "ok" in answer.text) == (200, True)


def test_names_get_their_letters_back() -> None:
    """What people read has å, ä and ö."""
    assert label("raknade_inkomster") == "Räknade inkomster"
    assert label("sarskilda_utgifter") == "Särskilda utgifter"
    assert label("ekonomiskt_bistand") == "Ekonomiskt bistånd"


async def test_a_sent_letter_is_shown_as_it_was_sent(handlaggare: Visitor, town: Town) -> None:
    """Once a letter is sent, the page shows the text that was sent and no preview."""
    ref = town.cases["decided"]
    page = (await handlaggare.http.get(f"/arende/{ref}")).text
    assert "Läs brevet som skickades" in page
    assert "Förhandsgranska brevet" not in page
    sent = next(
        one.values["content"] for one in town.entries("decided") if one.entry.body.get("effect") == "brev.beslutsbrev"
    )
    assert isinstance(sent, dict)
    assert (await handlaggare.http.get(f"/arende/{ref}/brev/beslutsbrev")).text == sent["text"]
