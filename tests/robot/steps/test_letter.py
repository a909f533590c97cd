"""Letters can be archived and read aloud, and figures are written as people read them."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import jinja2
import pikepdf
import pytest

from robot.steps import verbs
from robot.steps._letter import datum, kronor, manad_text, pdf, render
from tests.robot.engine.ground import application, build

HTML = '<!doctype html><html lang="sv"><head><title>Beslut</title></head><body><h1>Beslut</h1><p>Åäö.</p></body></html>'


@pytest.fixture
def letter(tmp_path: Path) -> pikepdf.Pdf:
    """A letter, opened."""
    return pikepdf.open(io.BytesIO(pdf(HTML, tmp_path)))


def test_a_letter_is_tagged_and_says_its_language(letter: pikepdf.Pdf) -> None:
    """A screen reader finds structure, language and title."""
    assert letter.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in letter.Root
    assert str(letter.Root.Lang) == "sv"
    assert letter.Root.ViewerPreferences.DisplayDocTitle


def test_a_letter_claims_archive_and_accessibility(letter: pikepdf.Pdf) -> None:
    """PDF/A-2a and PDF/UA-1 stand in the metadata, whose schema for the latter is described, in one RDF."""
    metadata = letter.open_metadata()

    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
    assert metadata["pdfuaid:part"] == "1"
    assert metadata["dc:title"] == "Beslut"
    raw = letter.Root.Metadata.read_bytes()
    assert raw.count(b"<rdf:RDF") == 1
    assert b"pdfaExtension:schemas" in raw


def test_the_letter_that_is_sent_is_such_a_letter(tmp_path: Path) -> None:
    """What lies in the print folder after a case is tagged PDF/A."""
    ground = build(tmp_path)
    ground.handled(application())

    with pikepdf.open(ground.sent()[0]) as sent:
        assert sent.open_metadata()["pdfaid:part"] == "2"
        assert sent.Root.MarkInfo.Marked
    ground.house.close()


def test_nothing_is_fetched_from_a_network(tmp_path: Path) -> None:
    """A missing style sheet makes a plain letter; it is looked for in the folder only."""
    linked = HTML.replace("<title>", '<link rel="stylesheet" href="saknas.css"><title>')

    assert pdf(linked, tmp_path).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal(12345), "12 345 kr"),
        (Decimal("249.75"), "249,75 kr"),
        (Decimal("-1500.50"), "−1 500,50 kr"),
        (Decimal("0.00"), "0 kr"),
        (1234567, "1 234 567 kr"),
    ],
)
def test_kronor(amount: Decimal | int, text: str) -> None:
    """Thousands with hard spaces, decimals only where there are öre, and a real minus."""
    assert kronor(amount) == text.replace(" ", "\u00a0")


def test_days_are_swedish() -> None:
    """A moment is told as the day it was in Sweden."""
    assert datum(date(2025, 9, 2)) == "2 september 2025"
    assert datum(datetime(2025, 9, 1, 22, 30, tzinfo=UTC)) == "2 september 2025"
    assert manad_text(date(2025, 2, 1)) == "februari 2025"


def test_a_name_without_a_value_is_an_error(tmp_path: Path) -> None:
    """Never an empty space in somebody's decision."""
    template = tmp_path / "brev.html"
    template.write_text("<p>{{ belopp }}</p>", encoding="utf-8")

    with pytest.raises(jinja2.UndefinedError):
        render(template, {})
    assert render(template, {"belopp": "<b>"}) == "<p>&lt;b&gt;</p>"


def test_every_verb_is_found_by_its_module() -> None:
    """The verbs are the modules of the folder, each with a plan and an apply."""
    assert {"guard", "fetch", "read", "check", "decide", "draw", "fill", "send", "close"} <= set(verbs())
