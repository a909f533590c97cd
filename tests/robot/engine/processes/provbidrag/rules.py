"""Provbidragets regler."""

from decimal import Decimal
from typing import Literal

from robot.rules import rule

from .records import Ansokan, Folkbokforing


@rule(law="Provlag 1 §", since="2025-01-01")
def sokande_personnummer(ansokan: Ansokan) -> str:
    """Den sökandes personnummer."""
    return ansokan.personnummer


@rule(law="Provlag 1 §", since="2025-01-01")
def postadress(ansokan: Ansokan) -> str:
    """Adressen som beslutet skickas till."""
    return ansokan.adress


@rule(law="Provlag 2 §", since="2025-01-01")
def bidrag(ansokan: Ansokan, belopp_per_person: Decimal) -> Decimal:
    """Bidraget är beloppet för varje person minus inkomsten, men aldrig under noll."""
    return max(Decimal(0), belopp_per_person * ansokan.personer - ansokan.inkomst)


@rule(law="Provlag 3 §", since="2025-01-01")
def utfall(bidrag: Decimal) -> Literal["bifall", "avslag"]:
    """Bifall när det finns ett bidrag att betala."""
    return "bifall" if bidrag > 0 else "avslag"


@rule(law="handläggningsrutin", since="2025-01-01")
def inkomsten_rimlig(ansokan: Ansokan) -> tuple[str, ...]:
    """En hög inkomst ska ses av en person."""
    return (f"Inkomsten är {ansokan.inkomst} kr.",) if ansokan.inkomst > 4000 else ()


@rule(law="handläggningsrutin", since="2025-01-01")
def bosatt_i_kommunen(folkbokforing: Folkbokforing) -> tuple[str, ...]:
    """Den som bor i en annan kommun ska ses av en person."""
    return () if int(folkbokforing.Kommunkod) == 9999 else (f"Kommunkoden är {folkbokforing.Kommunkod}.",)


@rule(law="handläggningsrutin", since="2025-01-01")
def stratum(ansokan: Ansokan) -> str:
    """Ensamma och par är var sitt stratum."""
    return "ensam" if ansokan.personer == 1 else "par"
