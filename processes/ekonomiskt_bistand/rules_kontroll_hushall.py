"""Whether the household is the same as last month and as in folkbokföringen."""

from collections import Counter
from datetime import date

from robot.rules import rule

from .records import Ansokan, Folkbokforing, Tidigare

Kannetecken = tuple[str | None, date]


@rule(law="SoL (2001:453) 4 kap. [U]; SOSFS 2013:1", since="2019-01-01", until="2025-06-30")
@rule(law="SoL (2025:400) 12 kap. 7 §; SOSFS 2013:1", since="2025-07-01")
def hushallet_oforandrat(
    ansokan: Ansokan, folkbokforing: tuple[Folkbokforing, ...], forra_berakningen: Tidigare
) -> tuple[str, ...]:
    """Hushållet ska vara detsamma som förra månaden och stämma med folkbokföringen."""
    if not folkbokforing:
        return ("Folkbokföringen saknar svar om sökande.",)
    return (
        *_mot_forra_manaden(ansokan, forra_berakningen),
        *_partner_utanfor_ansokan(ansokan, folkbokforing),
        *_mot_adressen(ansokan, folkbokforing),
    )


def _mot_forra_manaden(ansokan: Ansokan, arendet: Tidigare) -> list[str]:
    if arendet.senaste is None:
        return []
    namn = [ansokan.sokande.namn, *(barn.namn for barn in ansokan.barn)]
    if ansokan.medsokande is not None:
        namn.append(ansokan.medsokande.namn)
    nu = Counter(_jamforbart(ett) for ett in namn)
    da = Counter(_jamforbart(rad.person) for rad in arendet.senaste.hushall)
    nya, borta = (nu - da).total(), (da - nu).total()
    anmarkningar = []
    if nya:
        anmarkningar.append(f"{_personer(nya)} i ansökan var inte med i hushållet förra månaden.")
    if borta:
        anmarkningar.append(f"{_personer(borta)} från förra månadens hushåll är inte med i ansökan.")
    return anmarkningar


def _partner_utanfor_ansokan(ansokan: Ansokan, folkbokforing: tuple[Folkbokforing, ...]) -> list[str]:
    partner = [relation for relation in folkbokforing[0].relationer if relation.typ in ("make", "partner")]
    if not partner:
        return []
    if ansokan.medsokande is None or len(folkbokforing) < 2:
        return ["Sökande har make eller registrerad partner enligt folkbokföringen men söker ensam."]
    registrerade: list[Kannetecken] = [(en.personnummer, en.fodelsetid) for en in partner]
    if _ta_bort((ansokan.medsokande.personnummer, folkbokforing[1].fodelsetid), registrerade):
        return []
    return ["Sökande har make eller registrerad partner enligt folkbokföringen men söker med någon annan."]


def _mot_adressen(ansokan: Ansokan, folkbokforing: tuple[Folkbokforing, ...]) -> list[str]:
    """Compare the household with those registered on the applicant's address, by number or else by date of birth."""
    sokande = folkbokforing[0]
    medlemmar: list[tuple[Kannetecken, bool]] = [
        ((barn.personnummer, barn.fodelsedatum), barn.dagar is None) for barn in ansokan.barn
    ]
    if ansokan.medsokande is not None and len(folkbokforing) > 1:
        medlemmar.append(((ansokan.medsokande.personnummer, folkbokforing[1].fodelsetid), True))
    jag: Kannetecken = (ansokan.sokande.personnummer, sokande.fodelsetid)
    ovriga: list[Kannetecken] = [(en.personnummer, en.fodelsetid) for en in sokande.pa_adressen]
    _ta_bort(jag, ovriga)
    saknas = 0
    for medlem, ska_vara_folkbokford in medlemmar:
        if not _ta_bort(medlem, ovriga) and ska_vara_folkbokford:
            saknas += 1
    anmarkningar = [f"{_personer(saknas)} i hushållet är inte folkbokförda på adressen."] if saknas else []
    i_bostaden = ansokan.boende.personer_i_bostaden
    andra = 0 if i_bostaden is None else max(0, i_bostaden - 1 - len(medlemmar))
    if len(ovriga) > andra:
        anmarkningar.append(f"{_personer(len(ovriga))} utanför hushållet är folkbokförda på adressen.")
    return anmarkningar


def _ta_bort(sokt: Kannetecken, personer: list[Kannetecken]) -> bool:
    """Remove the person from the list and say whether they were there. Two numbers decide; else the date of birth."""
    nummer, fodd = sokt
    for index, (annat_nummer, annan_fodd) in enumerate(personer):
        bada = nummer is not None and annat_nummer is not None
        if (nummer == annat_nummer) if bada else (fodd == annan_fodd):
            del personer[index]
            return True
    return False


def _jamforbart(namn: str) -> str:
    return " ".join(namn.split()).casefold()


def _personer(antal: int) -> str:
    return "En person" if antal == 1 else f"{antal} personer"
