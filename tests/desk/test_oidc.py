"""Login at an OpenID Connect issuer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from desk.app import create_app
from testbed.serve import Server
from tests.desk import world
from tests.desk.issuer import CLIENT, build_issuer


@contextmanager
def _desk(folder: Path, claims: dict[str, Any]) -> Iterator[str]:
    """The address of a desk that knows one issuer, who says this of everybody."""
    with Server(build_issuer(claims, now=int(time.time())), name="issuer") as issuer:
        settings = {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT, "oidc_client_secret": "shared"}
        house = world.build(folder, **settings)
        with Server(create_app(house), name="desk") as desk:
            yield desk.url
        house.close()


@pytest.mark.parametrize(("roles", "start"), [(["controller", "annat"], "/controller"), (["drift"], "/drift")])
def test_a_login_at_the_issuer_opens_the_desk(tmp_path: Path, roles: list[str], start: str) -> None:
    """The issuer's roles are the desk's roles, and the first page is the role's own."""
    claims = {"preferred_username": "kim", "name": "Kim Exempel", "roles": roles}
    with _desk(tmp_path / "data", claims) as url, httpx.Client(base_url=url, follow_redirects=True) as http:
        assert "Lösenord" not in http.get("/logga-in").text
        page = http.get("/logga-in/oidc")
        assert (page.status_code, page.url.path) == (200, start)
        assert "Kim Exempel" in page.text


@pytest.mark.parametrize("roles", [[], ["skyddade"], "drift", None, ["annat"]])
def test_a_login_without_a_role_opens_nothing(tmp_path: Path, roles: Any) -> None:
    """No role, only the right to restricted cases, or roles in another form: the login is refused with the reason."""
    with (
        _desk(tmp_path / "data", {"name": "Kim Exempel", "roles": roles}) as url,
        httpx.Client(base_url=url, follow_redirects=True) as http,
    ):
        page = http.get("/logga-in/oidc")
        assert page.status_code == 403
        assert "Du har ingen roll i skrivbordet." in page.text
        assert http.get("/drift", follow_redirects=False).status_code == 303


def test_an_answer_nobody_asked_for_is_refused(tmp_path: Path) -> None:
    """A code that comes without a login that was begun here opens nothing."""
    with (
        _desk(tmp_path / "data", {"roles": ["drift"]}) as url,
        httpx.Client(base_url=url, follow_redirects=True) as http,
    ):
        assert http.get("/logga-in/oidc/klar?code=code-1&state=fel").status_code == 403
        assert http.get("/drift", follow_redirects=False).status_code == 303
