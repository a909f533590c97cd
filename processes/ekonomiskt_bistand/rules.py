"""The calculation: counted incomes, approved expenses, the result and what it means."""

from collections.abc import Sequence
from decimal import Decimal

from robot.rules import Undetermined, rule

from .katalog import INKOMSTTYPER, LON, SARSKILDA_UTGIFTSTYPER, UTGIFTSTYPER, kontrollera_utgiftstyper
from .records import Hushall, Inkomst, Jobbstimulans, Utgift
from .uttryck import NOLL, hela_oren


def lon_for(inkomster: Sequence[Inkomst], person: int) -> Decimal:
    """Return a person's declared wage after tax, SEK/month."""
    return sum((rad.belopp for rad in inkomster if rad.slag == LON and rad.person == person), NOLL)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 8 §", since="2025-07-01")
def jobbstimulans_avdrag(
    inkomster: tuple[Inkomst, ...], jobbstimulans: Jobbstimulans, jobbstimulans_procent: Decimal
) -> Decimal:
    """En fjärdedel av lönen räknas inte med för den som har rätt till jobbstimulans. Det prövas per person."""
    avdrag = NOLL
    for person, galler in ((1, jobbstimulans.sokande), (2, jobbstimulans.medsokande)):
        lon = lon_for(inkomster, person)
        if galler is None and lon > 0:
            raise Undetermined("jobbstimulans_okand", "Det går inte att avgöra om jobbstimulans gäller för lönen.")
        if galler:
            avdrag += hela_oren(lon * jobbstimulans_procent / 100)
    return avdrag


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §", since="2025-07-01")
def summa_inkomster(inkomster: tuple[Inkomst, ...], hushall: Hushall) -> Decimal:
    """Hushållets inkomster efter skatt under månaden före den som ansökan gäller."""
    for inkomst in inkomster:
        if inkomst.slag not in INKOMSTTYPER:
            raise Undetermined("okand_inkomsttyp", f"Inkomsttypen {inkomst.slag} är okänd.")
        if inkomst.person > hushall.vuxna:
            raise Undetermined("inkomst_utan_person", "En inkomst står på en medsökande som inte finns i hushållet.")
    return sum((inkomst.belopp for inkomst in inkomster), NOLL)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 och 8 §§", since="2025-07-01")
def raknade_inkomster(summa_inkomster: Decimal, jobbstimulans_avdrag: Decimal) -> Decimal:
    """Inkomster som räknas är inkomsterna minus den del av lönen som jobbstimulans undantar."""
    return summa_inkomster - jobbstimulans_avdrag


@rule(law="SoL (2001:453) 4 kap. 3 §", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 7 § första stycket 2", since="2025-07-01")
def godkanda_utgifter(utgifter: tuple[Utgift, ...]) -> Decimal:
    """Utgifter utanför riksnormen: boende, el, hemförsäkring, arbetsresor, fackavgift och a-kassa."""
    kontrollera_utgiftstyper([utgift.slag for utgift in utgifter], UTGIFTSTYPER, SARSKILDA_UTGIFTSTYPER)
    return sum((utgift.belopp for utgift in utgifter), NOLL)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §", since="2025-07-01")
def summa_sarskilda_utgifter(sarskilda_utgifter: tuple[Utgift, ...]) -> Decimal:
    """Särskilda utgifter för livsföringen i övrigt, till exempel läkarvård och medicin."""
    slag = [utgift.slag for utgift in sarskilda_utgifter]
    kontrollera_utgiftstyper(slag, SARSKILDA_UTGIFTSTYPER, UTGIFTSTYPER)
    return sum((utgift.belopp for utgift in sarskilda_utgifter), NOLL)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 och 7 §§", since="2025-07-01")
def summa(raknade_inkomster: Decimal, riksnorm: Decimal, godkanda_utgifter: Decimal) -> Decimal:
    """Inkomster minus riksnorm och utgifter. Ett minus betyder att pengarna inte räcker."""
    return raknade_inkomster - riksnorm - godkanda_utgifter


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §", since="2025-07-01")
def resultat(summa: Decimal, summa_sarskilda_utgifter: Decimal) -> Decimal:
    """Summan minus de särskilda utgifterna. Ett minus är ett underskott."""
    return summa - summa_sarskilda_utgifter


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §", since="2025-07-01")
def bistand(resultat: Decimal) -> Decimal:
    """Ekonomiskt bistånd är hela underskottet. Utan underskott är det noll."""
    return max(NOLL, -resultat)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §", since="2025-07-01")
def utfall(resultat: Decimal) -> str:
    """Bifall när pengarna inte räcker till riksnormen och utgifterna, annars avslag."""
    return "bifall" if resultat < 0 else "avslag"


@rule(law="Handläggningsrutin, stickprov", since="2019-01-01")
def stratum(utfall: str, hushall: Hushall) -> str:
    """Gruppen som stickprovet dras i: avslag, bifall med barn eller bifall utan barn."""
    if utfall == "avslag":
        return "avslag"
    return "bifall_med_barn" if hushall.barn else "bifall_utan_barn"


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 9 §", since="2025-07-01")
def barns_inkomst_over_prisbasbelopp(barns_arbetsinkomster: tuple[Decimal, ...], prisbasbelopp: Decimal) -> Decimal:
    """Barns egna arbetsinkomster räknas inte upp till ett prisbasbelopp per kalenderår. Detta är delen över."""
    return sum((max(NOLL, inkomst - prisbasbelopp) for inkomst in barns_arbetsinkomster), NOLL)
