"""What the tests of ekonomiskt bistånd share: the loaded process and an unremarkable case."""

from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest

from processes import ekonomiskt_bistand
from robot.definition import Definition, load
from robot.rules import Evaluation, Known
from tests.processes.ekonomiskt_bistand.example import (
    FODD,
    MANAD,
    MEDSOKANDE,
    SOKANDE,
    Evaluate,
    Facts,
    child,
    registered,
)


@pytest.fixture(scope="session")
def definition() -> Definition:
    """The process as it is loaded for real."""
    assert ekonomiskt_bistand.__file__ is not None
    return load(Path(ekonomiskt_bistand.__file__).parent)


@pytest.fixture(scope="session")
def evaluate(definition: Definition) -> Evaluate:
    """Evaluate names from facts in JSON form, for a month (September 2025 unless said)."""

    def run(targets: list[str], facts: Facts, on: date = MANAD) -> Evaluation:
        known = {name: Known(definition.facts[name].from_json(value), "test") for name, value in facts.items()}
        return definition.book.evaluate(targets, {"manad": Known(on, "test"), **known}, on)

    return run


@pytest.fixture
def application() -> Facts:
    """A single applicant, looking for work, with rent and nothing else; received 2 September 2025."""
    return {
        "ansokan_id": "A-1",
        "inkommen": "2025-09-02T08:30:00+02:00",
        "manad": "2025-09",
        "sokande": {
            "personnummer": SOKANDE,
            "namn": "Kim Exempel",
            "telefon": "0701740605",
            "epost": "kim@example.se",
        },
        "medsokande": None,
        "sambor": False,
        "barn": [],
        "boende": {
            "adress": {"gata": "Exempelgatan 1", "postnummer": "123 45", "ort": "Exempelstad"},
            "personer_i_bostaden": None,
            "kontrakt": "forstahand",
        },
        "inkomster": [{"slag": "ACTIVITY_SUPPORT", "belopp": "4000.00", "person": 1}],
        "utgifter": [{"slag": "RENT", "belopp": "5153.00"}],
        "sarskilda_utgifter": [],
        "sysselsattning": {"1": "arbetssokande"},
        "utbetalning_andrad": False,
        "meddelande": "",
        "bilagor": [],
        "forsakran": True,
    }


@pytest.fixture
def facts(application: Facts) -> Facts:
    """Every fact of the unremarkable case: registers agree, last month is the same."""
    return {
        "ansokan": application,
        "skydd": [{"Sekretessmarkering": False, "SkyddadFolkbokforing": False}],
        "folkbokforing": [registered(SOKANDE)],
        "agi_kontroll": [{"Gallande": []}],
        "kapital": [{"SummaIntakterPaKapital": "0", "OverskottPaKapital": "0"}],
        "skatteaterbaring": [{"Utbetalningar": []}],
        "arbetssokande": [
            {
                "Arbetssokande": True,
                "ArbetssokandeAvaktualiserad": None,
                "SenasteAktivitetsRapportDatum": "2025-08-12",
                "Sekretessmarkering": None,
            }
        ],
        "forra_berakningen": {
            "arendenummer": "E-000001",
            "sokande_namn": "Kim Exempel",
            "berakningar": [{"nummer": "B-000001", "period": "2025-08", "status": "Slutlig"}],
            "senaste": {
                "period": "2025-08",
                "hushall": [{"person": "Kim Exempel", "norm": "Ensamstående", "belopp": "3910.00"}],
                "inkomster": [{"typ": "Aktivitetsstöd", "sokande": "4000.00", "medsokande": "0.00"}],
                "utgifter": [{"typ": "Boendekostnad", "ansokt": "5153.00", "godkant": "5153.00"}],
                "sarskilda": [],
                "resultat": "-6333.00",
            },
            "jobbstimulans": [],
            "utbetalningssatt": "Konto",
        },
        "beslutsdag": "2025-09-03",
        "beslutsfattare": "Automatiserad beslutsfunktion ekonomiskt_bistand",
        "beslutsreferens": "R-1",
        "utbetalningsdag": "2025-09-04",
    }


@pytest.fixture
def couple(facts: Facts) -> Facts:
    """The unremarkable case as a couple with a child of eight and barnbidrag."""
    changed = deepcopy(facts)
    ansokan = changed["ansokan"]
    ansokan["medsokande"] = {"personnummer": MEDSOKANDE, "namn": "Sam Exempel"}
    ansokan["sambor"] = True
    ansokan["sysselsattning"] = {"1": "arbetssokande", "2": "arbetar"}
    ansokan["barn"] = [child("Robin Exempel", "2017-03-04")]
    ansokan["inkomster"].append({"slag": "CHILD_ALLOWANCE", "belopp": "1250.00", "person": 1})
    others: list[Facts] = [
        {"Fodelsetid": FODD[MEDSOKANDE], "Personnummer": MEDSOKANDE},
        {"Fodelsetid": "2017-03-04", "Personnummer": None},
    ]
    mine: list[Facts] = [
        {"Fodelsetid": FODD[SOKANDE], "Personnummer": SOKANDE},
        {"Fodelsetid": "2017-03-04", "Personnummer": None},
    ]
    changed["folkbokforing"] = [registered(SOKANDE, others=others), registered(MEDSOKANDE, others=mine)]
    for name in ("agi_kontroll", "kapital", "skatteaterbaring", "skydd"):
        changed[name] = changed[name] * 2
    senaste = changed["forra_berakningen"]["senaste"]
    senaste["hushall"] = [
        {"person": "Kim Exempel", "norm": "Sambor", "belopp": "3525.00"},
        {"person": "Sam Exempel", "norm": "Sambor", "belopp": "3525.00"},
        {"person": "Robin Exempel", "norm": "Barn 7-10 år", "belopp": "3790.00"},
    ]
    senaste["inkomster"].append({"typ": "Barnbidrag/Flerbarnstillägg", "sokande": "1250.00", "medsokande": "0.00"})
    return changed
