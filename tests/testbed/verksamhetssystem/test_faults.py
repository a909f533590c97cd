"""Faults hit the page they name, as often as they say, and leave the stored data as a real fault would."""

import json
import time
from dataclasses import asdict

import pytest

from testbed.verksamhetssystem.app import page_names
from testbed.verksamhetssystem.faults import Fault, FaultKind, Faults
from testbed.verksamhetssystem.web import FOLDER
from tests.testbed.verksamhetssystem.ground import Ground
from tests.testbed.verksamhetssystem.typing_in import CASE
from tests.testbed.verksamhetssystem.visitor import Visitor, truth

NOTE = {"heading": "Beslut", "text": "Text"}


def _notes(ground: Ground) -> int:
    stored: int = truth(ground.truth_url, "/counts")["notes"]["stored"]
    return stored


def test_a_fault_counts_its_requests() -> None:
    """The first `after` requests of the page pass, then `times` are hit, then the page is well again."""
    faults = Faults([Fault(FaultKind.ERROR_500, "sok", after=1, times=2), Fault(FaultKind.DIALOG, "arende")])
    hits = [list(faults.for_request("sok")) for _ in range(4)]
    assert hits == [[], [FaultKind.ERROR_500], [FaultKind.ERROR_500], []]
    assert list(faults.for_request("arende")) == [FaultKind.DIALOG]


def test_every_page_has_a_name_of_its_own_in_the_readme() -> None:
    """Every page and every save can be named by itself, and the README knows the name."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(set(page_names())) == len(page_names())
    assert [name for name in page_names() if f"`{name}`" not in readme] == []


def test_a_page_answers_500_in_swedish(ground: Ground, visitor: Visitor) -> None:
    """The error page has the system's own heading, and a save that answers 500 has stored nothing."""
    visitor.get(f"{CASE}/journal/ny")
    ground.faults.replace([Fault(FaultKind.ERROR_500, "spara_anteckning", times=1)])
    page = visitor.post(f"{CASE}/journal/ny", NOTE)
    assert (page.status, page.heading) == (500, "Ett fel inträffade")
    assert _notes(ground) == 1


def test_a_lost_answer_has_stored(ground: Ground, visitor: Visitor) -> None:
    """The connection breaks after the commit; the same form key then leads to the receipt of what was stored."""
    page = visitor.get(f"{CASE}/journal/ny")
    ground.faults.replace([Fault(FaultKind.LOST_ANSWER, "spara_anteckning", times=1)])
    with pytest.raises(ConnectionError):
        visitor.post(f"{CASE}/journal/ny", NOTE)
    assert _notes(ground) == 2
    again = visitor.send(
        f"{CASE}/journal/ny", {**NOTE, "csrf": page.hidden("csrf"), "form_key": page.hidden("form_key")}
    )
    assert again.shown("Anteckningsnummer") == "A-000002"
    assert _notes(ground) == 2


def test_a_reset_has_stored_nothing(ground: Ground, visitor: Visitor) -> None:
    """The connection breaks before the save is handled."""
    visitor.get(f"{CASE}/journal/ny")
    ground.faults.replace([Fault(FaultKind.RESET, "spara_anteckning", times=1)])
    with pytest.raises(ConnectionError):
        visitor.post(f"{CASE}/journal/ny", NOTE)
    assert _notes(ground) == 1


def test_the_session_can_end_between_two_requests(ground: Ground, visitor: Visitor) -> None:
    """After N requests the session ends: the save is not made and the login says why."""
    ground.faults.replace([Fault(FaultKind.SESSION_END, after=1, times=1)])
    visitor.get(f"{CASE}/journal/ny")
    page = visitor.post(f"{CASE}/journal/ny", NOTE)
    assert "Din session har gått ut." in page.body
    assert _notes(ground) == 1


@pytest.mark.parametrize("kind", [FaultKind.SLOW, FaultKind.SLOW_ANSWER])
def test_a_slow_save_is_still_a_save(ground: Ground, visitor: Visitor, kind: FaultKind) -> None:
    """A slow request takes its time and is then answered as usual."""
    visitor.get(f"{CASE}/journal/ny")
    ground.faults.replace([Fault(kind, "spara_anteckning", seconds=0.2)])
    began = time.monotonic()
    assert visitor.post(f"{CASE}/journal/ny", NOTE).heading == "Anteckningen är sparad"
    assert time.monotonic() - began >= 0.2


def test_faults_are_switched_over_http(ground: Ground, visitor: Visitor) -> None:
    """The truth app's switch puts faults in force in the running case system."""
    fault = Fault(FaultKind.DIALOG, "sok")
    switch = Visitor(ground.truth_url)
    body = json.dumps([asdict(fault)])
    assert switch.ask("PUT", "/_testbed/faults", body, **{"Content-Type": "application/json"}).status == 200
    assert truth(ground.truth_url, "/_testbed/faults") == [asdict(fault)]
    assert "Systemet stängs för underhåll" in visitor.get("/sok").body
    assert (
        switch.ask("PUT", "/_testbed/faults", '[{"kind": "sol"}]', **{"Content-Type": "application/json"}).status == 422
    )
