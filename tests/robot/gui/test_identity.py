"""Whose page it is."""

from dataclasses import replace

import pytest

from robot.gui.failure import GuiFailure
from robot.gui.identity import check_person, must_show_person
from robot.gui.seen import Seen
from tests.robot.gui.municipality import PERSON

PAGE = Seen("/", False, "Ärende", ("Ärende",), (True,), (), (), (), None, (), "", (), (), (), ())


def banner(*texts: str) -> Seen:
    """A page with these banners."""
    return replace(PAGE, banner=texts)


@pytest.mark.parametrize("shown", ["19900602-2397", "199006022397"])
def test_the_number_is_the_same_in_every_spelling(shown: str) -> None:
    """With or without a hyphen it is the same person."""
    must_show_person(banner(f"Ärendet gäller Personnummer {shown} Ärendenummer EB-1001"), "x", [PERSON, "EB-1001"])


@pytest.mark.parametrize(
    "shown",
    [
        "Personnummer 19910717-2380 Ärendenummer EB-1001",
        "Personnummer 19900602-2397 Ärendenummer EB-10011",
        "Personnummer 19900602-2397 och 19910717-2380 Ärendenummer EB-1001",
        "Ärendenummer EB-1001",
    ],
)
def test_another_person_or_case_is_never_ours(shown: str) -> None:
    """Another number, a longer case number, a second person or no number at all goes to a person."""
    with pytest.raises(GuiFailure) as caught:
        check_person(banner(shown), [PERSON, "EB-1001"])
    assert (caught.value.kind, caught.value.code) == ("human", "fel_person")


@pytest.mark.parametrize("shown", [(), ("19900602-2397", "19900602-2397")])
def test_a_page_must_tell_once_whose_it_is(shown: tuple[str, ...]) -> None:
    """Without a banner, or with two, the screen is another one than its file describes."""
    with pytest.raises(GuiFailure, match="skarmen_andrad"):
        must_show_person(banner(*shown), "Ärendet gäller", [PERSON])
