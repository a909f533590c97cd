"""How Skatteverket's answers are read: what counts, and what goes to a person."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors._call import Call
from connectors._http import read_json, write_json
from connectors.contract import Answered, Failed, FailureKind
from connectors.manifest import RegisterManifest, discover
from connectors.skatteverket.client import MODELS, _answer
from tests.connectors.skatteverket.sample import AGI_ROW, ARGUMENTS, DATA, PARTNER, PERSON

NOW = datetime(2025, 9, 20, tzinfo=UTC)
EMPLOYER, OTHER = "162021004748", "165560000008"


def answer(query: str, svar: Any, *, code: Any = 0, person: str = PERSON) -> Any:
    """Return what the client makes of an answer to the sample's question."""
    body = write_json({"Svarskod": code, "IdentitetsbeteckningFysiskPerson": person, "Svar": svar})
    return _answer(Call(query, "Skatteverket", "fraga", lambda: NOW), query, ARGUMENTS[query], body)


def agi(*rows: dict[str, Any]) -> Any:
    """Return the answer to August's declarations with these rows, each a change of the sample's row."""
    changed = [AGI_ROW | row for row in rows]
    return answer("skatteverket.agi", {"RedovisningsPeriod": "202508", "Individuppgifter": changed})


def code_of(found: Any) -> str:
    """Return the failure's code, having seen that it goes to a person."""
    assert isinstance(found, Failed), found
    assert found.kind is FailureKind.HUMAN
    return found.code


def counted(found: Any) -> list[tuple[str, str]]:
    """Return employer and cash of the statements that count."""
    assert isinstance(found, Answered), found
    return [(row["AgRegistreradId"], row["KontantErsattningUlagAG"]) for row in found.data["Gallande"]]


def test_several_employers_all_count() -> None:
    """Each employer's statement counts."""
    assert counted(agi({}, {"AgRegistreradId": OTHER, "KontantErsattningUlagAG": 500})) == [
        (EMPLOYER, "12300.00"),
        (OTHER, "500.00"),
    ]


def test_two_numbers_of_one_employer_both_count() -> None:
    """Two statements with different numbers from one employer are two incomes, not a correction."""
    assert len(counted(agi({}, {"Specifikationsnummer": 8}))) == 2


def test_correction_replaces_whatever_the_order() -> None:
    """The statement handed in last counts, also when the register lists it first; every row is still shown."""
    late = {"Inlamnad": "2025-09-12T08:00:00+02:00", "KontantErsattningUlagAG": 9000}
    found = agi(late, {})
    assert counted(found) == [(EMPLOYER, "9000.00")]
    assert len(found.data["Individuppgifter"]) == 2


def test_order_is_by_time_not_by_text() -> None:
    """Times in different time zones are compared as times."""
    late = {"Inlamnad": "2025-09-10T07:00:00+00:00", "KontantErsattningUlagAG": 9000}
    assert counted(agi(late, {})) == [(EMPLOYER, "9000.00")]


def test_removed_statement_does_not_count() -> None:
    """A removal handed in last takes the statement away; one handed in first and replaced does not."""
    assert counted(agi({}, {"Inlamnad": "2025-09-12T08:00:00Z", "Borttag": True})) == []
    assert len(counted(agi({"Borttag": True}, {"Inlamnad": "2025-09-12T08:00:00Z"}))) == 1


def test_two_statements_at_once_go_to_a_person() -> None:
    """Two different statements of the same number at the same moment have no order, so neither is chosen."""
    assert code_of(agi({}, {"KontantErsattningUlagAG": 1})) == "motstridiga_uppgifter"
    assert len(counted(agi({}, {}))) == 1


def test_no_declarations_is_an_answer() -> None:
    """A known person without declarations in the month is an answer with no rows."""
    assert counted(agi()) == []


@pytest.mark.parametrize("value", ["1 200", "12,50", "1e3", "", "-1", "12.345", None, True, "NaN", "١٢", "1" * 12])
def test_unreadable_amount_goes_to_a_person(value: Any) -> None:
    """Only plain digits with at most two decimals, 0 or more, are an amount."""
    assert code_of(agi({"KontantErsattningUlagAG": value})) == "olasligt_belopp"


def test_decimal_in_json_stays_exact() -> None:
    """A JSON number with decimals is read as written, never through binary floating point."""
    row = write_json(AGI_ROW).replace(b"12300", b"0.29")
    found = agi(read_json(row) | {"KontantErsattningUlagAG": "0.29"})
    assert counted(found) == [(EMPLOYER, "0.29")]
    assert str(read_json(row)["KontantErsattningUlagAG"]) == "0.29"


@pytest.mark.parametrize("value", ["2025-09-10T08:00:00", "igår", "", None, 20250910])
def test_unreadable_time_goes_to_a_person(value: Any) -> None:
    """A time without zone, or no time at all, is refused."""
    assert code_of(agi({"Inlamnad": value})) == "olasligt_datum"


def test_another_persons_answer_goes_to_a_person() -> None:
    """An answer about somebody else is never used, whether the envelope or the answer says it."""
    svar = DATA[PERSON]["folkbokforing"]
    assert code_of(answer("skatteverket.folkbokforing", svar, person=PARTNER)) == "fel_person"
    other = svar | {"IdentitetsbeteckningFysiskPerson": PARTNER}
    assert code_of(answer("skatteverket.folkbokforing", other)) == "fel_person"
    assert code_of(answer("skatteverket.skydd", None, code=1, person=PARTNER)) == "fel_person"


@pytest.mark.parametrize(
    ("query", "svar"),
    [
        ("skatteverket.agi", {"RedovisningsPeriod": "202507", "Individuppgifter": []}),
        ("skatteverket.kapital", DATA[PERSON]["kapital"]["2024"] | {"Beskattningsar": "2023"}),
        ("skatteverket.skatteaterbaring", {"Utbetalningar": [{"Datum": "2025-07-31", "Belopp": 1}]}),
    ],
)
def test_another_period_goes_to_a_person(query: str, svar: dict[str, Any]) -> None:
    """An answer about another month or year than asked is never used."""
    assert code_of(answer(query, svar)) == "fel_period"


@pytest.mark.parametrize("flag", ["Sekretessmarkering", "SkyddadFolkbokforing"])
@pytest.mark.parametrize("value", [None, "nej", 0, "missing"])
def test_unclear_protection_is_no_answer(flag: str, value: Any) -> None:
    """A protection flag that is absent or no plain true or false is a failure, never 'not protected'."""
    svar = {"Sekretessmarkering": False, "SkyddadFolkbokforing": False, flag: value}
    if value == "missing":
        del svar[flag]
    assert code_of(answer("skatteverket.skydd", svar)) == "fel_schema"


def _change(field: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(svar: dict[str, Any]) -> None:
        *way, last = field.split(".")
        for name in way:
            svar = svar[0 if name == "0" else name]  # type: ignore[index]  # "0" steps into a list
        svar[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_change("Civilstand", "X"), "okand_kod"),
        (_change("Relationer.0.Typ", "granne"), "okand_kod"),
        (_change("Avregistrering", {"kod": "ZZ", "datum": "2025-01-01"}), "okand_kod"),
        (_change("Fodelsetid", "1990-02-30"), "olasligt_datum"),
        (_change("Fodelsetid", "19900602"), "olasligt_datum"),
        (_change("Folkbokforingsadress", None), "fel_schema"),
        (_change("Folkbokforingsadress.Postnr", "211 22"), "fel_schema"),
        (_change("HushallPaAdressen", None), "fel_schema"),
        (_change("HushallPaAdressen.0.Personnummer", "9107172380"), "fel_schema"),
    ],
)
def test_doubtful_register_entry_goes_to_a_person(change: Callable[[dict[str, Any]], None], code: str) -> None:
    """Unknown codes, impossible dates and missing parts of the register entry are refused by name."""
    svar = deepcopy(DATA[PERSON]["folkbokforing"])
    change(svar)
    assert code_of(answer("skatteverket.folkbokforing", svar)) == code


def test_person_who_left_the_register_has_no_address() -> None:
    """Without an address there must be a reason, and then the answer is used."""
    gone = {"Folkbokforingsadress": None, "Avregistrering": {"kod": "UV", "datum": "2025-01-01"}}
    found = answer("skatteverket.folkbokforing", DATA[PERSON]["folkbokforing"] | gone)
    assert isinstance(found, Answered)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"Svarskod": NaN}', b'{"a": 1, "a": 2}', b"\xff"])
def test_what_is_no_answer_at_all_goes_to_a_person(body: bytes) -> None:
    """Text that is not the agreed JSON is refused as such."""
    query = "skatteverket.skydd"
    found = _answer(Call(query, "Skatteverket", "fraga", lambda: NOW), query, ARGUMENTS[query], body)
    assert code_of(found) == "fel_schema"


def test_manifest_lists_exactly_what_the_models_let_through() -> None:
    """The public list of fields is the whitelist: neither longer nor shorter."""
    manifest = discover()["skatteverket"].manifest
    assert isinstance(manifest, RegisterManifest)
    for query, model in MODELS.items():
        assert set(manifest.queries[query].fields) == set(model.field_paths()), query
