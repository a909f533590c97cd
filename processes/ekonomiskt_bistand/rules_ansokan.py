"""What follows from the application itself: household, rows, periods, identity numbers and addresses."""

from datetime import date
from decimal import Decimal

from robot.rules import Undetermined, rule

from .identitet import Identitet, identitetstyp
from .records import Ansokan, Barn, BarnIAnsokan, Hushall, Inkomst, Jobbstimulans, Tidigare, Utgift
from .rules_norm import aldersgrupp
from .uttryck import NOLL, forra_manaden, sista_dagen

RUTIN = "Handläggningsrutin"
UTAN_REGISTERTRAFF = (Identitet.TILLFALLIGT_NUMMER, Identitet.RESERVNUMMER)


def alder_pa(fodelsedatum: date, dag: date) -> int:
    """Return the age in whole years on a day."""
    return dag.year - fodelsedatum.year - ((dag.month, dag.day) < (fodelsedatum.month, fodelsedatum.day))


@rule(law="SOSFS 2013:1, hushållsgemenskap", since="2019-01-01")
def hushall(ansokan: Ansokan, manad: date) -> Hushall:
    """Hushållet är de vuxna i ansökan och deras barn och skolungdomar under 21 år."""
    return Hushall(
        vuxna=1 if ansokan.medsokande is None else 2,
        sambor=ansokan.sambor,
        personer_i_bostaden=ansokan.boende.personer_i_bostaden,
        barn=tuple(_barn(barn, manad) for barn in ansokan.barn),
    )


def _barn(barn: BarnIAnsokan, manad: date) -> Barn:
    if barn.fodelsedatum > manad:
        raise Undetermined("barn_fott_under_manaden", "Ett barn är fött under eller efter månaden som ansökan gäller.")
    alder = alder_pa(barn.fodelsedatum, manad)
    if aldersgrupp(alder) != aldersgrupp(alder_pa(barn.fodelsedatum, sista_dagen(manad))):
        raise Undetermined("barn_byter_aldersgrupp", "Ett barn byter åldersgrupp i riksnormen under månaden.")
    if alder >= 18 and not barn.studerar:
        raise Undetermined("vuxet_barn", "Ett barn är över 18 år och studerar inte. Det söker för egen del.")
    return Barn(alder=alder, lunch_hemma=barn.lunch_hemma, dagar=barn.dagar)


@rule(law=RUTIN, since="2019-01-01")
def inkomster(ansokan: Ansokan) -> tuple[Inkomst, ...]:
    """Inkomsterna som sökande har redovisat."""
    return ansokan.inkomster


@rule(law=RUTIN, since="2019-01-01")
def utgifter(ansokan: Ansokan) -> tuple[Utgift, ...]:
    """Utgifterna som sökande har ansökt om."""
    return ansokan.utgifter


@rule(law=RUTIN, since="2019-01-01")
def sarskilda_utgifter(ansokan: Ansokan) -> tuple[Utgift, ...]:
    """De särskilda utgifterna som sökande har ansökt om."""
    return ansokan.sarskilda_utgifter


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 9 §", since="2025-07-01")
def barns_arbetsinkomster(ansokan: Ansokan) -> tuple[Decimal, ...]:
    """Varje barns egen arbetsinkomst hittills under kalenderåret, så som den är redovisad i ansökan."""
    return tuple(NOLL if barn.egen_inkomst is None else barn.egen_inkomst for barn in ansokan.barn)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 8 §", since="2025-07-01")
def jobbstimulans(ansokan: Ansokan, forra_berakningen: Tidigare, manad: date) -> Jobbstimulans:
    """Vem jobbstimulans gäller för: hela kontrollmånaden ska ligga inom perioden i verksamhetssystemet."""
    sokande = _jobbstimulans_for("sokande", forra_berakningen, manad)
    medsokande = False if ansokan.medsokande is None else _jobbstimulans_for("medsokande", forra_berakningen, manad)
    return Jobbstimulans(sokande=sokande, medsokande=medsokande)


def _jobbstimulans_for(person: str, arendet: Tidigare, manad: date) -> bool | None:
    """Say whether jobbstimulans applies the whole control month; None when only a part of the month lies within."""
    forsta = forra_manaden(manad)
    sista = sista_dagen(forsta)
    perioder = [period for period in arendet.jobbstimulans if period.person == person]
    if any(period.fran <= forsta and sista <= period.till for period in perioder):
        return True
    return None if any(period.fran <= sista and forsta <= period.till for period in perioder) else False


@rule(law=RUTIN, since="2019-01-01")
def kontrollmanad(manad: date) -> str:
    """Månaden före den som ansökan gäller. Då ska inkomsterna ha kommit in."""
    return forra_manaden(manad).isoformat()[:7]


@rule(law=RUTIN, since="2019-01-01")
def kontrollperiodens_start(manad: date) -> str:
    """Första dagen i kontrollmånaden."""
    return forra_manaden(manad).isoformat()


@rule(law=RUTIN, since="2019-01-01")
def kontrollperiodens_slut(manad: date) -> str:
    """Sista dagen i månaden som ansökan gäller."""
    return sista_dagen(manad).isoformat()


@rule(law=RUTIN, since="2019-01-01")
def beskattningsar(manad: date) -> str:
    """Det senaste avslutade kalenderåret. Uppgifter om kapital finns bara för hela år."""
    return str(manad.year - 1)


@rule(law="Förordning (2008:975) 6 §", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 15 kap. 12 §", since="2025-07-01")
def vuxnas_personnummer(ansokan: Ansokan) -> tuple[str, ...]:
    """De vuxnas nummer, sökande först. Registren kan bara svara på personnummer och samordningsnummer."""
    return _fragbara(_vuxnas_nummer(ansokan))


@rule(law="Handläggningsrutin, skyddade personuppgifter", since="2019-01-01")
def allas_personnummer(ansokan: Ansokan) -> tuple[str, ...]:
    """Numren på alla i hushållet som har ett. Frågan om skydd ställs om dem före allt annat."""
    barnens = [barn.personnummer for barn in ansokan.barn if barn.personnummer is not None]
    return _fragbara([*_vuxnas_nummer(ansokan), *barnens])


@rule(law="Förordning (2008:975) 5 §", since="2019-01-01")
def arbetssokandes_personnummer(ansokan: Ansokan) -> tuple[str, ...]:
    """Numren på de vuxna som uppger att de är arbetssökande. Bara de frågas det om hos Arbetsförmedlingen."""
    sysselsattning = (ansokan.sysselsattning.sokande, ansokan.sysselsattning.medsokande)
    vuxna = zip(_vuxnas_nummer(ansokan), sysselsattning, strict=False)
    return _fragbara([nummer for nummer, uppgift in vuxna if uppgift == "arbetssokande"])


def _vuxnas_nummer(ansokan: Ansokan) -> list[str]:
    medsokande = [] if ansokan.medsokande is None else [ansokan.medsokande.personnummer]
    return [ansokan.sokande.personnummer, *medsokande]


def _fragbara(nummer: list[str]) -> tuple[str, ...]:
    for ett in nummer:
        typ = identitetstyp(ett)
        if typ in UTAN_REGISTERTRAFF:
            raise Undetermined("identitet_utan_registertraff", f"En person har {typ}. Registren kan inte svara om det.")
    return tuple(nummer)


@rule(law=RUTIN, since="2019-01-01")
def telefon(ansokan: Ansokan) -> str | None:
    """Mobilnumret för sms, om sökande har lämnat något."""
    return ansokan.sokande.telefon


@rule(law=RUTIN, since="2019-01-01")
def epostadress(ansokan: Ansokan) -> str | None:
    """E-postadressen, om sökande har lämnat någon."""
    return ansokan.sokande.epost


@rule(law=RUTIN, since="2019-01-01")
def notis_ska_skickas(telefon: str | None, epostadress: str | None) -> bool:
    """Den som har lämnat telefon eller e-post får en notis. Beslutet kommer alltid i brev."""
    return bool(telefon or epostadress)


@rule(law=RUTIN, since="2019-01-01")
def postadress(ansokan: Ansokan) -> str:
    """Namn och adress för brev."""
    adress = ansokan.boende.adress
    return f"{ansokan.sokande.namn}\n{adress.gata}\n{adress.postnummer} {adress.ort}"
