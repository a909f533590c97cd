"""Simbidragets regler."""

from decimal import Decimal
from typing import Literal

from robot.rules import rule

from .records import Ansokan, Folkbokforing, Inkomster, Tidigare


@rule(law="Simlag 1 §", since="2025-01-01")
def sokande_personnummer(ansokan: Ansokan) -> str:
    """Den sökandes personnummer."""
    return ansokan.personnummer


@rule(law="Simlag 1 §", since="2025-01-01")
def kontrollmanad(ansokan: Ansokan) -> str:
    """Månaden som arbetsgivarna tillfrågas om."""
    return f"{ansokan.manad:%Y-%m}"


@rule(law="Simlag 1 §", since="2025-01-01")
def mobil(ansokan: Ansokan) -> str:
    """Numret som beskedet skickas till."""
    return ansokan.mobil


@rule(law="Simlag 1 §", since="2025-01-01")
def epost(ansokan: Ansokan) -> str:
    """Adressen som beskedet skickas till."""
    return ansokan.epost


@rule(law="Simlag 1 §", since="2025-01-01")
def adress(ansokan: Ansokan) -> str:
    """Postadressen som beskedet skickas till."""
    return ansokan.adress


@rule(law="Simlag 2 §", since="2025-01-01")
def bidrag(ansokan: Ansokan, belopp_per_person: Decimal) -> Decimal:
    """Bidraget är beloppet för varje person minus inkomsten, men aldrig under noll."""
    return max(Decimal(0), belopp_per_person * ansokan.personer - ansokan.inkomst)


@rule(law="Simlag 3 §", since="2025-01-01")
def utfall(bidrag: Decimal) -> Literal["bifall", "avslag"]:
    """Bifall när det finns ett bidrag att betala."""
    return "bifall" if bidrag > 0 else "avslag"


@rule(law="Simlag 4 §", since="2025-01-01")
def utbetalning_ska_goras(bidrag: Decimal) -> bool:
    """Bara ett bidrag över noll betalas ut."""
    return bidrag > 0


@rule(law="handläggningsrutin", since="2025-01-01")
def bosatt_i_kommunen(folkbokforing: Folkbokforing) -> tuple[str, ...]:
    """Den som bor i en annan kommun ska ses av en person."""
    return () if folkbokforing.Kommunkod == "9999" else ("Den sökande är folkbokförd i en annan kommun.",)


@rule(law="handläggningsrutin", since="2025-01-01")
def inkomsten_styrkt(ansokan: Ansokan, inkomster: Inkomster) -> tuple[str, ...]:
    """Den som uppger en annan inkomst än arbetsgivarna ska ses av en person."""
    return () if sum(inkomster.Belopp) == ansokan.inkomst else ("Arbetsgivarna har uppgett en annan inkomst.",)


@rule(law="handläggningsrutin", since="2025-01-01")
def inte_redan_beviljat(tidigare: Tidigare) -> tuple[str, ...]:
    """Den som redan har bidrag för månaden ska ses av en person."""
    return ("Bidraget är redan beviljat för månaden.",) if tidigare.beviljat else ()


@rule(law="handläggningsrutin", since="2025-01-01")
def arendenummer(tidigare: Tidigare) -> str:
    """Ärendets nummer i verksamhetssystemet."""
    return tidigare.arendenummer


@rule(law="handläggningsrutin", since="2025-01-01")
def stratum(ansokan: Ansokan) -> str:
    """Ensamma och flera är var sitt stratum."""
    return "ensam" if ansokan.personer == 1 else "flera"
