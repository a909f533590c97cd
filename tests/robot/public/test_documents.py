"""What is published of a process is what its definition says."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors._yaml import read
from robot.cli.main import build
from robot.definition import Definition, discover, load
from robot.public import documents, open_data, register
from robot.public.figures import COLUMNS
from robot.public.portrait import Portrait, portrait
from robot.public.quality import COLUMNS as QUALITY

KOMMUN, CONTACT = "Exempelkommunen", "bistand@example.se"


@pytest.fixture(scope="module")
def definition() -> Definition:
    """The process as it is loaded for real."""
    return load(discover()["ekonomiskt_bistand"])


@pytest.fixture(scope="module")
def found(definition: Definition) -> Portrait:
    """The process in September 2025."""
    return portrait(definition, date(2025, 9, 1))


def test_the_register_names_every_rule_in_force_and_every_question(definition: Definition, found: Portrait) -> None:
    """Each rule in force stands there with its paragraph, and each question with purpose, law and fields."""
    told = register.document(found, kommun=KOMMUN, contact=CONTACT, figures={}, quality={})
    in_force = {
        name for name, all_ in definition.book.rules.items() if any(one.in_force(date(2025, 9, 1)) for one in all_)
    }
    assert {one["namn"] for one in told["regler"]} == in_force
    asked = {
        source for fact in definition.facts.values() for source in fact.sources if source.startswith("skatteverket.")
    }
    assert asked <= {one.name for one in found.asked}
    assert all(one["lagrum"] and one["falt"] and one["andamal"] for one in told["uppgifter"])
    assert told["beslut"]["far_besluta"] == ["bifall"]


def test_both_other_registers_are_covered_by_what_is_told(found: Portrait) -> None:
    """Every field of the mappings leads to a part that is there."""
    told = register.document(found, kommun=KOMMUN, contact=CONTACT, figures={}, quality={})
    parts = {part for mapping in told["motsvarar"].values() for part in mapping.values()}
    assert parts <= told.keys()


def test_an_unconfirmed_law_is_told_as_such(found: Portrait) -> None:
    """A legal basis that nobody has confirmed says so in the public text too."""
    protection = next(one for one in found.asked if one.name == "skatteverket.skydd")
    assert all(law.endswith("(inte bekräftat)") for law in protection.law)


@pytest.mark.parametrize("template", [documents.PROCESSING, documents.ASSESSMENT])
def test_the_data_protection_documents_follow_the_definition(found: Portrait, template: str) -> None:
    """Title, version, retention and every question stand in them, and nothing is left unfilled but the brackets."""
    text = documents.render(template, found, kommun=KOMMUN)
    definition = found.definition
    assert definition.version in text
    assert f"{definition.retention_years} år" in text
    assert all(one.title in text for one in found.asked)
    assert "{{" not in text
    assert "None" not in text


def test_open_data_can_be_read_back(found: Portrait) -> None:
    """The CSV has the columns and the cells as they were, and the metadata names publisher, licence and addresses."""
    cells = tuple(str(n) for n in range(len(COLUMNS)))
    assert list(csv.reader(io.StringIO(open_data.csv_text(COLUMNS, [cells])))) == [list(COLUMNS), list(cells)]
    files = {"Siffror": "https://example.se/robot.csv", "Stickprov": "https://example.se/robot-stickprov.csv"}
    told = open_data.metadata(found, kommun=KOMMUN, contact=CONTACT, files=files)
    assert told["dcterms:publisher"]["foaf:name"] == KOMMUN
    assert [one["dcat:accessURL"]["@id"] for one in told["dcat:distribution"]] == list(files.values())


def test_both_files_are_written_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``arende publish figures`` writes the months and the periods of the stickprov, and never over a file."""
    monkeypatch.setenv("ARENDE_DATA", str(tmp_path))
    target = tmp_path / "siffror.csv"
    words = ["publish", "figures", "ekonomiskt_bistand", "--contact", CONTACT, "--target", str(target)]
    result = CliRunner().invoke(build(), [*words, "--address", "https://example.se/oppna.data/siffror.csv"])
    assert result.exit_code == 0, result.output
    addresses = [one["dcat:accessURL"]["@id"] for one in json.loads(result.stdout)["dcat:distribution"]]
    assert addresses[1] == "https://example.se/oppna.data/siffror-stickprov.csv"
    assert target.read_text("utf-8").splitlines() == [",".join(COLUMNS)]
    assert (tmp_path / "siffror-stickprov.csv").read_text("utf-8").splitlines() == [",".join(QUALITY)]
    target.unlink()
    assert CliRunner().invoke(build(), [*words, "--address", "x"]).exit_code == 1
    assert not target.exists()


def test_the_command_prints_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``arende publish register`` prints a YAML document, also before the first case."""
    monkeypatch.setenv("ARENDE_DATA", str(tmp_path))
    result = CliRunner().invoke(build(), ["publish", "register", "ekonomiskt_bistand", "--contact", CONTACT])
    assert result.exit_code == 0, result.output
    (tmp_path / "register.yaml").write_text(result.stdout, encoding="utf-8")
    assert read(tmp_path / "register.yaml").data["namn"].startswith("Ekonomiskt bistånd")
