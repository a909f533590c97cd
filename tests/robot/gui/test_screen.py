"""What a screen file may say."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from robot.gui.browser import WITH_WINDOW, BrowserMissingError, find_browser
from robot.gui.fill import plan_screen
from tests.robot.gui.municipality import SCREENS, VALUES
from tests.robot.gui.municipality import screen as real_screen
from tests.robot.gui.odd import SCREEN, screen


@pytest.mark.parametrize("name", sorted(path.stem for path in SCREENS.glob("*.yaml")))
def test_every_screen_is_named_as_its_file_and_knows_its_names(name: str) -> None:
    """The names that a screen mentions are what the rules must give, each with its place in the file."""
    file = real_screen(name)
    assert file.id == name
    assert {found.name for found in file.names()} <= set(VALUES)
    assert all(found.kind == "value" and found.path for found in file.names())


def test_a_plan_shows_every_field_as_it_will_be_written() -> None:
    """The plan is pure: page, label, row and text, in the order of the pages."""
    planned = [(field.page, field.place, field.value) for field in plan_screen(real_screen("berakning"), VALUES)]
    assert ("Ny beräkning – hushåll", "Norm rad 2", "Barn 7-10 år") in planned
    assert ("Ny beräkning – hushåll", "Avvikande dagar rad 1", "") in planned
    assert ("Ny beräkning – inkomster", "Jobbstimulans sökande", "Ja") in planned
    assert ("Ny beräkning – utgifter", "Godkänt belopp rad 1", "6500,00") in planned


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"save": None}, "a write screen needs `save` and `look`"),
        ({"look": [{"heading": "Formulär"}]}, "the last page of `look` must compare something"),
        ({"kind": "read", "save": None, "look": []}, "a read screen fills nothing"),
        (
            {"pages": [{"heading": "A", "heading_starts": "A"}]},
            "`heading`, `heading_starts`, `dialog` and `message`",
        ),
        ({"pages": [{"press": "A", "find_row": {"table": "T", "where": {"A": "a"}}}]}, "a page is left once"),
        ({"pages": [{"fields": {"A": {"value": "a", "text": "b"}}}]}, "give exactly one of `value`"),
        ({"pages": [{"fields": {"A": {"value": "a", "type": "belopp"}}}]}, "Input should be 'text'"),
        ({"pages": [{"xpath": "//input"}]}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_screen_file_is_refused_with_what_to_do(change: dict[str, Any], words: str) -> None:
    """Every fault of a screen file is told before any page is opened."""
    with pytest.raises(ValidationError, match=words):
        screen(**change)
    assert SCREEN["save"]


def test_the_browser_is_the_one_that_is_named_or_the_first_in_the_path() -> None:
    """ARENDE_BROWSER goes first, then the headless shell; a name that cannot be run is an error, never a guess."""
    installed = {"chromium": "/usr/bin/chromium", "google-chrome": "/usr/bin/google-chrome"}
    assert find_browser({}, installed.get) == "/usr/bin/chromium"
    assert find_browser({"ARENDE_BROWSER": "google-chrome"}, installed.get) == "/usr/bin/google-chrome"
    assert find_browser({}, lambda _: None) is None
    shell = {"chromium-headless-shell": "/usr/bin/chromium-headless-shell", **installed}
    assert find_browser({}, shell.get) == "/usr/bin/chromium-headless-shell"
    assert find_browser({}, shell.get, in_path=WITH_WINDOW) == "/usr/bin/chromium"
    with pytest.raises(BrowserMissingError, match="ARENDE_BROWSER=/nowhere cannot be run"):
        find_browser({"ARENDE_BROWSER": str(Path("/nowhere"))}, installed.get)
