"""What Arbetsförmedlingen answers, read from the texts of its XML. Only what stands here leaves the connector."""

from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from connectors._fields import Day, Identity, Whitelisted

NAMESPACE = "http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2"
ANSWERED = 0


def _whole_number(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    raise PydanticCustomError("fel_schema", "not a whole number")


def _truth(value: Any) -> bool:
    if value in {"true", "1"}:
        return True
    if value in {"false", "0"}:
        return False
    raise PydanticCustomError("fel_schema", "not true or false")


Text: TypeAlias = Annotated[str, Field(min_length=1)]
WholeNumber: TypeAlias = Annotated[int, BeforeValidator(_whole_number)]
Truth: TypeAlias = Annotated[bool, BeforeValidator(_truth)]
Percent: TypeAlias = Annotated[int, BeforeValidator(_whole_number), Field(ge=0, le=100)]


class Huvud(Whitelisted):
    """The head of `Svar`: to which question, about whom, and whether it could be answered."""

    Referensnummer: str
    IdentitetsbeteckningFysiskPerson: Identity
    StatusSokandeinformationKod: WholeNumber


class EkonomisktBeslut(Whitelisted):
    """A decision on a benefit in a programme, with its period; Omfattning in percent."""

    ErsattningTyp: Text
    Omfattning: Percent
    BeslutFrom: Day
    BeslutTom: Day


class Arbetssokande(Whitelisted):
    """The job seeker. None means that the register left the field out; Arbetssokande itself may not be left out."""

    Arbetssokande: Truth
    ArbetssokandeSKAT: Text | None = None
    ArbetssokandeRegistrerad: Day | None = None
    ArbetssokandeOmfattning: Percent | None = None
    ArbetssokandeAvaktualiserad: Day | None = None
    AktivitetsRapportMeddelande: str
    SenasteAktivitetsRapportDatum: Day | None = None
    Sekretessmarkering: Truth | None = None
    EkonomiskaBeslut: list[EkonomisktBeslut] | None
