"""What Skatteverket answers. Only what stands here leaves the connector; everything else is dropped."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import Field, computed_field, model_validator
from pydantic_core import PydanticCustomError

from connectors._fields import Amount, Day, Identity, Moment, Whitelisted, one_of

Text: TypeAlias = Annotated[str, Field(min_length=1)]
# Navet's code tables as generally known, not confirmed against Skatteverket's own list: others go to a person.
Civilstand: TypeAlias = Annotated[str, one_of("OG", "G", "Ä", "S", "RP", "SP", "EP")]
Avregistreringskod: TypeAlias = Annotated[str, one_of("AV", "UV", "OB", "TA", "GN", "AN")]
Relationstyp: TypeAlias = Annotated[str, one_of("make", "partner", "barn", "vardnadshavare")]


class Kuvert(Whitelisted):
    """The envelope of every answer: what the register did, about whom, and the answer itself, still unread."""

    Svarskod: int
    IdentitetsbeteckningFysiskPerson: Identity
    Svar: Any = None


class Skydd(Whitelisted):
    """The protection flags. Both must be there: a flag that is left out is no answer."""

    Sekretessmarkering: bool
    SkyddadFolkbokforing: bool


class Folkbokforingsadress(Whitelisted):
    """The address where the person is registered."""

    Utdelningsadress: Text
    Postnr: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    Postort: Text
    Kommunkod: Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class Avregistrering(Whitelisted):
    """Why and when the person left the register."""

    kod: Avregistreringskod
    datum: Day


class Relation(Whitelisted):
    """A spouse, partner, child or guardian."""

    Typ: Relationstyp
    Fodelsetid: Day
    Personnummer: Identity | None
    SammaAdress: bool


class Hushallsmedlem(Whitelisted):
    """Another person registered at the same address."""

    Fodelsetid: Day
    Personnummer: Identity | None


class Folkbokforing(Whitelisted):
    """The person in the population register. Without an address only when the person has left the register."""

    IdentitetsbeteckningFysiskPerson: Identity
    Fornamn: Text
    Efternamn: Text
    Fodelsetid: Day
    Civilstand: Civilstand
    Folkbokforingsadress: Folkbokforingsadress | None
    FolkbokforingsDatum: Day
    Avregistrering: Avregistrering | None
    Relationer: list[Relation]
    HushallPaAdressen: list[Hushallsmedlem]

    @model_validator(mode="after")
    def _registered_somewhere_or_gone(self) -> "Folkbokforing":
        if self.Folkbokforingsadress is None and self.Avregistrering is None:
            raise PydanticCustomError("fel_schema", "neither an address nor a reason why there is none")
        return self


class Kapital(Whitelisted):
    """Capital income of a tax year, SEK."""

    Beskattningsar: str
    SummaIntakterPaKapital: Amount
    OverskottPaKapital: Amount


class Utbetalning(Whitelisted):
    """One paid tax refund, SEK."""

    Datum: Day
    Belopp: Amount


class Skatteaterbaring(Whitelisted):
    """The tax refunds paid in the month asked about; an empty list means that there were none."""

    Utbetalningar: list[Utbetalning]


class Individuppgift(Whitelisted):
    """One employer's statement of one person and month, SEK (fields 201, 570, 011, 131 and 001 of the declaration)."""

    AgRegistreradId: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    Specifikationsnummer: int
    KontantErsattningUlagAG: Amount
    KontantErsattningEjUlagSA: Amount | None = None
    AvdrPrelSkatt: Amount
    Inlamnad: Moment
    Borttag: bool


class Agi(Whitelisted):
    """All statements of the month as they came in, and `Gallande`: those that count after corrections and removals."""

    RedovisningsPeriod: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    Individuppgifter: list[Individuppgift]

    @computed_field  # type: ignore[prop-decorator]  # mypy does not support decorators above a property
    @property
    def Gallande(self) -> list[Individuppgift]:  # noqa: N802  # stands beside the interface's own field names
        """The latest statement per employer and number, without removed ones."""
        latest: dict[tuple[str, int], Individuppgift] = {}
        for row in sorted(self.Individuppgifter, key=lambda row: row.Inlamnad):
            latest[row.AgRegistreradId, row.Specifikationsnummer] = row
        return [row for row in latest.values() if not row.Borttag]

    @model_validator(mode="after")
    def _corrections_have_an_order(self) -> "Agi":
        seen: dict[tuple[str, int, datetime], Individuppgift] = {}
        for row in self.Individuppgifter:
            earlier = seen.setdefault((row.AgRegistreradId, row.Specifikationsnummer, row.Inlamnad), row)
            if earlier != row:
                raise PydanticCustomError("motstridiga_uppgifter", "two different statements handed in at once")
        return self
