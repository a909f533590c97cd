"""A known job seeker at Arbetsförmedlingen, with fields around the allowed ones that must never come through."""

from typing import Any

PERSON = "199006022397"
SETTINGS: dict[str, Any] = {
    "organisationsnummer": "162021004748",
    "authority": "Provkommunen",
    "account": "arenderobot",
}
ARGUMENTS = {
    "arbetsformedlingen.arbetssokande": {"personnummer": PERSON, "from": "2025-08-01", "tom": "2025-08-31"},
}
NO_HIT = {"Arbetssokande": False}  # the schema has no answer for "unknown person": such a one is not registered
DATA: dict[str, Any] = {
    PERSON: {
        "Fornamn": "hemlig",
        "Efternamn": "hemlig",
        "Sekretessmarkering": False,
        "Arbetssokande": True,
        "ArbetssokandeSKAT": "Öppet arbetslös",
        "ArbetssokandeRegistrerad": "2024-11-18",
        "ArbetssokandeOmfattning": 100,
        "AktivitetsRapportMeddelande": "Aktivitetsrapport inlämnad",
        "SenasteAktivitetsRapportDatum": "2025-09-05",
        "EkonomiskaBeslut": [
            {
                "ErsattningTyp": "Aktivitetsstöd",
                "Omfattning": 75,
                "BeslutFrom": "2025-07-01",
                "BeslutTom": "2025-12-31",
            }
        ],
        "Akassetillhorighet": "hemlig",
    }
}
