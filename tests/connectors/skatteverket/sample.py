"""A known person at Skatteverket, with fields around the allowed ones that must never come through."""

from typing import Any

PERSON = "199006022397"
PARTNER = "199107172380"
SETTINGS: dict[str, Any] = {}
ARGUMENTS = {
    "skatteverket.skydd": {"personnummer": PERSON},
    "skatteverket.folkbokforing": {"personnummer": PERSON},
    "skatteverket.kapital": {"personnummer": PERSON, "beskattningsar": "2024"},
    "skatteverket.skatteaterbaring": {"personnummer": PERSON, "manad": "2025-08"},
    "skatteverket.agi": {"personnummer": PERSON, "manad": "2025-08"},
}
AGI_ROW = {
    "AgRegistreradId": "162021004748",
    "Specifikationsnummer": 7,
    "KontantErsattningUlagAG": 12300,
    "AvdrPrelSkatt": "2100",
    "Inlamnad": "2025-09-10T08:00:00+02:00",
    "Borttag": False,
    "SkatteplBilformanUlagAG": 4000,
    "ArbetsplatsensAdress": "hemlig gata",
}
DATA: dict[str, Any] = {
    PERSON: {
        "skydd": {"Sekretessmarkering": False, "SkyddadFolkbokforing": False, "Anledning": "hemlig"},
        "folkbokforing": {
            "IdentitetsbeteckningFysiskPerson": PERSON,
            "Fornamn": "Testa",
            "Efternamn": "Testsson",
            "Fodelsetid": "1990-06-02",
            "Civilstand": "G",
            "Folkbokforingsadress": {
                "Utdelningsadress": "Provgatan 1",
                "Postnr": "21122",
                "Postort": "Malmö",
                "Kommunkod": "1280",
                "Fastighetsbeteckning": "hemlig",
            },
            "FolkbokforingsDatum": "2015-01-01",
            "Avregistrering": None,
            "Relationer": [
                {
                    "Typ": "make",
                    "Fodelsetid": "1991-07-17",
                    "Personnummer": PARTNER,
                    "SammaAdress": True,
                    "Namn": "hemlig",
                }
            ],
            "HushallPaAdressen": [{"Fodelsetid": "1991-07-17", "Personnummer": PARTNER, "Namn": "hemlig"}],
            "Medborgarskap": "hemlig",
        },
        "kapital": {
            "2024": {
                "Beskattningsar": "2024",
                "SummaIntakterPaKapital": "12345",
                "OverskottPaKapital": 666,
                "Fastighetsinnehav": "hemlig",
            }
        },
        "skatteaterbaring": {"2025-08": [{"Datum": "2025-08-12", "Belopp": "2150.50", "Konto": "hemlig"}]},
        "agi": {"2025-08": [AGI_ROW]},
    }
}
