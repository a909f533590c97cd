"""A proposed screen file says only what the page speaks for, and calls the rest a guess."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from robot.gui.contract import Change, DriftError, form_changes
from robot.gui.met import Met, forget_met, keep_met, propose_save, read_met
from robot.gui.propose import Proposal, propose
from robot.gui.recorded import Contract, RecordedField, RecordedPage
from robot.gui.screen import ScreenFile
from robot.gui.screen_check import read_screen
from robot.gui.seen import Control, Seen

FILE = """\
screen: beslut
title: Beslut
system: verksamhetssystem
kind: write
identity: {banner: Klient, shows: [personnummer]}
open: []
pages:
  - heading: Beslut
    fields:
      Datum: {value: dag, type: date}
      Belopp: {value: bistand, type: amount}
      Text: beslutstext
  - heading: Bilagor
    press: Klar
save:
  press: Spara
  asks: Spara beslutet?
  confirm: Ja, spara
  receipt: {heading: Sparat, read: {nummer: Beslutsnummer}}
look:
  - heading: Beslut
    compare: {Text: beslutstext}
"""
LABELS = ("Datum", "Belopp", "Text")
CONTRACT = Contract(
    screen="beslut",
    recorded="2025-09-22",
    pages=(
        RecordedPage(
            part="pages",
            number=0,
            heading="Beslut",
            fields=tuple(RecordedField(label=label, kind="text", wide=200) for label in LABELS),
            buttons=("Avbryt", "Nästa"),
        ),
        RecordedPage(part="pages", number=1, heading="Bilagor", buttons=("Klar",)),
    ),
)


def field(label: str, *, which: str = "", wide: int = 200, required: bool = False) -> Control:
    """A text field of a page."""
    return Control(label, "text", "", (), required, False, "", "", "", -1, wide=wide, which=which)


def seen(*controls: Control, buttons: tuple[str, ...] = ("Avbryt", "Nästa")) -> Seen:
    """A page with these fields and buttons."""
    nothing: dict[str, Any] = {"banner": (), "alerts": (), "messages": (), "dialog": None, "dialog_names": ()}
    return Seen(
        path="/", broken=False, heading="Beslut", headings=("Beslut",), words=(True,), message="", controls=controls,
        shown=(), tables=(), buttons=buttons, sends=("",) * len(buttons), **nothing,
    )  # fmt: skip


def proposed(page: Seen, **values: Any) -> Proposal:
    """The proposal for the first page."""
    screen = read_screen(FILE, CONTRACT)
    return propose(FILE, screen, ("pages", 0), page, [*form_changes(screen.pages[0], page)], values=values)


def screen_of(proposal: Proposal) -> ScreenFile:
    """The proposed file, which must be a valid one."""
    return read_screen(proposal.text, None)


def test_of_two_fields_that_are_alike_in_everything_a_person_chooses() -> None:
    """Nothing is proposed when neither place, type nor width tells which is the old one."""
    doubles = [field("Belopp", which=f"Belopp ({n} av 2)") for n in (1, 2)]
    proposal = proposed(seen(field("Datum"), *doubles, field("Text")))
    assert (proposal.edits, [one.what for one in proposal.unsolved]) == ((), ["doubled"])
    doubles[0] = field("Belopp", which="Belopp (1 av 2)", wide=60)
    (edit,) = proposed(seen(field("Datum"), *doubles, field("Text"))).edits
    assert (edit.new, edit.uncertain) == ("Belopp (2 av 2)", True)


def test_a_page_in_two_keeps_the_contract_of_the_pages_after_it() -> None:
    """The last fields come after a button that goes on; what was recorded of the next page is still recorded of it."""
    proposal = proposed(seen(field("Datum"), field("Belopp"), buttons=("Avbryt", "Fortsätt")))
    pages = screen_of(proposal).pages
    assert [(list(page.fields), page.press) for page in pages] == [
        (["Datum", "Belopp"], "Fortsätt"),
        (["Text"], None),
        ([], "Klar"),
    ]
    assert proposal.order == (0, 0, 1)
    recorded = CONTRACT.renumbered("pages", proposal.order).page("pages", 2)
    assert recorded is not None
    assert recorded.heading == "Bilagor"


def test_a_new_required_field_gets_the_value_it_is_named_like_as_a_guess() -> None:
    """The guess is uncertain; a field that is named like nothing is for a person."""
    page = seen(*map(field, LABELS), field("Diarienummer", required=True))
    (edit,) = proposed(page, arendenummer="EB-1", bistand="1.00").edits
    assert (edit.new, edit.uncertain) == ("Diarienummer: arendenummer", True)
    assert proposed(page, bistand="1.00").edits == ()


@pytest.mark.parametrize(
    ("question", "followed"),
    [("Vill du spara beslutet?", True), ("Ta bort beslutet?", False), ("Lämna utan att spara?", False), ("", False)],
)
def test_a_question_that_asks_something_else_is_never_proposed(question: str, followed: bool) -> None:
    """Only a question about saving may stand before the save, and even that is a guess."""
    met = Met((Change("shown", "Spara beslutet?", "", ""),), (), question, ("Ja, spara", "Avbryt"))
    proposal = propose_save(FILE, read_screen(FILE, CONTRACT), met)
    assert [(edit.new, edit.uncertain) for edit in proposal.edits] == ([(question, True)] if followed else [])
    assert bool(proposal.unsolved) != followed


def test_the_button_that_takes_away_is_never_taken_for_yes() -> None:
    """The only button that does not say no is proposed, unless it removes something."""
    for buttons, new in ((("Godkänn", "Avbryt"), ["Godkänn"]), (("Radera", "Avbryt"), [])):
        met = Met((Change("button", "Ja, spara", "", ""),), (), "Spara beslutet?", buttons)
        assert [edit.new for edit in propose_save(FILE, read_screen(FILE, CONTRACT), met).edits] == new


def test_what_a_save_met_is_kept_without_values_until_it_is_told(tmp_path: Path) -> None:
    """The next check reads it once; it concerns nobody when the screen file has followed the change meanwhile."""
    screen = read_screen(FILE, CONTRACT)
    page = replace(seen(), shown=(("Ärendenummer", "EB-1001"), ("Löpnummer", "N-7"), ("Rad", "1"), ("Rad", "2")))
    keep_met(tmp_path, screen, DriftError([Change("shown", "Beslutsnummer", "", "")], page))
    assert not [path for path in tmp_path.rglob("*.json") if "EB-1001" in path.read_text(encoding="utf-8")]
    met = read_met(tmp_path, screen)
    assert met is not None
    assert met.shown == ("Ärendenummer", "Löpnummer")
    assert read_met(tmp_path, read_screen(FILE.replace("Beslutsnummer", "Löpnummer"), None)) is None
    forget_met(tmp_path, screen)
    assert read_met(tmp_path, screen) is None


@pytest.mark.parametrize("question", ["Spara beslutet för Tolvan Tolvansson?", "Spara 4 500 kr?"])
def test_a_question_that_may_say_whose_case_it_is_is_not_kept(question: str) -> None:
    """Names and figures of a case stay out of what is kept outside the vault; a plain question is kept."""
    change = [Change("shown", "Spara beslutet?", "", "")]
    assert Met.of(DriftError(change, replace(seen(), dialog=question, dialog_names=(question,)))).question == ""
    plain = "Vill du spara beslutet?"
    assert Met.of(DriftError(change, replace(seen(), dialog=plain, dialog_names=(plain,)))).question == plain
