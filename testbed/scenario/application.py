"""The application as the e-service delivers it: JSON with amounts as decimal strings."""

from collections.abc import Sequence
from typing import Any

from testbed.scenario.draft import Draft, Row
from testbed.scenario.months import text
from testbed.scenario.people import POSTCODE, TOWN


def application_of(draft: Draft, number: str) -> dict[str, Any]:
    """A draft's application, with its id."""
    changes = dict(draft.application_changes)
    street = changes.pop("gata", draft.household.street)
    applicant, *rest = draft.adults
    partner = rest[0] if rest else None
    return {
        "ansokan_id": number,
        "inkommen": draft.received_at.isoformat(),
        "manad": text(draft.month),
        "sokande": {
            "personnummer": applicant.number,
            "namn": applicant.name,
            "telefon": applicant.phone,
            "epost": applicant.email,
        },
        "medsokande": None if partner is None else {"personnummer": partner.number, "namn": partner.name},
        "sambor": partner is not None,
        "barn": [
            {
                "namn": child.name,
                "fodelsedatum": child.birth.isoformat(),
                "personnummer": None,
                "lunch_hemma": child.lunch_at_home,
                "dagar": None,
                "studerar": child.age(draft.month) >= 6,
                "egen_inkomst": None,
            }
            for child in draft.children
        ],
        "boende": {
            "adress": {"gata": street, "postnummer": POSTCODE, "ort": TOWN},
            "personer_i_bostaden": draft.living_in_home,
            "kontrakt": "andrahand" if draft.living_in_home else "forstahand",
        },
        "inkomster": [{**_row(row), "person": row.person} for row in draft.incomes],
        "utgifter": _rows(draft.expenses),
        "sarskilda_utgifter": _rows(draft.special),
        "sysselsattning": {str(place): adult.occupation for place, adult in enumerate(draft.adults, start=1)},
        "utbetalning_andrad": False,
        "meddelande": "",
        "bilagor": [],
        "forsakran": True,
    } | changes


def _row(row: Row) -> dict[str, Any]:
    return {"slag": row.kind, "belopp": f"{row.amount:.2f}"}


def _rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]
