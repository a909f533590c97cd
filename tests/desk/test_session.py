"""Login, sessions, forms and headers."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from audit.clock import ManualClock
from desk.accounts import Accounts, AccountsError, create_demo_accounts
from desk.app import DeskError, create_app
from tests.desk import world
from tests.desk.conftest import Town, Visitor, routes


async def test_a_wrong_password_says_nothing_about_the_account(visitor: Visitor) -> None:
    """An unknown account and a wrong password get the same answer, and what was typed as account stays."""
    for account in ("handlaggare", "finns-inte"):
        answer = await visitor.post("/logga-in", konto=account, losenord="fel")
        assert answer.status_code == 422
        assert "Kontot eller lösenordet stämmer inte." in answer.text
        assert f'value="{account}"' in answer.text


async def test_guessing_is_slowed_down(visitor: Visitor, town: Town) -> None:
    """After five failures the right password has to wait a quarter too."""
    for _ in range(5):
        await visitor.post("/logga-in", konto="drift", losenord="fel")
    right = {"konto": "drift", "losenord": town.passwords["drift"]}
    assert (await visitor.post("/logga-in", **right)).status_code == 429
    assert isinstance(town.house.clock, ManualClock)
    town.house.clock.advance(timedelta(minutes=15))
    assert (await visitor.post("/logga-in", **right)).status_code == 303


async def test_a_session_ends(handlaggare: Visitor, town: Town) -> None:
    """A session ends at logout, and by itself after ten hours."""
    assert (await handlaggare.http.get("/")).status_code == 200
    assert isinstance(town.house.clock, ManualClock)
    town.house.clock.advance(timedelta(hours=10, seconds=1))
    assert (await handlaggare.http.get("/")).status_code == 303
    await handlaggare.login("handlaggare")
    await handlaggare.post("/logga-ut")
    assert (await handlaggare.http.get("/")).status_code == 303


async def test_login_leads_back_but_never_away(visitor: Visitor, town: Town) -> None:
    """After login the page that was asked for opens; an address of another site does not."""
    right = {"konto": "handlaggare", "losenord": town.passwords["handlaggare"]}
    for asked, opened in (
        ("/sok", "/sok"),
        ("//example.com", "/"),
        ("https://example.com", "/"),
        ("/\\example.com", "/"),
    ):
        assert (await visitor.post("/logga-in", till=asked, **right)).headers["location"] == opened


async def test_every_form_needs_the_session_s_token(handlaggare: Visitor, town: Town) -> None:
    """A POST without the token, or with another one, changes nothing, on every route."""
    values = {"ref": town.cases["refund"], "fact": "inkomster", "name": "en-granskning"}
    before = town.row("refund").revision
    posts = [one for one in routes() if "POST" in (one.methods or ())]
    assert len(posts) >= 9
    for route in posts:
        if route.path.startswith("/api/"):
            continue
        for data in ({}, {"csrf": "fel", "motivering": "x"}):
            answer = await handlaggare.http.post(route.path.format(**values), data=data)
            assert answer.status_code == 403, route.path
            assert "Sidan har blivit för gammal" in answer.text
    assert town.row("refund").revision == before


async def test_nothing_from_other_sites_runs_or_frames(handlaggare: Visitor) -> None:
    """Every answer forbids inline script and style, frames, other sites, and being kept."""
    for path in ("/", "/hjalp", "/finns-inte"):
        headers = (await handlaggare.http.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_cookies_are_kept_to_https_when_there_is_https(town: Town) -> None:
    """Behind HTTPS the cookie is Secure, HttpOnly and bound to the host; it is never readable by scripts."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(town.house, secure=True)), base_url="https://desk.example.se"
    ) as http:
        answer = await http.get("/logga-in")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-arende_desk=")
    for mark in ("secure", "httponly", "samesite=lax", "path=/"):
        assert mark in cookie
    assert "strict-transport-security" in answer.headers


def test_a_desk_that_nobody_can_log_in_to_does_not_start(tmp_path: Path) -> None:
    """Without OIDC and accounts the message says how to get either."""
    house = world.build(tmp_path / "data")
    with pytest.raises(DeskError, match=r"ARENDE_OIDC_ISSUER.*--create-accounts"):
        create_app(house)
    house.close()


def test_accounts_are_made_once_and_kept_as_hashes(tmp_path: Path) -> None:
    """The file never holds a password, is the owner's only, and is not made twice."""
    path = tmp_path / "accounts.json"
    made = create_demo_accounts(path)
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text(encoding="utf-8")
    assert all(password not in text for _, password, _ in made)
    account, password, _ = made[0]
    accounts = Accounts.read(path)
    assert accounts.login(account, password) is not None
    assert accounts.login(account, password + "x") is None
    with pytest.raises(AccountsError, match="exists already"):
        create_demo_accounts(path)
    path.write_text(text.replace('"roles": [\n      "drift"', '"roles": [\n      "gud"'), encoding="utf-8")
    with pytest.raises(AccountsError, match="unknown roles: gud"):
        Accounts.read(path)


async def test_errors_are_told_in_swedish_without_details(handlaggare: Visitor) -> None:
    """An unknown page and an impossible address are told kindly."""
    assert "Sidan finns inte" in (await handlaggare.http.get("/finns-inte")).text
    answer = await handlaggare.http.get("/?efter=%27%20OR%201=1")
    assert answer.status_code == 400
    assert "Det går inte att förstå adressen" in answer.text
