"""What is written into the case system, worked out from the decision's own findings."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from robot.rules import rule

from .katalog import inkomstetikett, utgiftsnamn
from .records import (
    Ansokan,
    BarnIAnsokan,
    Hushall,
    Inkomst,
    Inkomstrad,
    Jobbstimulans,
    Normrad,
    Tidigare,
    Utgift,
    Utgiftsrad,
)
from .rules_norm import normrubrik
from .uttryck import FAST_MELLANSLAG, NOLL, dagar_i_manaden, kronor, manad_i_ord, sista_dagen

SKRIVS = "Handläggningsrutin, skrivning i verksamhetssystemet"
ORSAK_AVSLAG = "Inkomst över norm"
ORSAK_UTAN_ERSATTNING = "Arbetslös, ingen ersättning/stöd"
ORSAKER = {
    "arbetssokande": "Arbetslös, otillräcklig ersättning/stöd",
    "arbetar": "Arbetar, otillräcklig inkomst",
    "studerar": "Studerar, otillräckligt studiestöd",
    "sjukskriven": "Sjukskriven, otillräcklig sjukpenning",
    "foraldraledig": "Föräldrapenning otillräcklig",
    "annat": "Övriga skäl",
}
ERSATTNING_VID_ARBETSLOSHET = frozenset(
    ("UNEMPLOYMENT_BENEFIT", "UNEMPLOYMENT_OR_ALPHA_BENEFIT", "ALPHA_BENEFIT", "ACTIVITY_SUPPORT")
)


@rule(law=SKRIVS, since="2019-01-01")
def sokande_personnummer(ansokan: Ansokan) -> str:
    """Sökandes nummer, som ärendet söks fram med."""
    return ansokan.sokande.personnummer


@rule(law=SKRIVS, since="2019-01-01")
def arendenummer(forra_berakningen: Tidigare) -> str:
    """Ärendets nummer i verksamhetssystemet."""
    return forra_berakningen.arendenummer


@rule(law=SKRIVS, since="2019-01-01")
def normrader(
    ansokan: Ansokan, hushall: Hushall, vuxnas_norm: Decimal, personliga_barn: dict[str, Decimal], manad: date
) -> tuple[Normrad, ...]:
    """En rad för varje medlem av hushållet. Sambor har varsin halva av sitt gemensamma belopp."""
    vuxna = [ansokan.sokande.namn, *([] if ansokan.medsokande is None else [ansokan.medsokande.namn])]
    norm = "Sambor" if hushall.sambor else "Ensamstående"
    rader = [Normrad(person=namn, norm=norm, manadsbelopp=vuxnas_norm / len(vuxna), dagar=None) for namn in vuxna]
    for uppgift, barn in zip(ansokan.barn, hushall.barn, strict=True):
        rubrik = normrubrik(barn)
        if barn.dagar != 0:
            rader.append(
                Normrad(
                    person=uppgift.namn,
                    norm=f"Barn {rubrik}",
                    manadsbelopp=personliga_barn[rubrik],
                    dagar=_avvikande_dagar(uppgift, manad),
                )
            )
    return tuple(rader)


def _avvikande_dagar(barn: BarnIAnsokan, manad: date) -> int | None:
    return None if barn.dagar == dagar_i_manaden(manad) else barn.dagar


@rule(law=SKRIVS, since="2019-01-01")
def inkomstrader(inkomster: tuple[Inkomst, ...]) -> tuple[Inkomstrad, ...]:
    """En rad för varje typ av inkomst, med sökandes och medsökandes belopp."""
    belopp: dict[str, dict[int, Decimal]] = defaultdict(lambda: {1: NOLL, 2: NOLL})
    for inkomst in inkomster:
        if inkomst.belopp > 0:
            belopp[inkomstetikett(inkomst.slag)][inkomst.person] += inkomst.belopp
    return tuple(Inkomstrad(typ=typ, sokande=delar[1], medsokande=delar[2]) for typ, delar in belopp.items())


@rule(law=SKRIVS, since="2019-01-01")
def utgiftsrader(utgifter: tuple[Utgift, ...]) -> tuple[Utgiftsrad, ...]:
    """En rad för varje typ av utgift. Hela det ansökta beloppet godkänns."""
    return _utgiftsrader(utgifter)


@rule(law=SKRIVS, since="2019-01-01")
def sarskilda_rader(sarskilda_utgifter: tuple[Utgift, ...]) -> tuple[Utgiftsrad, ...]:
    """En rad för varje typ av särskild utgift. Hela det ansökta beloppet godkänns."""
    return _utgiftsrader(sarskilda_utgifter)


def _utgiftsrader(utgifter: Iterable[Utgift]) -> tuple[Utgiftsrad, ...]:
    belopp: dict[str, Decimal] = defaultdict(lambda: NOLL)
    for utgift in utgifter:
        if utgift.belopp > 0:
            belopp[utgiftsnamn(utgift.slag)] += utgift.belopp
    return tuple(Utgiftsrad(typ=typ, ansokt=summa, godkant=summa) for typ, summa in belopp.items())


@rule(law=SKRIVS, since="2019-01-01")
def antal_i_hushallet(antal_personer: int) -> int:
    """Antal personer i hushållet."""
    return antal_personer


@rule(law=SKRIVS, since="2019-01-01")
def jobbstimulans_sokande(jobbstimulans: Jobbstimulans) -> bool:
    """Om jobbstimulans gäller för sökande."""
    return jobbstimulans.sokande is True


@rule(law=SKRIVS, since="2019-01-01")
def jobbstimulans_medsokande(jobbstimulans: Jobbstimulans) -> bool:
    """Om jobbstimulans gäller för medsökande."""
    return jobbstimulans.medsokande is True


@rule(law=SKRIVS, since="2019-01-01")
def visad_jobbstimulans(jobbstimulans_avdrag: Decimal) -> Decimal:
    """Jobbstimulansen så som verksamhetssystemets sammanställning visar den, med minus."""
    return -jobbstimulans_avdrag


@rule(law=SKRIVS, since="2019-01-01")
def visad_norm(riksnorm: Decimal) -> Decimal:
    """Riksnormen så som verksamhetssystemets sammanställning visar den, med minus."""
    return -riksnorm


@rule(law=SKRIVS, since="2019-01-01")
def visade_utgifter(godkanda_utgifter: Decimal) -> Decimal:
    """Utgifterna så som verksamhetssystemets sammanställning visar dem, med minus."""
    return -godkanda_utgifter


@rule(law=SKRIVS, since="2019-01-01")
def visade_sarskilda_utgifter(summa_sarskilda_utgifter: Decimal) -> Decimal:
    """De särskilda utgifterna så som verksamhetssystemets sammanställning visar dem, med minus."""
    return -summa_sarskilda_utgifter


@rule(law=SKRIVS, since="2019-01-01")
def period_fran(manad: date) -> date:
    """Första dagen i månaden som beslutet gäller."""
    return manad


@rule(law=SKRIVS, since="2019-01-01")
def period_till(manad: date) -> date:
    """Sista dagen i månaden som beslutet gäller."""
    return sista_dagen(manad)


@rule(law=SKRIVS, since="2019-01-01")
def beslutstyp(utfall: str) -> str:
    """Beslutstypen i verksamhetssystemet."""
    return "Bifall" if utfall == "bifall" else "Avslag"


@rule(law=SKRIVS, since="2019-01-01")
def beslutsorsak(ansokan: Ansokan, inkomster: tuple[Inkomst, ...], utfall: str) -> str:
    """Orsaken i verksamhetssystemet, efter sökandes sysselsättning och ersättning."""
    if utfall == "avslag":
        return ORSAK_AVSLAG
    sysselsattning = ansokan.sysselsattning.sokande
    ersattning = any(rad.slag in ERSATTNING_VID_ARBETSLOSHET and rad.person == 1 for rad in inkomster)
    if sysselsattning == "arbetssokande" and not ersattning:
        return ORSAK_UTAN_ERSATTNING
    return ORSAKER[sysselsattning]


@rule(law="FL (2017:900) 31 och 32 §§", since="2019-01-01")
def beslutstext(  # noqa: PLR0917 - a rule names its inputs
    utfall: str,
    bistand: Decimal,
    riksnorm: Decimal,
    godkanda_utgifter: Decimal,
    summa_sarskilda_utgifter: Decimal,
    raknade_inkomster: Decimal,
    manad: date,
    beslutsreferens: str,
) -> str:
    """Beslutets text i verksamhetssystemet: vad som beslutas, hur det är räknat och beslutets referens."""
    vad = (
        f"Ekonomiskt bistånd beviljas med {kronor(bistand)} för {manad_i_ord(manad)}."
        if utfall == "bifall"
        else f"Ansökan om ekonomiskt bistånd för {manad_i_ord(manad)} avslås."
    )
    hur = (
        f"Riksnorm {kronor(riksnorm)}, utgifter {kronor(godkanda_utgifter)}, särskilda utgifter "
        f"{kronor(summa_sarskilda_utgifter)}, inkomster {kronor(raknade_inkomster)}."
    )
    return _vanliga_mellanslag(f"{vad} {hur} Socialtjänstlagen 12 kap. Referens {beslutsreferens}.")


@rule(law=SKRIVS, since="2019-01-01")
def utbetalning_ska_goras(bistand: Decimal) -> bool:
    """En utbetalning registreras när biståndet är mer än noll."""
    return bistand > 0


@rule(law=SKRIVS, since="2019-01-01")
def journalrubrik(manad: date) -> str:
    """Journalanteckningens rubrik."""
    return f"Beslut om ekonomiskt bistånd för {manad_i_ord(manad)}"


@rule(law="SoL (2001:453) [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 14 kap. 3 §", since="2025-07-01")
def journaltext(  # noqa: PLR0917 - a rule names its inputs
    utfall: str, bistand: Decimal, manad: date, beslutsdag: date, beslutsfattare: str, beslutsreferens: str
) -> str:
    """Journalanteckningen: vad som beslutades, när, av vem och beslutets referens."""
    vad = f"Bifall med {kronor(bistand)}" if utfall == "bifall" else "Avslag"
    return _vanliga_mellanslag(
        f"{vad} för {manad_i_ord(manad)}. Beslutat {beslutsdag} av {beslutsfattare}. "
        f"Uppgifterna är hämtade från ansökan, Skatteverket och Arbetsförmedlingen. Referens {beslutsreferens}."
    )


def _vanliga_mellanslag(text: str) -> str:
    return text.replace(FAST_MELLANSLAG, " ")
