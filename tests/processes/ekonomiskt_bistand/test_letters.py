"""The letters say what the law asks, in an accessible form, and the notices say nothing about anybody."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import jinja2
import pytest
from jinja2 import meta

from robot.definition import Definition
from robot.steps import _letter
from tests.processes.ekonomiskt_bistand.example import SOKANDE, Evaluate, Facts

CONTEXT = {"beslut", "version", "forklara", "kvitto"}


def _render(
    definition: Definition,
    evaluate: Evaluate,
    facts: Facts,
    letter: str,
    kvitto: _letter.ReceiptText | None = None,
    **decision: Any,
) -> str:
    """Fill a letter with what the rules answer for the facts."""
    template = definition.letters[letter]
    environment = _letter._environment(template.parent)
    wanted = sorted(meta.find_undeclared_variables(environment.parse(template.read_text(encoding="utf-8"))) - CONTEXT)
    found = evaluate([*wanted, "utfall", "bistand"], facts)
    values = {name: found[name].value for name in wanted}
    usual = {
        "utfall": found["utfall"].value,
        "belopp": found["bistand"].value,
        "dag": date(2025, 9, 3),
        "beslutsfattare": "Automatiserad beslutsfunktion ekonomiskt_bistand, version 0123456789ab",
        "av_person": False,
        "motivering": "",
    }
    text = _letter.DecisionText(**{**usual, **decision})

    def explain(name: str) -> list[_letter.ExplainedRow]:
        evaluation = evaluate([name], facts)
        return [
            _letter.ExplainedRow(one.name, one.text or "", one.law or "", "", 0)
            for one in reversed(evaluation.findings.values())
        ]

    known = {"beslut": text, "version": "0123456789ab", "forklara": explain, "kvitto": kvitto}
    return _letter.render(template, {**values, **known})


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def approval(definition: Definition, evaluate: Evaluate, couple: Facts) -> str:
    """The decision letter of the unremarkable couple."""
    return _render(definition, evaluate, couple, "beslutsbrev")


def test_approval_says_what_is_decided_and_how_it_was_worked_out(approval: str) -> None:
    """Amount, month, norm, expenses, incomes and deficit are all there (7050 + 3790 + 1770 + 5153 - 5250)."""
    text = _plain(approval)
    assert "Du får 12 513 kr i ekonomiskt bistånd för september 2025." in text
    for part in ("Riksnorm 12 610 kr", "Boendekostnad 5 153 kr", "Aktivitetsstöd 4 000 kr", "Underskott"):
        assert part in text
    assert "Pengarna betalas ut 4 september 2025" in text


@pytest.mark.parametrize(
    "part",
    [
        "SoL (2025:400) 12 kap. 7 §",
        "SoF (2025:468) 12 kap. 2 §",
        "fattat automatiskt",
        "Automatiserad beslutsfunktion ekonomiskt_bistand, version 0123456789ab",
        "6 kap. 37 § kommunallagen",
        "Då går en handläggare igenom ditt ärende",
        "inom tre veckor från den dag då du fick beslutet",
        "40–44 §§ förvaltningslagen",
        "förvaltningsrätten",
        "ansvarig för dina personuppgifter",
        "R-1",
    ],
)
def test_approval_has_what_the_law_asks(approval: str, part: str) -> None:
    """Provisions, who decided, how to reach a person, how to appeal, personal data (FL 31-33 and 40-44 §§, GDPR)."""
    assert part in _plain(approval)


def test_letter_does_not_show_the_personal_number(approval: str) -> None:
    """The letter identifies the case by its reference, not by the number."""
    assert SOKANDE not in approval
    assert "[U]" not in approval


def test_letter_is_accessible(approval: str) -> None:
    """Language, title, one main heading, headings in order, and headers on every table row and column."""
    assert '<html lang="sv">' in approval
    assert "<title>Beslut om ekonomiskt bistånd för september 2025</title>" in approval
    levels = [int(level) for level in re.findall(r"<h([1-6])", approval)]
    assert levels[0] == 1
    assert set(levels[1:]) == {2}
    tables = re.findall(r"<table>.*?</table>", approval, flags=re.DOTALL)
    assert tables
    for table in tables:
        body = table.split("<tbody>")[1]
        assert 'scope="col"' in table
        assert body.count("<tr") == body.count('scope="row"')


def test_refusal_by_a_person_gives_their_reasons(definition: Definition, evaluate: Evaluate, facts: Facts) -> None:
    """A person's decision names the person and carries the motivation as written, escaped."""
    html = _render(
        definition,
        evaluate,
        facts,
        "beslutsbrev",
        utfall="avslag",
        belopp=Decimal(0),
        av_person=True,
        beslutsfattare="Handläggare Lo Exempel",
        motivering="Inkomsten är <högre> än normen.",
    )
    text = _plain(html)
    assert "Vi avslår din ansökan" in text
    assert "Handläggare Lo Exempel har fattat beslutet" in text
    assert "Inkomsten är &lt;högre&gt; än normen." in text
    assert "fattat automatiskt" not in text


def test_question_says_what_to_do_by_when_and_what_happens_otherwise(
    definition: Definition, evaluate: Evaluate, facts: Facts
) -> None:
    """The request for more information names its question, the time to answer and the consequence (FL 20 §)."""
    html = _render(definition, evaluate, facts, "komplettering", motivering="Skicka ditt hyresavtal.")
    text = _plain(html)
    assert "Skicka ditt hyresavtal." in text
    assert "inom 14 dagar" in text
    assert "avvisa ansökan" in text


@pytest.mark.parametrize("notice", ["notis", "komplettering_notis"])
def test_notices_hold_no_personal_data_and_fit_one_message(definition: Definition, notice: str) -> None:
    """A notice uses the municipality's own details only, names no authority or aid, and is one SMS long."""
    template = definition.letters[notice]
    tree = jinja2.Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))
    assert meta.find_undeclared_variables(tree) == {"kommun"}
    cells = {"namn": "Exempelkommunen", "telefon": "0701-74 06 99"}
    text = _letter.render(template, {"kommun": cells}).strip()
    assert len(text) <= 160
    assert not re.search("bistånd|social", text, flags=re.IGNORECASE)


def test_letter_shows_its_receipt_and_can_be_made_with_its_code(
    definition: Definition, evaluate: Evaluate, couple: Facts
) -> None:
    """Place, checksums and log stand as text, the code has a text for who cannot see it, and the PDF is made."""
    shown = _letter.ReceiptText("exempelkommun/prov/2026", 4711, "ab" * 32, 5000, "c" * 43 + "=", "fil — text\n" * 90)
    html = _render(definition, evaluate, couple, "beslutsbrev", shown)
    text = _plain(html)
    for part in ("Kvitto på beslutet", "exempelkommun/prov/2026", "4711", "ab" * 32, "5000", "c" * 43 + "="):
        assert part in text
    assert re.search('<img class="qr" src="qr:fil%20%E2%80%94[^"]+" alt="[^"]+"', html)
    assert _letter.pdf(html, definition.letters["beslutsbrev"].parent).startswith(b"%PDF-")
    assert "Kvitto" not in _render(definition, evaluate, couple, "beslutsbrev")


@pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")  # WeasyPrint leaves its own file open
def test_letter_becomes_a_tagged_pdf(definition: Definition, approval: str) -> None:
    """The letter prints as an archivable PDF with its style sheet."""
    content = _letter.pdf(approval, definition.letters["beslutsbrev"].parent)
    assert content.startswith(b"%PDF-")
