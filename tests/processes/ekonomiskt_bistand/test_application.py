"""What the application record accepts and refuses, and how identity numbers are told apart."""

import json
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from processes.ekonomiskt_bistand.identitet import Identitet, identitetstyp
from processes.ekonomiskt_bistand.records import Ansokan
from tests.processes.ekonomiskt_bistand.example import MEDSOKANDE, SOKANDE, Facts


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (SOKANDE, Identitet.PERSONNUMMER),
        (SOKANDE[:-1] + "8", Identitet.FEL_KONTROLLSIFFRA),
        ("199006622390", Identitet.SAMORDNINGSNUMMER),
        ("19880209T050", Identitet.TILLFALLIGT_NUMMER),
        ("992004391013", Identitet.RESERVNUMMER),
    ],
)
def test_identity_numbers_are_told_apart(number: str, kind: Identitet) -> None:
    """Valid, wrong check digit, day + 60, a letter, and a form that is no date."""
    assert identitetstyp(number) is kind


@pytest.mark.parametrize("number", ["", "9006022397", "19900602-2397", "19900602239X", "1990060223977", "19900602t050"])
def test_anything_else_is_no_identity_number(number: str) -> None:
    """Only twelve characters in one of the known forms are classified."""
    with pytest.raises(ValueError, match="expected 12 digits"):
        identitetstyp(number)


def _read(application: Facts) -> Ansokan:
    return Ansokan.model_validate_json(json.dumps(application))


def test_application_is_read_whole(application: Facts) -> None:
    """A complete application is accepted and keeps its values."""
    read = _read(application)
    assert read.manad.isoformat() == "2025-09-01"
    assert str(read.inkomster[0].belopp) == "4000.00"


REFUSED: dict[str, tuple[Callable[[Facts], object], str]] = {
    "float amount": (lambda a: a["inkomster"][0].update(belopp=4000.5), "inkomster"),
    "negative amount": (lambda a: a["utgifter"][0].update(belopp="-1.00"), "utgifter"),
    "three decimals": (lambda a: a["utgifter"][0].update(belopp="1.005"), "utgifter"),
    "unknown key": (lambda a: a.update(hund=True), "hund"),
    "missing key": (lambda a: a.pop("forsakran"), "forsakran"),
    "truth as text": (lambda a: a.update(forsakran="ja"), "forsakran"),
    "month as date": (lambda a: a.update(manad="2025-09-01"), "manad"),
    "time without zone": (lambda a: a.update(inkommen="2025-09-02T08:30:00"), "inkommen"),
    "wrong check digit": (lambda a: a["sokande"].update(personnummer=SOKANDE[:-1] + "8"), "sokande"),
    "ten digits": (lambda a: a["sokande"].update(personnummer=SOKANDE[2:]), "sokande"),
    "third person": (lambda a: a["inkomster"][0].update(person=3), "inkomster"),
    "impossible days": (lambda a: a.update(barn=[_child(dagar=32)]), "barn"),
    "same number twice": (
        lambda a: a.update(
            medsokande={"personnummer": SOKANDE, "namn": "Sam"}, sysselsattning={"1": "arbetar", "2": "arbetar"}
        ),
        "",
    ),
    "co-applicant without occupation": (
        lambda a: a.update(medsokande={"personnummer": MEDSOKANDE, "namn": "Sam"}),
        "",
    ),
    "unknown occupation": (lambda a: a["sysselsattning"].update({"1": "vilar"}), "sysselsattning"),
}


def _child(**changes: object) -> Facts:
    usual = {"namn": "Robin", "fodelsedatum": "2017-03-04", "personnummer": None, "lunch_hemma": True}
    return {**usual, "dagar": None, "studerar": True, "egen_inkomst": None, **changes}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_application_is_refused_where_it_is_bad(application: Facts, name: str) -> None:
    """Every kind of fault is refused, and the error says in which field."""
    change, field = REFUSED[name]
    change(application)
    with pytest.raises(ValidationError) as refused:
        _read(application)
    assert {str(fault["loc"][0]) if fault["loc"] else "" for fault in refused.value.errors()} == {field}


def test_unknown_code_passes_the_shape(application: Facts) -> None:
    """An income code outside the catalogue is accepted at intake: a person looks at it, nothing is thrown away."""
    application["inkomster"][0]["slag"] = "LOTTERY_PRIZE"
    assert _read(application).inkomster[0].slag == "LOTTERY_PRIZE"


def test_error_about_an_identity_number_does_not_repeat_it_in_its_message(application: Facts) -> None:
    """The sentence of the error says what is wrong, never whose number it was."""
    wrong = SOKANDE[:-1] + "8"
    application["sokande"]["personnummer"] = wrong
    with pytest.raises(ValidationError) as refused:
        _read(application)
    assert all(wrong not in fault["msg"] for fault in refused.value.errors())
