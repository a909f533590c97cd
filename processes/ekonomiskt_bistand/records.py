"""Shapes of ekonomiskt bistånd: the application, the household, what registers and screens answer, rows to write."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from robot.rules import Amount, Extract, Month, Record

from .identitet import Identitet, identitetstyp
from .katalog import INKOMSTTYPER, SARSKILDA_UTGIFTSTYPER, UTGIFTSTYPER


def _identity(nummer: str) -> str:
    if identitetstyp(nummer) is Identitet.FEL_KONTROLLSIFFRA:
        raise ValueError("the check digit of the personnummer is wrong")
    return nummer


_ROLLER = {"Sökande": "sokande", "Medsökande": "medsokande"}
_BY_NAME_AND_ALIAS = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


def _roll(text: object) -> object:
    return _ROLLER.get(text, text) if isinstance(text, str) else text


Identitetsnummer = Annotated[str, AfterValidator(_identity)]
PositivtBelopp = Annotated[Amount, Field(ge=0)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
_KOD = r"^[A-Z][A-Z0-9_]{1,60}$"
# The labels are what a person reads and chooses from; a code without a label is still a code.
_INKOMSTER: dict[str, JsonValue] = {kod: namn for kod, namn in INKOMSTTYPER.items() if namn is not None}
_UTGIFTER: dict[str, JsonValue] = {**UTGIFTSTYPER, **SARSKILDA_UTGIFTSTYPER}
Inkomstkod = Annotated[str, Field(pattern=_KOD, json_schema_extra={"labels": _INKOMSTER})]
Utgiftskod = Annotated[str, Field(pattern=_KOD, json_schema_extra={"labels": _UTGIFTER})]
Person = Literal[1, 2]
Sysselsattning = Literal["arbetssokande", "arbetar", "studerar", "sjukskriven", "foraldraledig", "annat"]


class Inkomst(Record):
    """An income row: type code, SEK per month after tax, and whose it is (1 sökande, 2 medsökande)."""

    slag: Inkomstkod
    belopp: PositivtBelopp
    person: Person


class Utgift(Record):
    """An expense row: type code and SEK per month as applied for."""

    slag: Utgiftskod
    belopp: PositivtBelopp


class Sokande(Record):
    """The applicant, as the e-service delivers."""

    personnummer: Identitetsnummer
    namn: Text
    telefon: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{5,18}$")] | None
    epost: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=200)] | None


class Medsokande(Record):
    """The co-applicant: the spouse or sambo who applies together with the applicant."""

    personnummer: Identitetsnummer
    namn: Text


class BarnIAnsokan(Record):
    """A child or school youth in the application. `egen_inkomst` is SEK from own work this calendar year so far."""

    namn: Text
    fodelsedatum: date
    personnummer: Identitetsnummer | None
    lunch_hemma: bool
    dagar: Annotated[int, Field(ge=0, le=31)] | None
    studerar: bool
    egen_inkomst: PositivtBelopp | None


class Adress(Record):
    """A Swedish postal address."""

    gata: Text
    postnummer: Annotated[str, Field(pattern=r"^[0-9]{3} ?[0-9]{2}$")]
    ort: Text


class Boende(Record):
    """Where and how the household lives. `personer_i_bostaden` counts everybody there, household or not."""

    adress: Adress
    personer_i_bostaden: Annotated[int, Field(ge=1, le=30)] | None
    kontrakt: Literal["forstahand", "andrahand", "inneboende", "agd"]


class SysselsattningPerPerson(Record):
    """What each adult does, by person number in the application: "1" sökande, "2" medsökande."""

    model_config = _BY_NAME_AND_ALIAS

    sokande: Sysselsattning = Field(alias="1")
    medsokande: Sysselsattning | None = Field(alias="2", default=None)


class Ansokan(Record):
    """A monthly re-application for ekonomiskt bistånd, as the e-service delivers it."""

    ansokan_id: Annotated[str, Field(pattern=r"^A-[A-Za-z0-9-]{1,40}$")]
    inkommen: AwareDatetime
    manad: Month
    sokande: Sokande
    medsokande: Medsokande | None
    sambor: bool
    barn: tuple[BarnIAnsokan, ...]
    boende: Boende
    inkomster: tuple[Inkomst, ...]
    utgifter: tuple[Utgift, ...]
    sarskilda_utgifter: tuple[Utgift, ...]
    sysselsattning: SysselsattningPerPerson
    utbetalning_andrad: bool
    meddelande: Annotated[str, Field(max_length=5000)]
    bilagor: tuple[Text, ...]
    forsakran: bool

    @model_validator(mode="after")
    def _consistent(self) -> "Ansokan":
        if (self.medsokande is None) != (self.sysselsattning.medsokande is None):
            raise ValueError('sysselsattning must have "2" exactly when there is a medsokande')
        numbers = [self.sokande.personnummer, *([self.medsokande.personnummer] if self.medsokande else [])]
        numbers += [barn.personnummer for barn in self.barn if barn.personnummer is not None]
        if len(set(numbers)) != len(numbers):
            raise ValueError("the same personnummer stands on two persons")
        return self


class Barn(Record):
    """A child or school youth of the household: age in whole years; `dagar` days a month here, null = all."""

    alder: Annotated[int, Field(ge=0)]
    lunch_hemma: bool = True
    dagar: Annotated[int, Field(ge=0, le=31)] | None = None


class Hushall(Record):
    """The household that the norm is counted for (SoL 12 kap. 7 §). `personer_i_bostaden`: all in a shared home."""

    vuxna: Annotated[int, Field(ge=1, le=2)]
    sambor: bool
    barn: tuple[Barn, ...]
    personer_i_bostaden: Annotated[int, Field(ge=1, le=30)] | None = None


class Jobbstimulans(Record):
    """Whose wage jobbstimulans applies to, by person number. Null = not known, which only matters for a wage."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    sokande: bool | None = Field(alias="1", default=None)
    medsokande: bool | None = Field(alias="2", default=None)


class Svar(Extract):
    """An answer from outside: field names as in the real interface, kept so when it is written out again."""

    model_config = _BY_NAME_AND_ALIAS


class Skydd(Svar):
    """Protection flags of one person in folkbokföringen."""

    sekretessmarkering: bool = Field(alias="Sekretessmarkering")
    skyddad_folkbokforing: bool = Field(alias="SkyddadFolkbokforing")


class Folkbokforingsadress(Svar):
    """The registered address and municipality code."""

    utdelningsadress: str = Field(alias="Utdelningsadress")
    postnr: str = Field(alias="Postnr")
    postort: str = Field(alias="Postort")
    kommunkod: str = Field(alias="Kommunkod")


class Avregistrering(Svar):
    """Why a person is no longer registered."""

    kod: str


class Relation(Svar):
    """A registered relation. A partner or child may lack a number in the answer."""

    typ: str = Field(alias="Typ")
    fodelsetid: date = Field(alias="Fodelsetid")
    personnummer: str | None = Field(alias="Personnummer")
    samma_adress: bool = Field(alias="SammaAdress")


class RegistreradPaAdressen(Svar):
    """Somebody who is registered on the same address."""

    fodelsetid: date = Field(alias="Fodelsetid")
    personnummer: str | None = Field(alias="Personnummer")


class Folkbokforing(Svar):
    """One person in folkbokföringen. There is no address when the person is no longer registered."""

    fodelsetid: date = Field(alias="Fodelsetid")
    adress: Folkbokforingsadress | None = Field(alias="Folkbokforingsadress")
    avregistrering: Avregistrering | None = Field(alias="Avregistrering")
    relationer: tuple[Relation, ...] = Field(alias="Relationer")
    pa_adressen: tuple[RegistreradPaAdressen, ...] = Field(alias="HushallPaAdressen")


class Individuppgift(Svar):
    """One employer's declared pay for a month: fields 011, 131 and 001 of the arbetsgivardeklaration, whole SEK."""

    kontant_ersattning: Amount = Field(alias="KontantErsattningUlagAG")
    avdragen_skatt: Amount = Field(alias="AvdrPrelSkatt")
    annan_kontant_ersattning: Amount | None = Field(alias="KontantErsattningEjUlagSA", default=None)


class Agi(Svar):
    """The declarations in force for one person and month: corrections replaced, removed ones gone."""

    gallande: tuple[Individuppgift, ...] = Field(alias="Gallande")


class Kapital(Svar):
    """Taxed capital of one person and year, SEK per year."""

    intakter: Amount = Field(alias="SummaIntakterPaKapital")
    overskott: Amount = Field(alias="OverskottPaKapital")


class Skatteutbetalning(Svar):
    """One paid tax refund, SEK."""

    belopp: Amount = Field(alias="Belopp")


class Skatteaterbaring(Svar):
    """Tax refunds paid to one person in a month."""

    utbetalningar: tuple[Skatteutbetalning, ...] = Field(alias="Utbetalningar")


class Arbetssokande(Svar):
    """One person at Arbetsförmedlingen."""

    arbetssokande: bool = Field(alias="Arbetssokande")
    avaktualiserad: date | None = Field(alias="ArbetssokandeAvaktualiserad", default=None)
    senaste_aktivitetsrapport: date | None = Field(alias="SenasteAktivitetsRapportDatum", default=None)
    sekretessmarkering: bool | None = Field(alias="Sekretessmarkering", default=None)


class TidigareBerakning(Svar):
    """A calculation in the case's list: period "YYYY-MM" and status."""

    nummer: str
    period: Month
    status: str


class TidigareHushallsrad(Svar):
    """A household row of last month's calculation."""

    person: str
    norm: str
    belopp: Amount


class TidigareInkomst(Svar):
    """An income row of last month's calculation, by the case system's label, SEK per month."""

    typ: str
    sokande: Amount
    medsokande: Amount


class TidigareUtgift(Svar):
    """An expense row of last month's calculation, by the case system's label, SEK per month."""

    typ: str
    ansokt: Amount
    godkant: Amount


class SenasteBerakning(Svar):
    """Last month's final calculation. `resultat` is signed as the case system shows it: negative = deficit."""

    period: Month
    hushall: tuple[TidigareHushallsrad, ...]
    inkomster: tuple[TidigareInkomst, ...]
    utgifter: tuple[TidigareUtgift, ...]
    sarskilda: tuple[TidigareUtgift, ...]
    resultat: Amount


class Jobbstimulansperiod(Svar):
    """A period of jobbstimulans for one adult, both dates included."""

    person: Annotated[Literal["sokande", "medsokande"], BeforeValidator(_roll)]
    fran: date = Field(alias="from")
    till: date


class Tidigare(Svar):
    """What the case system shows of the case: its calculations, the latest final one or none, jobbstimulans, payee."""

    arendenummer: str
    sokande_namn: str
    berakningar: tuple[TidigareBerakning, ...]
    senaste: SenasteBerakning | None
    jobbstimulans: tuple[Jobbstimulansperiod, ...]
    utbetalningssatt: str


class Normrad(Record):
    """A household row to write: person, the case system's norm label, SEK per month, days when not the whole month."""

    person: str
    norm: str
    manadsbelopp: Amount
    dagar: int | None


class Inkomstrad(Record):
    """An income row to write: each type once, SEK per month for the two adults."""

    typ: str
    sokande: Amount
    medsokande: Amount


class Utgiftsrad(Record):
    """An expense row to write: each type once, SEK per month applied for and approved."""

    typ: str
    ansokt: Amount
    godkant: Amount
