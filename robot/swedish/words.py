"""Machine names as Swedish text: identifiers are ASCII, and what people read has its å, ä and ö."""

_WORDS = """
    alla allas annan ansökan ansökt användning arbetsförmedlingen arbetsinkomster arbetssökande
    arbetssökandes avgör avslagsskäl barns behöver bistånd biståndet beräknad beräkning beräkningar beräkningen
    beskattningsår beslutsskäl boendekostnad bosättning ej fastställd folkbokföring folkbokföringsadress
    folkbokförd född födelsedatum födelsetid för föräldraledig förra första förstahand försäkran
    från gällande godkänd godkända godkänt gräns gränsen gränser gäller hushåll hushållet
    hushållsrad hushållsrader hyresavi inlämnad intäkter jämförelse kontantersättning kontrollmånad
    kräver krävs kvittensnummer lämnad lämnade lön läsa lönen månad månaden månader månadsbelopp
    medsökande medsökandes mottagen nettolön något oförändrad oförändrade oförändrat område omprövning
    pågående på prövas prövning räkna räknad räknade räkning rätt sammanställning särskild särskilda
    skälig skäliga skäl skatteåterbäring sökande sökandes sysselsättning tillämpligt tilläggsansökan
    uppgörelse utbetalningssätt utgå ålder åldersgrupp år åtgärd ändrad ändrade ändring ärende ärendenummer
    ärendet återansökan överskott överskottet övre över ersättning avdragen utbetalningssättet skärmen behörighet
    oväntat
"""
_SPELLED = {word.translate(str.maketrans("åäöé", "aaoe")): word for word in _WORDS.split()} | {
    "epost": "e-post",
    "agi": "AGI",
    "ei": "EI",
}


def label(name: str) -> str:
    """A name as a heading: ``raknade_inkomster`` is "Räknade inkomster"."""
    words = [_SPELLED.get(word, word) for word in name.replace("-", "_").split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def source_name(source: str) -> str:
    """Where a fact comes from, as people say it: the register or system of the query, or who gave it."""
    system, dot, _ = source.partition(".")
    return label(system) if dot or " " not in source else source
