"""Checks of the application itself. Each rule returns remarks for the handläggare; none means that it passed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta, timezone
from decimal import Decimal

from robot.rules import rule

from .identitet import Identitet, identitetstyp
from .katalog import BARNBIDRAG, HYRA, utgiftsnamn
from .records import Ansokan, Hushall, Inkomst, Utgift
from .uttryck import NOLL, forra_manaden, kronor, manad_i_ord, sista_dagen

RUTIN = "Handläggningsrutin"
RIKTLINJER = "Nämndens riktlinjer"
# Normal time all year: at most one summer hour around midnight counts to the month before, and months have slack.
SVENSK_TID = timezone(timedelta(hours=1))
BARNBIDRAG_TILL_ALDER = 16
SYSSELSATTNING_I_ORD = {
    "arbetssokande": "arbetssökande",
    "arbetar": "arbetar",
    "studerar": "studerar",
    "sjukskriven": "sjukskriven",
    "foraldraledig": "föräldraledig",
    "annat": "annat",
}


@rule(law="Handläggningsrutin, försäkran", since="2019-01-01")
def forsakran_lamnad(ansokan: Ansokan) -> tuple[str, ...]:
    """Sökande ska ha försäkrat att uppgifterna är riktiga."""
    return () if ansokan.forsakran else ("Sökande har inte försäkrat att uppgifterna är riktiga.",)


@rule(law="FL (2017:900) 23 §", since="2019-01-01")
def bilagor_granskas(ansokan: Ansokan) -> tuple[str, ...]:
    """En bilaga kan ändra utredningen och läses alltid av en handläggare."""
    antal = len(ansokan.bilagor)
    return (f"Ansökan har {antal} {'bilaga' if antal == 1 else 'bilagor'} att läsa.",) if antal else ()


@rule(law="FL (2017:900) 23 §", since="2019-01-01")
def meddelande_att_lasa(ansokan: Ansokan) -> tuple[str, ...]:
    """Ett meddelande kan ändra utredningen och läses alltid av en handläggare."""
    return ("Sökande har skrivit ett meddelande.",) if ansokan.meddelande.strip() else ()


@rule(law=RUTIN, since="2019-01-01")
def ratt_manad(ansokan: Ansokan, manad: date) -> tuple[str, ...]:
    """Ansökan ska gälla månaden då den kom in, månaden före eller månaden efter."""
    inkommen = ansokan.inkommen.astimezone(SVENSK_TID).date().replace(day=1)
    tillatna = (forra_manaden(inkommen), inkommen, sista_dagen(inkommen) + timedelta(days=1))
    if manad in tillatna:
        return ()
    return (f"Ansökan gäller {manad_i_ord(manad)} men kom in i {manad_i_ord(inkommen)}.",)


@rule(law="Folkbokföringslagen (1991:481) 18 §; handläggningsrutin", since="2019-01-01")
def identitet_styrkt(ansokan: Ansokan) -> tuple[str, ...]:
    """Alla med ett nummer ska ha ett personnummer. Ett samordningsnummer kan vara vilande eller osäkert."""
    personer = [("Sökande", ansokan.sokande.personnummer)]
    if ansokan.medsokande is not None:
        personer.append(("Medsökande", ansokan.medsokande.personnummer))
    personer += [("Ett barn", barn.personnummer) for barn in ansokan.barn if barn.personnummer is not None]
    typer = [(vem, identitetstyp(nummer)) for vem, nummer in personer]
    return tuple(f"{vem} har {typ}. Styrk identiteten." for vem, typ in typer if typ is not Identitet.PERSONNUMMER)


@rule(law="Handläggningsrutin, fasta uppgifter", since="2019-01-01")
def utbetalningssatt_oforandrat(ansokan: Ansokan) -> tuple[str, ...]:
    """Roboten ändrar aldrig uppgifter om utbetalning."""
    return ("Sökande vill ändra hur pengarna betalas ut.",) if ansokan.utbetalning_andrad else ()


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 3–6 §§", since="2025-07-01")
def sysselsattning_utan_provning(ansokan: Ansokan, sysselsattning_som_godtas: tuple[str, ...]) -> tuple[str, ...]:
    """Den som varken arbetar eller söker arbete kan ha godtagbara skäl. Det prövas individuellt."""
    uppgifter = (("Sökande", ansokan.sysselsattning.sokande), ("Medsökande", ansokan.sysselsattning.medsokande))
    return tuple(
        f"{vem} har uppgett sysselsättningen ”{SYSSELSATTNING_I_ORD[uppgift]}”."
        for vem, uppgift in uppgifter
        if uppgift is not None and uppgift not in sysselsattning_som_godtas
    )


@rule(law="SoL (2001:453) 4 kap. 3 §; nämndens riktlinjer, hyra", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 7 § första stycket 2; nämndens riktlinjer, hyra", since="2025-07-01")
def boendekostnad_skalig(
    utgifter: tuple[Utgift, ...], hushall: Hushall, rimlig_hyra: dict[int, Decimal], rimlig_hyra_per_barn: Decimal
) -> tuple[str, ...]:
    """Boendekostnaden ska rymmas inom kommunens gräns för hushållets storlek. Den sänks aldrig utan prövning."""
    hyra = belopp_per_slag(utgifter)[HYRA]
    barn = len(hushall.barn)
    grans = rimlig_hyra[min(barn, 2)] + max(0, barn - 2) * rimlig_hyra_per_barn
    return (f"Boendekostnaden {kronor(hyra)} är över kommunens gräns {kronor(grans)}.",) if hyra > grans else ()


@rule(law="SoL (2001:453) 4 kap. 3 §; nämndens riktlinjer", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 7 § första stycket 2; nämndens riktlinjer", since="2025-07-01")
def utgifter_inom_granser(utgifter: tuple[Utgift, ...], utgiftsgranser: dict[str, Decimal]) -> tuple[str, ...]:
    """Utgifter utöver boendet ska rymmas inom riktlinjerna. De sänks aldrig utan prövning."""
    return _over_grans([utgift for utgift in utgifter if utgift.slag != HYRA], utgiftsgranser)


@rule(law="SoL (2001:453) 4 kap. [U]; nämndens riktlinjer", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §; nämndens riktlinjer", since="2025-07-01")
def sarskilda_utgifter_utan_provning(
    sarskilda_utgifter: tuple[Utgift, ...], granser_sarskilda: dict[str, Decimal]
) -> tuple[str, ...]:
    """Särskilda utgifter godtas utan prövning bara för de typer och belopp som riktlinjerna anger."""
    return _over_grans(sarskilda_utgifter, granser_sarskilda)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 1 §", since="2025-07-01")
def barnbidrag_redovisat(hushall: Hushall, inkomster: tuple[Inkomst, ...]) -> tuple[str, ...]:
    """Ett hushåll med barn under 16 år har i regel barnbidrag, som räknas som inkomst."""
    unga = [barn for barn in hushall.barn if barn.alder < BARNBIDRAG_TILL_ALDER]
    redovisat = any(inkomst.slag == BARNBIDRAG and inkomst.belopp > 0 for inkomst in inkomster)
    return () if redovisat or not unga else ("Hushållet har barn under 16 år men inget barnbidrag är redovisat.",)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 9 §", since="2025-07-01")
def barns_inkomster(barns_inkomst_over_prisbasbelopp: Decimal) -> tuple[str, ...]:
    """Barns arbetsinkomst över ett prisbasbelopp får räknas. Om den ska räknas avgör en handläggare."""
    over = barns_inkomst_over_prisbasbelopp
    return (f"Barns egna arbetsinkomster är {kronor(over)} över prisbasbeloppet.",) if over > 0 else ()


@rule(law="SoF (2001:937) 2 kap. 1 §", since="2019-01-01", until="2025-06-30")
@rule(law="SoF (2025:468) 12 kap. 2 §", since="2025-07-01")
def norm_faststalld(riksnorm_underlag: str, hushall: Hushall, manad: date) -> tuple[str, ...]:
    """Roboten beslutar bara när riksnormens belopp för månaden är bekräftade."""
    utan_lunch = any(not barn.lunch_hemma for barn in hushall.barn)
    if riksnorm_underlag == "fastställd" or (riksnorm_underlag == "fastställd utom lunch" and not utan_lunch):
        return ()
    return (f"Riksnormens belopp för {manad_i_ord(manad)} är härledda och inte bekräftade. Kontrollera tabellen.",)


@rule(law="SoL (2001:453) 4 kap. [U]", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 3–6 §§", since="2025-07-01")
def aktivitetskrav_ej_tillampligt(aktivitetskrav: str) -> tuple[str, ...]:
    """Från oktober 2026 kan ett aktivitetskrav gälla. Tills lagens text är bekräftad avgör en handläggare."""
    if aktivitetskrav == "ingen lag":
        return ()
    return (
        "Ett aktivitetskrav föreslogs gälla från oktober 2026. Lagens text måste bekräftas innan roboten beslutar.",
    )


def belopp_per_slag(rader: Iterable[Utgift]) -> dict[str, Decimal]:
    """Return SEK/month by expense type; a type that does not occur is 0."""
    per_slag: dict[str, Decimal] = defaultdict(lambda: NOLL)
    for rad in rader:
        per_slag[rad.slag] += rad.belopp
    return per_slag


def _over_grans(rader: Iterable[Utgift], granser: dict[str, Decimal]) -> tuple[str, ...]:
    anmarkningar = []
    for slag, belopp in belopp_per_slag(rader).items():
        grans = granser.get(slag)
        if belopp > 0 and grans is None:
            anmarkningar.append(f"{utgiftsnamn(slag)} {kronor(belopp)} behöver prövas individuellt.")
        elif grans is not None and belopp > grans:
            anmarkningar.append(f"{utgiftsnamn(slag)} {kronor(belopp)} är över gränsen {kronor(grans)}.")
    return tuple(anmarkningar)
