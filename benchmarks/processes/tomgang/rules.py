"""Tomgångens regler: så lite som möjligt, för att det som mäts ska vara motorn."""  # noqa: INP001 - a process is a folder of data and rules, not a package

from decimal import Decimal
from typing import Literal

from robot.rules import rule

from .records import Ansokan


@rule(law="mätning", since="2025-01-01")
def sokande_personnummer(ansokan: Ansokan) -> str:
    """Den sökandes personnummer."""
    return ansokan.personnummer


@rule(law="mätning", since="2025-01-01")
def belopp(ansokan: Ansokan) -> Decimal:
    """Beloppet i ansökan."""
    return ansokan.belopp


@rule(law="mätning", since="2025-01-01")
def utfall(belopp: Decimal) -> Literal["bifall", "avslag"]:
    """Bifall när det finns ett belopp."""
    return "bifall" if belopp > 0 else "avslag"


@rule(law="mätning", since="2025-01-01")
def first_check(ansokan: Ansokan) -> tuple[str, ...]:
    """Ett för stort belopp ska ses av en person."""
    return ("Beloppet är stort.",) if ansokan.belopp > 10000 else ()


@rule(law="mätning", since="2025-01-01")
def second_check(ansokan: Ansokan) -> tuple[str, ...]:
    """Ett negativt nummer ska ses av en person."""
    return ("Numret är negativt.",) if ansokan.nummer < 0 else ()


@rule(law="mätning", since="2025-01-01")
def third_check(belopp: Decimal) -> tuple[str, ...]:
    """Ett negativt belopp ska ses av en person."""
    return ("Beloppet är negativt.",) if belopp < 0 else ()


@rule(law="mätning", since="2025-01-01")
def fourth_check(sokande_personnummer: str) -> tuple[str, ...]:
    """Ett kort nummer ska ses av en person."""
    return ("Numret är kort.",) if len(sokande_personnummer) < 12 else ()


@rule(law="mätning", since="2025-01-01")
def fifth_check(utfall: str) -> tuple[str, ...]:
    """Ett annat utfall ska ses av en person."""
    return () if utfall in {"bifall", "avslag"} else ("Utfallet är okänt.",)
