"""Checks against the registers: folkbokföring, employers, tax, Arbetsförmedlingen."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from robot.rules import Undetermined, rule

from .katalog import KAPITALINKOMST, SKATTEATERBARING
from .records import Agi, Ansokan, Arbetssokande, Folkbokforing, Inkomst, Kapital, Skatteaterbaring
from .rules import lon_for
from .uttryck import NOLL, forra_manaden, hela_kronor, kronor

VUXNA = ("Sökande", "Medsökande")


def _for_vuxna(ansokan: Ansokan, svar: Sequence[object], vad: str) -> None:
    vantade = 1 if ansokan.medsokande is None else 2
    if len(svar) != vantade:
        raise Undetermined("fel_antal_svar", f"{vad} har {len(svar)} svar för {vantade} vuxna.")


def _redovisat(inkomster: Sequence[Inkomst], slag: str, person: int) -> Decimal:
    return sum((rad.belopp for rad in inkomster if rad.slag == slag and rad.person == person), NOLL)


def nettolon(agi: Agi) -> Decimal:
    """Return the pay after tax in the declarations in force, SEK: fields 011 and 131 minus 001."""
    netto = NOLL
    for uppgift in agi.gallande:
        netto += uppgift.kontant_ersattning + (uppgift.annan_kontant_ersattning or NOLL) - uppgift.avdragen_skatt
    return netto


@rule(law="Handläggningsrutin, särskild hantering", since="2019-01-01")
def ingen_markering_i_svaren(arbetssokande: tuple[Arbetssokande, ...]) -> tuple[str, ...]:
    """Ett svar med en markering läses av en handläggare."""
    markerade = any(svar.sekretessmarkering for svar in arbetssokande)
    return ("Ett svar behöver läsas av en handläggare.",) if markerade else ()


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §; handläggningsrutin", since="2025-07-01")
def adressen_oforandrad(ansokan: Ansokan, folkbokforing: tuple[Folkbokforing, ...]) -> tuple[str, ...]:
    """Adressen i ansökan ska vara den som de vuxna är folkbokförda på."""
    _for_vuxna(ansokan, folkbokforing, "Folkbokföringen")
    uppgiven = ansokan.boende.adress
    i_ansokan = _jamforbar(uppgiven.gata, uppgiven.postnummer, uppgiven.ort)
    anmarkningar = []
    for vem, svar in zip(VUXNA, folkbokforing, strict=False):
        if svar.adress is None:
            anmarkningar.append(f"{vem} har ingen adress i folkbokföringen.")
        elif _jamforbar(svar.adress.utdelningsadress, svar.adress.postnr, svar.adress.postort) != i_ansokan:
            anmarkningar.append(f"{vem} är folkbokförd på en annan adress än den i ansökan.")
    return tuple(anmarkningar)


def _jamforbar(gata: str, postnummer: str, ort: str) -> tuple[str, str, str]:
    return " ".join(gata.split()).casefold(), "".join(postnummer.split()), " ".join(ort.split()).casefold()


@rule(law="Handläggningsrutin, vistelsekommun", since="2019-01-01")
def folkbokford_i_kommunen(
    ansokan: Ansokan, folkbokforing: tuple[Folkbokforing, ...], kommun: dict[str, str]
) -> tuple[str, ...]:
    """De vuxna ska vara folkbokförda i kommunen. Annars prövas vilken kommun som ansvarar."""
    _for_vuxna(ansokan, folkbokforing, "Folkbokföringen")
    anmarkningar = []
    for vem, svar in zip(VUXNA, folkbokforing, strict=False):
        if svar.avregistrering is not None or svar.adress is None:
            anmarkningar.append(f"{vem} är avregistrerad från folkbokföringen.")
        elif svar.adress.kommunkod != kommun["kommunkod"]:
            anmarkningar.append(f"{vem} är folkbokförd i en annan kommun.")
    return tuple(anmarkningar)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 3–6 §§", since="2025-07-01")
def inskriven_hos_arbetsformedlingen(arbetssokande: tuple[Arbetssokande, ...]) -> tuple[str, ...]:
    """Den som uppger sig vara arbetssökande ska vara inskriven hos Arbetsförmedlingen."""
    antal = sum(1 for svar in arbetssokande if not inskriven(svar))
    if not antal:
        return ()
    return (f"{antal} av {len(arbetssokande)} arbetssökande är inte inskrivna hos Arbetsförmedlingen.",)


def inskriven(svar: Arbetssokande) -> bool:
    """Say whether Arbetsförmedlingen has the person registered and not written out."""
    return svar.arbetssokande and svar.avaktualiserad is None


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 3–6 §§; förordning (2008:975) 5 §", since="2025-07-01")
def aktivitetsrapport_inlamnad(arbetssokande: tuple[Arbetssokande, ...], manad: date) -> tuple[str, ...]:
    """Den som är inskriven ska ha lämnat en aktivitetsrapport under kontrollmånaden eller senare."""
    tidigast = forra_manaden(manad)
    senaste = [svar.senaste_aktivitetsrapport for svar in arbetssokande if inskriven(svar)]
    return tuple(
        "Ingen aktivitetsrapport finns." if dag is None else f"Den senaste aktivitetsrapporten är från {dag}."
        for dag in senaste
        if dag is None or dag < tidigast
    )


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §; uppgifterna: 15 kap. 12 § 2, i kraft 2025-12-01", since="2025-07-01")
def inkomster_styrkta_av_agi(
    ansokan: Ansokan, inkomster: tuple[Inkomst, ...], agi_kontroll: tuple[Agi, ...], agi_tolerans: Decimal
) -> tuple[str, ...]:
    """Redovisad lön ska stämma med arbetsgivarnas deklarationer för kontrollmånaden."""
    _for_vuxna(ansokan, agi_kontroll, "Arbetsgivardeklarationerna")
    anmarkningar = []
    for person, (vem, agi) in enumerate(zip(VUXNA, agi_kontroll, strict=False), start=1):
        redovisad, netto = lon_for(inkomster, person), nettolon(agi)
        if redovisad > 0 and not agi.gallande:
            anmarkningar.append(
                f"{vem} har redovisat lön {kronor(redovisad)} men ingen arbetsgivare har deklarerat för månaden."
            )
        elif abs(hela_kronor(redovisad) - hela_kronor(netto)) > agi_tolerans:
            anmarkningar.append(
                f"{vem} har redovisat lön {kronor(redovisad)}. Arbetsgivarna har uppgett {kronor(netto)} efter skatt."
            )
    return tuple(anmarkningar)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §; förordning (2008:975) 6 §", since="2025-07-01")
def skatteaterbaring_redovisad(
    ansokan: Ansokan, inkomster: tuple[Inkomst, ...], skatteaterbaring: tuple[Skatteaterbaring, ...]
) -> tuple[str, ...]:
    """Skatteåterbäring som betalades ut under kontrollmånaden ska vara redovisad som inkomst."""
    _for_vuxna(ansokan, skatteaterbaring, "Skatteåterbäringen")
    anmarkningar = []
    for person, (vem, svar) in enumerate(zip(VUXNA, skatteaterbaring, strict=False), start=1):
        redovisad, utbetald = _redovisat(inkomster, SKATTEATERBARING, person), utbetalt(svar)
        if hela_kronor(redovisad) != hela_kronor(utbetald):
            anmarkningar.append(
                f"{vem} har redovisat skatteåterbäring {kronor(redovisad)}. Utbetald är {kronor(utbetald)}."
            )
    return tuple(anmarkningar)


def utbetalt(svar: Skatteaterbaring) -> Decimal:
    """Return the tax refunds paid, SEK."""
    return sum((utbetalning.belopp for utbetalning in svar.utbetalningar), NOLL)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §; förordning (2008:975) 6 §", since="2025-07-01")
def kapitalinkomst_redovisad(
    ansokan: Ansokan, inkomster: tuple[Inkomst, ...], kapital: tuple[Kapital, ...], kapitalgrans: Decimal
) -> tuple[str, ...]:
    """Den som hade kapitalinkomst det senaste året kan ha tillgångar eller inkomster som inte är redovisade."""
    _for_vuxna(ansokan, kapital, "Kapitaluppgifterna")
    anmarkningar = []
    for person, (vem, svar) in enumerate(zip(VUXNA, kapital, strict=False), start=1):
        belopp = max(svar.intakter, svar.overskott)
        if belopp > kapitalgrans and _redovisat(inkomster, KAPITALINKOMST, person) == 0:
            anmarkningar.append(f"{vem} hade {kronor(belopp)} i kapitalinkomst under året. Ingen är redovisad nu.")
    return tuple(anmarkningar)


@rule(law="FL (2017:900) 25 §", since="2019-01-01")
def kommunicering_kravs(
    ansokan: Ansokan,
    inkomster: tuple[Inkomst, ...],
    agi_kontroll: tuple[Agi, ...],
    skatteaterbaring: tuple[Skatteaterbaring, ...],
    agi_tolerans: Decimal,
) -> tuple[str, ...]:
    """Uppgifter från ett register som sänker beloppet ska sökande få se och svara på före beslutet."""
    _for_vuxna(ansokan, agi_kontroll, "Arbetsgivardeklarationerna")
    _for_vuxna(ansokan, skatteaterbaring, "Skatteåterbäringen")
    anmarkningar = []
    for person, (vem, agi, svar) in enumerate(zip(VUXNA, agi_kontroll, skatteaterbaring, strict=False), start=1):
        mer_lon = hela_kronor(nettolon(agi)) - hela_kronor(lon_for(inkomster, person))
        mer_aterbaring = hela_kronor(utbetalt(svar)) - hela_kronor(_redovisat(inkomster, SKATTEATERBARING, person))
        if mer_lon > agi_tolerans:
            anmarkningar.append(f"{vem} ska få yttra sig över {kronor(mer_lon)} mer i lön enligt arbetsgivarna.")
        if mer_aterbaring > 0:
            anmarkningar.append(f"{vem} ska få yttra sig över {kronor(mer_aterbaring)} mer i skatteåterbäring.")
    return tuple(anmarkningar)
