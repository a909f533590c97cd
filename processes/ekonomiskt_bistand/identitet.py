"""Identity numbers: which kind a number is, and whether the registers can be asked about it."""

import re
from datetime import date
from enum import StrEnum

SAMORDNING_DAY_OFFSET = 60


class Identitet(StrEnum):
    """The kinds of identity numbers that a case can carry (folkbokföringslagen 18 §, lag 2022:1697 2 kap.)."""

    PERSONNUMMER = "personnummer"
    FEL_KONTROLLSIFFRA = "fel_kontrollsiffra"
    SAMORDNINGSNUMMER = "samordningsnummer"
    RESERVNUMMER = "reservnummer"
    TILLFALLIGT_NUMMER = "tillfälligt nummer"


def identitetstyp(nummer: str) -> Identitet:
    """Classify a 12-character identity number. Raises ValueError for anything that is none of the kinds."""
    if not re.fullmatch(r"[0-9]{8}[0-9A-Z][0-9]{3}", nummer):
        raise ValueError("expected 12 digits, ÅÅÅÅMMDDNNNN, or a temporary number with a letter, ÅÅÅÅMMDDXNNN")
    if not nummer.isdigit():
        return Identitet.TILLFALLIGT_NUMMER
    day = int(nummer[6:8])
    if _is_date(nummer[:6], day):
        valid = kontrollsiffra_stammer(nummer)
        return Identitet.PERSONNUMMER if valid else Identitet.FEL_KONTROLLSIFFRA
    if _is_date(nummer[:6], day - SAMORDNING_DAY_OFFSET):
        return Identitet.SAMORDNINGSNUMMER
    return Identitet.RESERVNUMMER


def kontrollsiffra_stammer(nummer: str) -> bool:
    """Say whether the last ten digits pass the check-digit test (mod 10, weights 2, 1, 2, 1, ...)."""
    digits = [int(digit) for digit in nummer[2:]]
    weighted = [digit * (2 - index % 2) for index, digit in enumerate(digits)]
    return sum(value // 10 + value % 10 for value in weighted) % 10 == 0


def _is_date(year_month: str, day: int) -> bool:
    try:
        date(int(year_month[:4]), int(year_month[4:]), day)
    except ValueError:
        return False
    return True
