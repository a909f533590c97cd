"""Who gets in, for how long, and how persons are found."""

from datetime import timedelta

import pytest

from tests.testbed.verksamhetssystem.ground import Ground
from tests.testbed.verksamhetssystem.typing_in import CASE, HOUSEHOLD
from tests.testbed.verksamhetssystem.visitor import Visitor


def test_a_wrong_password_is_refused(ground: Ground) -> None:
    """Neither a wrong password nor an unknown user gets in, and the answer does not tell which it was."""
    for user in ("robot", "nobody"):
        page = Visitor(ground.url).log_in(user, "wrong")
        assert (page.heading, page.errors) == ("Logga in", ["Fel användarnamn eller lösenord."])


def test_pages_need_a_login(ground: Ground) -> None:
    """A page without a session leads to the login, without talk of a session that never was."""
    page = Visitor(ground.url).get("/sok")
    assert page.heading == "Logga in"
    assert "Din session" not in page.body


def test_logged_in_pages_say_who(visitor: Visitor) -> None:
    """A logged-in page names the user and lets them out."""
    page = visitor.get("/sok")
    assert "Inloggad som robot" in page.body
    assert visitor.post("/logga-ut", {}).heading == "Logga in"
    assert visitor.get("/sok").heading == "Logga in"


def test_a_session_ends_when_unused(ground: Ground, visitor: Visitor) -> None:
    """The time-out counts from the last use, and the login then says that the session has ended."""
    for _ in range(3):
        ground.clock.advance(timedelta(minutes=19))
        assert visitor.get("/sok").heading == "Sök person"
    ground.clock.advance(timedelta(minutes=21))
    page = visitor.get(CASE)
    assert page.heading == "Logga in"
    assert "Din session har gått ut." in page.body


def test_nothing_is_stored_after_the_session_has_ended(ground: Ground, visitor: Visitor) -> None:
    """A form posted after the time-out stores nothing and leads to the login."""
    visitor.get(f"{CASE}/berakning/ny")
    ground.clock.advance(timedelta(minutes=21))
    assert visitor.post(f"{CASE}/berakning/ny", HOUSEHOLD).heading == "Logga in"
    visitor.log_in("robot", "robot-prov")
    assert "B-000002" not in visitor.get(CASE).body


@pytest.mark.parametrize("written", ["199006022397", "19900602-2397", " 19900602-2397 "])
def test_a_person_is_found_in_both_spellings(visitor: Visitor, written: str) -> None:
    """Twelve digits with or without the hyphen lead to the person's page."""
    page = visitor.fill("/sok", {"personnummer": written})
    assert page.heading == "Anna Exempel"
    assert page.shown("Personnummer") == "19900602-2397"
    assert page.shown("Utbetalningssätt") == "Bankkonto 0000-0 000 000 0, Anna Exempel"
    assert "199006022397" not in page.path


def test_a_temporary_number_is_found(visitor: Visitor) -> None:
    """A temporary number with a letter is searched as any other."""
    assert visitor.fill("/sok", {"personnummer": "19880209-t050"}).heading == "Doris Exempel"


def test_nobody_found_and_wrong_form_are_told_apart(visitor: Visitor) -> None:
    """A number that nobody has is an answer; one that is no number is an error."""
    page = visitor.fill("/sok", {"personnummer": "191212121212"})
    assert "Ingen person hittades." in page.body
    assert page.errors == []
    page = visitor.fill("/sok", {"personnummer": "9006022397"})
    assert page.errors == ["Personnummer ska ha 12 tecken, ÅÅÅÅMMDD-NNNN"]
    assert 'value="9006022397"' in page.body


@pytest.mark.parametrize("path", ["/arende/EB-9", "/berakning/B-000009", "/beslut/BE-9", "/person/99", "/nowhere"])
def test_what_does_not_exist_is_a_page_in_swedish(visitor: Visitor, path: str) -> None:
    """An address of nothing answers 404 with a page of the system."""
    page = visitor.get(path)
    assert (page.status, page.heading) == (404, "Sidan finns inte")


def test_a_form_without_its_token_is_refused(visitor: Visitor) -> None:
    """A post whose CSRF token or form key is missing stores nothing."""
    visitor.get(f"{CASE}/journal/ny")
    for stolen in ({"csrf": "x"}, {"form_key": ""}):
        page = visitor.post(f"{CASE}/journal/ny", {"heading": "R", "text": "T", **stolen})
        assert (page.status, page.heading) == (403, "Formuläret är för gammalt")
        visitor.get(f"{CASE}/journal/ny")
