"""Who may see what."""

import pytest

from tests.desk.conftest import Town, Visitor, routes

PAGES = {"/": "handlaggare", "/sok": "handlaggare", "/controller": "controller", "/controller/siffror": "controller"}
PAGES |= {"/controller/beslut.csv": "controller", "/drift": "drift", "/utvecklare": "utvecklare"}
PAGES |= {"/utvecklare/ekonomiskt_bistand": "utvecklare"}


@pytest.mark.parametrize("path", PAGES)
async def test_nobody_sees_a_page_without_logging_in(visitor: Visitor, path: str) -> None:
    """Every page but help, accessibility and login sends a stranger to the login."""
    answer = await visitor.http.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/logga-in?till={path}")


@pytest.mark.parametrize("account", ["handlaggare", "controller", "drift", "utvecklare"])
async def test_a_role_opens_its_own_pages_only(visitor: Visitor, account: str) -> None:
    """A page answers its role, refuses other roles, and the start page sends them home."""
    await visitor.login(account)
    for path, role in PAGES.items():
        expected = 200 if role == account else 303 if path == "/" else 403
        assert (await visitor.http.get(path)).status_code == expected, path


async def test_every_path_is_closed_to_strangers(visitor: Visitor, town: Town) -> None:
    """No route with personal data answers without a session, whatever its method."""
    open_ = {"/logga-in", "/logga-in/oidc", "/logga-in/oidc/klar", "/hjalp", "/tillganglighet", "/healthz", "/readyz"}
    values = {"ref": town.cases["refund"], "fact": "inkomster", "name": "beslutsbrev", "process": "ekonomiskt_bistand"}
    for route in routes():
        if route.path in {*open_, "/logga-ut"}:
            continue
        path = route.path.format(**values)
        answer = await (visitor.post(path) if "POST" in (route.methods or ()) else visitor.http.get(path))
        assert answer.status_code in {303, 401}, (route.path, answer.status_code)


async def test_a_restricted_case_does_not_exist_without_the_right(handlaggare: Visitor, town: Town) -> None:
    """List, counts, search and address give the same answer as for a case that is not there."""
    ref = town.cases["protected"]
    listed = (await handlaggare.http.get("/")).text
    assert ref not in listed
    assert town.cases["refund"] in listed
    assert "Skyddade uppgifter" not in listed
    absent = await handlaggare.http.get("/arende/c_" + "0" * 32)
    found = await handlaggare.http.get(f"/arende/{ref}")
    assert (found.status_code, found.text) == (404, absent.text.replace("c_" + "0" * 32, ref))
    for action in ("godkann", "besluta", "fraga", "svar", "ta-over", "andra/inkomster"):
        assert (await handlaggare.post(f"/arende/{ref}/{action}")).status_code == 404
    hits = await handlaggare.post("/sok", vad="19010413-2386")
    assert "Inga ärenden hittades" in hits.text
    assert town.reads("protected") == []


async def test_the_special_group_sees_restricted_cases(visitor: Visitor, town: Town) -> None:
    """With the right `skyddade` the case is listed and opens, and cannot be given back to the robot."""
    await visitor.login("sarskild")
    ref = town.cases["protected"]
    assert ref in (await visitor.http.get("/")).text
    page = (await visitor.http.get(f"/arende/{ref}")).text
    assert "Skyddade uppgifter" in page
    assert "/godkann" not in page
    assert "/besluta" not in page


async def test_counts_and_figures_leave_restricted_cases_out(visitor: Visitor, town: Town) -> None:
    """A controller without the right counts one protected and one unclear case less."""
    await visitor.login("controller")
    figures = (await visitor.http.get("/controller/siffror")).text
    assert f'<td class="amount">{len(town.cases) - 2}</td>' in figures
    assert town.cases["protected"] not in (await visitor.http.get("/controller")).text
    assert (await visitor.http.get(f"/controller/beslut/{town.cases['protected']}")).status_code == 404


async def test_every_opening_is_journalled(handlaggare: Visitor, town: Town) -> None:
    """Opening a case, its letter, a form of it, or finding it in a search is journalled with who and why."""
    ref, before = town.cases["refund"], len(town.reads("refund"))
    await handlaggare.post("/sok", vad="19900602-2397")
    await handlaggare.http.get(f"/arende/{ref}?skal=sokning")
    await handlaggare.http.get(f"/arende/{ref}")
    await handlaggare.http.get(f"/arende/{ref}/brev/beslutsbrev")
    assert [why for _, why in town.reads("refund")[before:]] == ["sökning", "sökning", "handläggning", "handläggning"]


async def test_a_controller_reads_as_review(visitor: Visitor, town: Town) -> None:
    """A controller's reading says that it was a review."""
    await visitor.login("controller")
    assert (await visitor.http.get(f"/controller/beslut/{town.cases['decided']}")).status_code == 200
    assert town.reads("decided") == [("controller", "granskning")]


async def test_a_personal_number_never_stands_in_an_address(handlaggare: Visitor, town: Town) -> None:
    """The search is a POST, finds the person's case, and no link in the answer holds the number."""
    page = (await handlaggare.post("/sok", vad="19900602-2397")).text
    assert f'href="/arende/{town.cases["refund"]}?skal=sokning"' in page
    assert "199006022397" not in page
    assert (await handlaggare.http.get("/sok?vad=199006022397")).text.count("199006022397") == 0


async def test_a_case_is_found_by_its_reference(handlaggare: Visitor, town: Town) -> None:
    """The reference of letters and lists finds the case, however it is written."""
    reference = town.house.ledger.load(town.cases["refund"]).reference
    assert town.cases["refund"] in (await handlaggare.post("/sok", vad=reference.lower())).text
    assert (await handlaggare.post("/sok", vad="hej")).status_code == 422
