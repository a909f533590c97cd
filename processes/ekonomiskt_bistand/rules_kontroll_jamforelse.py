"""Checks against last month's calculation in the case system."""

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from robot.rules import Undetermined, rule

from .katalog import HYRA, INKOMSTTYPER, OVERSKOTT, UTGIFTSTYPER, inkomstnamn, utgiftsnamn
from .records import Ansokan, Inkomst, Tidigare, Utgift
from .rules_kontroll_ansokan import belopp_per_slag
from .uttryck import NOLL, forra_manaden, kronor, manad_i_ord

RUTIN = "Handläggningsrutin, jämförelse med förra månaden"
SLUTLIG = "Slutlig"
VEM = {1: "Sökande", 2: "Medsökande"}
PerTyp = dict[tuple[str, int], Decimal]


@rule(law="Handläggningsrutin, återansökan", since="2019-01-01")
def pagaende_arende(ansokan: Ansokan, forra_berakningen: Tidigare, manad: date) -> tuple[str, ...]:
    """En återansökan ska ha en slutlig beräkning för månaden före. Annars är den en ny ansökan."""
    anmarkningar = []
    if " ".join(forra_berakningen.sokande_namn.split()) != " ".join(ansokan.sokande.namn.split()):
        anmarkningar.append("Ärendet i verksamhetssystemet har ett annat namn än ansökan.")
    forra = forra_manaden(manad)
    slutlig = any(rad.period == forra and rad.status == SLUTLIG for rad in forra_berakningen.berakningar)
    if not slutlig or forra_berakningen.senaste is None or forra_berakningen.senaste.period != forra:
        anmarkningar.append(f"Det finns ingen slutlig beräkning för {manad_i_ord(forra)}. Pröva som ny ansökan.")
    if not forra_berakningen.utbetalningssatt.strip():
        anmarkningar.append("Utbetalningssätt saknas i verksamhetssystemet.")
    return tuple(anmarkningar)


@rule(law="Handläggningsrutin, återansökan", since="2019-01-01")
def inte_redan_beslutad(forra_berakningen: Tidigare, manad: date) -> tuple[str, ...]:
    """Månaden får inte redan ha en beräkning. Roboten skriver aldrig över någons arbete."""
    rader = [rad for rad in forra_berakningen.berakningar if rad.period == manad]
    return tuple(f"{manad_i_ord(manad).capitalize()} har redan en beräkning med status {rad.status}." for rad in rader)


def _nu(inkomster: tuple[Inkomst, ...]) -> PerTyp:
    """Return SEK/month by case system label and person. Surplus carried has its own check."""
    summor: PerTyp = defaultdict(lambda: NOLL)
    for rad in inkomster:
        if rad.slag != OVERSKOTT and rad.belopp > 0:
            summor[inkomstnamn(rad.slag), rad.person] += rad.belopp
    return dict(summor)


def _da(arendet: Tidigare) -> PerTyp:
    summor: PerTyp = defaultdict(lambda: NOLL)
    for rad in arendet.senaste.inkomster if arendet.senaste is not None else ():
        if rad.typ != INKOMSTTYPER[OVERSKOTT]:
            summor[rad.typ, 1] += rad.sokande
            summor[rad.typ, 2] += rad.medsokande
    return {nyckel: belopp for nyckel, belopp in summor.items() if belopp > 0}


@rule(law=RUTIN, since="2019-01-01")
def inga_nya_inkomster(inkomster: tuple[Inkomst, ...], forra_berakningen: Tidigare) -> tuple[str, ...]:
    """En inkomst som inte fanns förra månaden granskas av en handläggare."""
    if forra_berakningen.senaste is None:
        return ()
    da = _da(forra_berakningen)
    return tuple(
        f"{VEM[person]} har en ny inkomst: {typ} {kronor(belopp)}."
        for (typ, person), belopp in _nu(inkomster).items()
        if (typ, person) not in da
    )


@rule(law=RUTIN, since="2019-01-01")
def inga_borttagna_inkomster(inkomster: tuple[Inkomst, ...], forra_berakningen: Tidigare) -> tuple[str, ...]:
    """En inkomst som fanns förra månaden men inte nu granskas av en handläggare."""
    nu = _nu(inkomster)
    return tuple(
        f"{VEM[person]} hade {typ} {kronor(belopp)} förra månaden men har inte redovisat den nu."
        for (typ, person), belopp in _da(forra_berakningen).items()
        if (typ, person) not in nu
    )


@rule(law=RUTIN, since="2019-01-01")
def inkomster_inom_tolv_procent(
    inkomster: tuple[Inkomst, ...], forra_berakningen: Tidigare, andringsgrans: Decimal
) -> tuple[str, ...]:
    """En inkomst som har ändrats mer än kommunens gräns i hela procent granskas av en handläggare."""
    anmarkningar = []
    da = _da(forra_berakningen)
    for (typ, person), belopp in _nu(inkomster).items():
        forra = da.get((typ, person))
        if forra is None:
            continue
        procent = (abs(belopp - forra) / forra * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        if procent > andringsgrans:
            anmarkningar.append(
                f"{VEM[person]}: {typ} har ändrats {procent} procent, från {kronor(forra)} till {kronor(belopp)}."
            )
    return tuple(anmarkningar)


@rule(law=RUTIN, since="2019-01-01")
def boendekostnad_oforandrad(utgifter: tuple[Utgift, ...], forra_berakningen: Tidigare) -> tuple[str, ...]:
    """Boendekostnaden ska vara den som godkändes förra månaden."""
    if forra_berakningen.senaste is None:
        return ()
    etikett = UTGIFTSTYPER[HYRA]
    godkant = [rad.godkant for rad in forra_berakningen.senaste.utgifter if rad.typ == etikett]
    nu, da = belopp_per_slag(utgifter)[HYRA], sum(godkant, NOLL)
    return () if nu == da else (f"Boendekostnaden är {kronor(nu)}. Förra månaden godkändes {kronor(da)}.",)


@rule(law=RUTIN, since="2019-01-01")
def inga_nya_utgifter(utgifter: tuple[Utgift, ...], forra_berakningen: Tidigare) -> tuple[str, ...]:
    """En typ av utgift som inte fanns förra månaden granskas av en handläggare."""
    if forra_berakningen.senaste is None:
        return ()
    da = {rad.typ for rad in forra_berakningen.senaste.utgifter if rad.godkant > 0}
    return tuple(
        f"Ny utgift: {utgiftsnamn(slag)} {kronor(belopp)}."
        for slag, belopp in belopp_per_slag(utgifter).items()
        if belopp > 0 and slag != HYRA and utgiftsnamn(slag) not in da
    )


@rule(law="Nämndens riktlinjer, överskott", since="2019-01-01")
def overskott_manader(inkomster: tuple[Inkomst, ...], forra_berakningen: Tidigare) -> int:
    """Hur länge överskottet har förts vidare. En månad bakåt syns i ärendet, inte mer."""
    if not any(rad.slag == OVERSKOTT and rad.belopp > 0 for rad in inkomster):
        return 0
    tidigare = forra_berakningen.senaste.inkomster if forra_berakningen.senaste is not None else ()
    if any(rad.typ == INKOMSTTYPER[OVERSKOTT] and rad.sokande + rad.medsokande > 0 for rad in tidigare):
        raise Undetermined(
            "overskott_alder_okand", "Överskottet fanns redan förra månaden. Hur gammalt det är syns inte."
        )
    return 1


@rule(law="Nämndens riktlinjer, överskott; HFD 2013 ref. 18", since="2019-01-01")
def overskott_inom_gransen(
    inkomster: tuple[Inkomst, ...],
    forra_berakningen: Tidigare,
    overskott_manader: int,
    overskott_fors_vidare: str,
    overskott_hogst_manader: Decimal,
) -> tuple[str, ...]:
    """Överskott förs vidare enligt riktlinjerna och bara om det är nytt. Ett förskott räknas aldrig av."""
    nu = sum((rad.belopp for rad in inkomster if rad.slag == OVERSKOTT), NOLL)
    senaste = forra_berakningen.senaste
    forra = NOLL if senaste is None else max(NOLL, senaste.resultat)
    if overskott_fors_vidare != "ja":
        return (f"Överskott {kronor(nu)} är redovisat men förs inte vidare här.",) if nu > 0 else ()
    if overskott_manader > overskott_hogst_manader:
        return (f"Överskottet har förts vidare i {overskott_manader} månader. Gränsen är {overskott_hogst_manader}.",)
    if nu != forra:
        return (f"Förra månadens överskott var {kronor(forra)} men {kronor(nu)} är redovisat.",)
    return ()
