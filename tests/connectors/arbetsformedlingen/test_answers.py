"""How Arbetsförmedlingen's XML is asked for and read, checked against the published schema where it is at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import tostring

import pytest

from connectors import _xml
from connectors._call import Call
from connectors._mock import FaultKind
from connectors.arbetsformedlingen.client import Ingivare, _answer, question
from connectors.arbetsformedlingen.mock import _message
from connectors.arbetsformedlingen.models import NAMESPACE, Arbetssokande
from connectors.contract import Answered, Failed
from connectors.manifest import RegisterManifest, discover
from tests.connectors.arbetsformedlingen.sample import ARGUMENTS, DATA, PERSON

QUERY = "arbetsformedlingen.arbetssokande"
NOW = datetime(2025, 9, 20, tzinfo=UTC)
SCHEMA = (
    Path(__file__).parents[4]
    / "shared/contracts/ssbtek-v10/se/arbetsformedlingen/api/arbetssokande/ersattningsstod/v2/ers_stod.xsd"
)
XML = """<er:SvarMeddelande xmlns:er="http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2"><er:Svar>
<er:Referensnummer>fraga</er:Referensnummer>
<er:IdentitetsbeteckningFysiskPerson>199006022397</er:IdentitetsbeteckningFysiskPerson>
<er:ArbetssokandeInfo><er:Arbetssokande>true</er:Arbetssokande>
<er:ArbetssokandeRegistrerad>2016-11-18+01:00</er:ArbetssokandeRegistrerad>
<er:AktivetetsRapportDatum><er:AktivitetsRapportMeddelande>Ja</er:AktivitetsRapportMeddelande>
<er:SenasteAktivitetsRapportDatum>2025-09-05+02:00</er:SenasteAktivitetsRapportDatum></er:AktivetetsRapportDatum>
</er:ArbetssokandeInfo>
<er:StatusSokandeinformationKod>0</er:StatusSokandeinformationKod></er:Svar></er:SvarMeddelande>"""


def read(xml: str) -> Any:
    """Return what the client makes of the XML."""
    return _answer(Call(QUERY, "Arbetsförmedlingen", "fraga", lambda: NOW), PERSON, xml.encode())


def asked() -> bytes:
    """Return the question that the client sends for the sample person."""
    manifest = discover()["arbetsformedlingen"].manifest
    assert isinstance(manifest, RegisterManifest)
    ingivare = Ingivare("162021004748", "Provkommunen", "arenderobot")
    return question(ingivare, manifest.queries[QUERY], ARGUMENTS[QUERY], "fraga")


@contextmanager
def validator() -> Iterator[Any]:
    """Give the published schema, or skip where it is not at hand."""
    etree = pytest.importorskip("lxml.etree", reason="lxml checks against the published schema")
    if not SCHEMA.exists():
        pytest.skip("the published schema is not beside this checkout")
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    yield lambda xml: schema.assertValid(etree.fromstring(xml))


def test_question_follows_the_published_schema() -> None:
    """What we send is valid by Arbetsförmedlingen's own schema."""
    with validator() as check:
        check(asked())


@pytest.mark.parametrize("kind", [None, FaultKind.NO_HIT, FaultKind.PROTECTED, FaultKind.UNKNOWN_CODE])
def test_simulated_answer_follows_the_published_schema(kind: FaultKind | None) -> None:
    """What the simulated register answers is valid by the real one's schema, also for faults that are not of shape."""
    fraga = _xml.one(_xml.parse(asked()), f"{{{NAMESPACE}}}Fraga")
    assert fraga is not None
    with validator() as check:
        check(tostring(_message(fraga, _xml.texts(fraga, NAMESPACE), DATA[PERSON], kind), encoding="utf-8"))


def test_date_with_time_zone_is_the_date_written() -> None:
    """The register writes days with a time zone; the day is the one that stands there."""
    found = read(XML)
    assert isinstance(found, Answered), found
    assert found.data["ArbetssokandeRegistrerad"] == "2016-11-18"
    assert found.data["SenasteAktivitetsRapportDatum"] == "2025-09-05"


def test_left_out_fields_are_none() -> None:
    """What the schema lets the register leave out is None, not a default."""
    found = read(XML)
    assert isinstance(found, Answered)
    for name in ("ArbetssokandeSKAT", "ArbetssokandeOmfattning", "Sekretessmarkering", "EkonomiskaBeslut"):
        assert found.data[name] is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<er:Arbetssokande>true</er:Arbetssokande>", "", "fel_schema"),
        (">true<", ">ja<", "fel_schema"),
        ("2016-11-18+01:00", "18 november 2016", "olasligt_datum"),
        ("2025-09-05+02:00", "2025-02-30", "olasligt_datum"),
        ("2025-09-05+02:00", "", "olasligt_datum"),
        ("199006022397", "199107172380", "fel_person"),
        ("<er:Referensnummer>fraga<", "<er:Referensnummer>annan<", "fel_person"),
        ("Kod>0<", "Kod>3<", "okand_kod"),
        ("Kod>0<", "Kod>noll<", "fel_schema"),
        ("<er:Arbetssokande>true", "<er:Arbetssokande>false</er:Arbetssokande><er:Arbetssokande>true", "fel_schema"),
        ("AktivetetsRapportDatum", "AktivitetsRapportDatum", "fel_schema"),
        ("ersattningsstod/v2", "ersattningsstod/v3", "fel_schema"),
        ("</er:SvarMeddelande>", "", "fel_schema"),
        ("<er:SvarMeddelande", '<!DOCTYPE a [<!ENTITY b "c">]><er:SvarMeddelande', "fel_schema"),
        ("<er:SvarMeddelande", '<?xml version="1.0" encoding="okand"?><er:SvarMeddelande', "fel_schema"),
    ],
)
def test_doubtful_answer_goes_to_a_person(old: str, new: str, code: str) -> None:
    """Each departure from the interface is refused by name, and never read as 'not registered'."""
    assert old in XML
    found = read(XML.replace(old, new))
    assert isinstance(found, Failed), found
    assert found.code == code


def test_entity_bomb_is_refused_in_any_encoding() -> None:
    """A document type is refused however the bytes are written, so entities can never grow."""
    bomb = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'.encode("utf-16")
    found = _answer(Call(QUERY, "Arbetsförmedlingen", "fraga", lambda: NOW), PERSON, bomb)
    assert isinstance(found, Failed)
    assert found.code == "fel_schema"


def test_manifest_lists_exactly_what_the_model_lets_through() -> None:
    """The public list of fields is the whitelist: neither longer nor shorter."""
    manifest = discover()["arbetsformedlingen"].manifest
    assert isinstance(manifest, RegisterManifest)
    assert set(manifest.queries[QUERY].fields) == set(Arbetssokande.field_paths())
