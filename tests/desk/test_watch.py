"""What those who watch the desk may read."""

from tests.desk.conftest import Visitor


async def test_the_checks_are_named_without_their_words(visitor: Visitor) -> None:
    """A stranger learns whether the desk can work, and nothing of where it lies."""
    answer = await visitor.http.get("/readyz")
    assert (answer.status_code, set(answer.text.split("\n"))) == (
        200,
        {"database: ok", "schema: ok", "keys: ok", "journal: ok", "log: ok", "disk: ok", ""},
    )


async def test_figures_are_for_drift(visitor: Visitor) -> None:
    """The figures answer role drift, send strangers to the login, and are refused to other roles."""
    assert (await visitor.http.get("/metrics")).status_code == 303
    await visitor.login("handlaggare")
    assert (await visitor.http.get("/metrics")).status_code == 403
    await visitor.login("drift")
    answer = await visitor.http.get("/metrics")
    assert answer.status_code == 200
    assert 'arende_cases{process="ekonomiskt_bistand",status="closed"}' in answer.text
