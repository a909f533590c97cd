"""The process in the public register of algorithms, with the same facts mapped to two registers that exist.

Sources: UK Algorithmic Transparency Recording Standard (its tier 2 after "description and rationale" from a secondary
source) and the Dutch Algoritmeregister (https://algoritmes.overheid.nl/nl/footer/over).
"""

from typing import Any

from robot.public.portrait import Portrait

FORMAT = "arende-register/v1"
ATRS = {
    "tier_1.description": "syfte",
    "tier_1.contact": "kontakt",
    "tier_2.owner_and_responsibility": "ansvarig",
    "tier_2.description_and_rationale": "syfte",
    "tier_2.decision_making_process": "beslut",
    "tier_2.tool_specification": "metod",
    "tier_2.risks_mitigations_and_impact_assessments": "mansklig_kontroll",
}
ALGORITMEREGISTER = {
    "doel": "syfte",
    "impact": "beslut",
    "wettelijke_basis": "lagar",
    "menselijke_tussenkomst": "mansklig_kontroll",
    "risicobeheer": "mansklig_kontroll",
    "contact": "kontakt",
}


def document(
    found: Portrait, *, kommun: str, contact: str, figures: dict[str, str], quality: dict[str, str]
) -> dict[str, Any]:
    """The register's entry. ``figures`` are the newest month's, by the name of the column.

    ``quality``: what the stickprov showed in the newest evaluated period, in the same way; empty before the first.
    """
    definition = found.definition
    law = definition.law.removesuffix(".")
    return {
        "format": FORMAT,
        "namn": definition.title,
        "organisation": kommun,
        "ansvarig": definition.owner,
        "kontakt": contact,
        "syfte": f"Roboten {found.autonomy} i ärenden om {definition.title.lower()} enligt {law}.",
        "metod": "Regler som människor har skrivit, med lagrum. Ingen maskininlärning.",
        "version": definition.version,
        "lagar": sorted({rule.law for rule in found.rules}),
        "regler": [{"namn": rule.name, "text": rule.text, "lagrum": rule.law} for rule in found.rules],
        "uppgifter": [
            {
                "fraga": one.title,
                "register": one.owner,
                "andamal": one.purpose,
                "lagrum": list(one.law),
                "falt": list(one.fields),
            }
            for one in found.asked
        ],
        "beslut": {
            "roboten": found.autonomy,
            "far_besluta": list(definition.may_decide),
            "delegation": definition.delegation,
            "overklagande": definition.appeal,
        },
        "mansklig_kontroll": {
            "gar_till_en_person": list(found.oversight),
            "inom_arbetsdagar": definition.review.within_working_days,
            "stickprov": dict(found.sampled),
        },
        "siffror": figures,
        "stickprovets_resultat": quality,
        "motsvarar": {"atrs": ATRS, "algoritmeregister": ALGORITMEREGISTER},
    }
