"""Riksnormen: personal costs of each member and the shared costs of the household."""

from datetime import date
from decimal import Decimal

from robot.rules import Undetermined, rule

from .records import Barn, Hushall
from .uttryck import NOLL, dagar_i_manaden, hela_kronor

ALDERSGRUPPER = ((0, "0"), (2, "1-2"), (3, "3"), (6, "4-6"), (10, "7-10"), (14, "11-14"), (18, "15-18"), (20, "19-20"))
HOGSTA_ALDER_MED_LUNCHKOLUMN = 6
STORSTA_HUSHALL_I_TABELLEN = 7


def aldersgrupp(alder: int) -> str:
    """Return the norm's age group of a child's age in whole years. Raises Undetermined above 20 years."""
    for hogst, grupp in ALDERSGRUPPER:
        if alder <= hogst:
            return f"{grupp} år"
    raise Undetermined(
        "inte_barn_i_normen", f"Ett barn är {alder} år. Riksnormen räknar barn och skolungdom till 20 år."
    )


def normrubrik(barn: Barn) -> str:
    """Return the norm's column for a child: age group, and "utan lunch" where the norm has that column."""
    utan_lunch = not barn.lunch_hemma and barn.alder <= HOGSTA_ALDER_MED_LUNCHKOLUMN
    return aldersgrupp(barn.alder) + (" utan lunch" if utan_lunch else "")


@rule(law="SoL (2001:453) 4 kap. 3 § och SoF (2001:937) 2 kap. 1 §", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 7 § och SoF (2025:468) 12 kap. 2 §", since="2025-07-01")
def vuxnas_norm(hushall: Hushall, personliga_vuxna: dict[str, Decimal]) -> Decimal:
    """De vuxnas personliga kostnader: ett belopp för ensamstående och ett gemensamt belopp för sambor."""
    if hushall.vuxna == 2 and not hushall.sambor:
        raise Undetermined(
            "tva_vuxna_ej_sambor",
            "Två vuxna som inte är makar eller sambor är inte ett hushåll. De söker var för sig.",
        )
    if hushall.vuxna == 1 and hushall.sambor:
        raise Undetermined("sambo_saknas", "Sökande är sambo men sambon är inte med i ansökan.")
    return personliga_vuxna["sambor" if hushall.sambor else "ensamstaende"]


@rule(
    law="SoF (2001:937) 2 kap. 1 § och Socialstyrelsens allmänna råd SOSFS 2013:1",
    since="2019-01-01",
    until="2025-06-30",
)
@rule(law="SoF (2025:468) 12 kap. 2 § och Socialstyrelsens allmänna råd SOSFS 2013:1", since="2025-07-01")
def barns_norm(
    hushall: Hushall, personliga_barn: dict[str, Decimal], dagsberakning: str, manad: date
) -> tuple[Decimal, ...]:
    """Varje barns personliga kostnader efter ålder och lunch. Barn som bor här en del av månaden räknas per dag."""
    if dagsberakning != "hela kronor per dag, 12/365":
        raise Undetermined("okand_dagsberakning", f"Sättet att räkna dagar, ”{dagsberakning}”, är okänt.")
    return tuple(_for_dagar(personliga_barn[normrubrik(barn)], barn, manad) for barn in hushall.barn)


def _for_dagar(manadsbelopp: Decimal, barn: Barn, manad: date) -> Decimal:
    dagar = dagar_i_manaden(manad)
    if barn.dagar is None or barn.dagar == dagar:
        return manadsbelopp
    if barn.dagar > dagar:
        raise Undetermined("fler_dagar_an_manaden", f"Ett barn har {barn.dagar} dagar, men månaden har {dagar} dagar.")
    return min(manadsbelopp, barn.dagar * dagsbelopp(manadsbelopp))


def dagsbelopp(manadsbelopp: Decimal) -> Decimal:
    """Return the whole-krona amount per day: SEK/month x 12 / 365, half up."""
    return hela_kronor(manadsbelopp * 12 / 365)


@rule(law="SoL (2001:453) 4 kap. 3 § och SoF (2001:937) 2 kap. 1 §", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 7 § och SoF (2025:468) 12 kap. 2 §", since="2025-07-01")
def personliga_kostnader(vuxnas_norm: Decimal, barns_norm: tuple[Decimal, ...]) -> Decimal:
    """Personliga kostnader är summan av beloppen för alla som hör till hushållet."""
    return vuxnas_norm + sum(barns_norm, NOLL)


@rule(
    law="SoF (2001:937) 2 kap. 1 § och Socialstyrelsens allmänna råd SOSFS 2013:1",
    since="2019-01-01",
    until="2025-06-30",
)
@rule(law="SoF (2025:468) 12 kap. 2 § och Socialstyrelsens allmänna råd SOSFS 2013:1", since="2025-07-01")
def antal_personer(hushall: Hushall, deltidsbarn: str) -> int:
    """Hushållets storlek. Barn som bor här en del av månaden räknas som hela medlemmar."""
    if deltidsbarn != "hela medlemmar":
        raise Undetermined("okand_hushallsstorlek", f"Sättet att räkna barn på deltid, ”{deltidsbarn}”, är okänt.")
    return hushall.vuxna + sum(1 for barn in hushall.barn if barn.dagar != 0)


@rule(law="SoF (2001:937) 2 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoF (2025:468) 12 kap. 2 och 3 §§", since="2025-07-01")
def gemensamma_kostnader(
    hushall: Hushall, antal_personer: int, gemensamma: dict[int, Decimal], delad_bostad: str
) -> Decimal:
    """Gemensamma kostnader följer hushållets storlek. Den som delar bostad utan att vara sambo får sin andel."""
    i_bostaden = hushall.personer_i_bostaden
    if i_bostaden is None or i_bostaden == antal_personer:
        return _for_storlek(antal_personer, gemensamma)
    if i_bostaden < antal_personer:
        raise Undetermined(
            "farre_i_bostaden_an_i_hushallet",
            f"{i_bostaden} personer uppges bo i bostaden, men hushållet har {antal_personer} medlemmar.",
        )
    if hushall.sambor:
        raise Undetermined(
            "sambor_delar_bostad",
            f"Sambor delar bostad med andra ({i_bostaden} personer). Förordningens andel gäller den som inte är sambo.",
        )
    if delad_bostad != "andel i hela kronor":
        raise Undetermined("okand_andelsberakning", f"Sättet att räkna andel i bostad, ”{delad_bostad}”, är okänt.")
    return hela_kronor(_for_storlek(i_bostaden, gemensamma) * antal_personer / i_bostaden)


def _for_storlek(personer: int, gemensamma: dict[int, Decimal]) -> Decimal:
    if personer <= STORSTA_HUSHALL_I_TABELLEN:
        return gemensamma[personer]
    fler = personer - STORSTA_HUSHALL_I_TABELLEN
    return gemensamma[7] + fler * (gemensamma[7] - gemensamma[6])


@rule(law="SoL (2001:453) 4 kap. 3 § och SoF (2001:937) 2 kap. 1 §", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 7 § och SoF (2025:468) 12 kap. 2 §", since="2025-07-01")
def riksnorm(personliga_kostnader: Decimal, gemensamma_kostnader: Decimal) -> Decimal:
    """Riksnormen är personliga kostnader och hushållets gemensamma kostnader."""
    return personliga_kostnader + gemensamma_kostnader
