"""How single values of an answer are read: what is not exactly as the interface promises is refused by name."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer
from pydantic_core import PydanticCustomError

_AMOUNT = re.compile(r"-?[0-9]{1,11}(\.[0-9]{1,2})?", re.ASCII)
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"(19|20)[0-9]{2}", re.ASCII)
_IDENTITY = re.compile(r"[0-9]{12}", re.ASCII)


class Whitelisted(BaseModel):
    """Base of every answer: declared fields are read strictly, all others are dropped before anybody sees them."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def field_paths(cls) -> list[str]:
        """Return the dotted path of every single field that can come through, e.g. `Utbetalningar.Belopp`."""
        fields = {name: field.annotation for name, field in cls.model_fields.items()}
        fields |= {name: field.return_type for name, field in cls.model_computed_fields.items()}
        paths: list[str] = []
        for name, annotation in fields.items():
            inner = _model_in(annotation)
            paths += [f"{name}.{path}" for path in inner.field_paths()] if inner else [name]
        return paths


def _model_in(annotation: Any) -> type[Whitelisted] | None:
    """Return the model inside `Model`, `Model | None` or `list[Model]`."""
    if isinstance(annotation, type) and issubclass(annotation, Whitelisted):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)


def _amount(value: Any) -> Decimal:
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text) or text.startswith("-"):
        raise PydanticCustomError("olasligt_belopp", "not an amount in SEK that is 0 or more")
    return Decimal(text)


def _day(value: Any) -> date:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise PydanticCustomError("olasligt_datum", "not a date ÅÅÅÅ-MM-DD") from None


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise PydanticCustomError("olasligt_datum", "not a time with time zone")


def _identity(value: Any) -> str:
    if not is_identity(value):
        raise PydanticCustomError("fel_schema", "not twelve digits")
    return str(value)


Amount: TypeAlias = Annotated[
    Decimal, BeforeValidator(_amount), PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)
]
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
Moment: TypeAlias = Annotated[datetime, BeforeValidator(_moment)]
Identity: TypeAlias = Annotated[str, BeforeValidator(_identity)]


def one_of(*codes: str) -> AfterValidator:
    """Accept only the known codes; any other is `okand_kod`."""

    def check(value: str) -> str:
        if value not in codes:
            raise PydanticCustomError("okand_kod", "not a known code")
        return value

    return AfterValidator(check)


def is_identity(value: object) -> bool:
    """Tell whether the value is twelve digits, the only form that the registers can look up."""
    return isinstance(value, str) and _IDENTITY.fullmatch(value) is not None


def is_month(value: str) -> bool:
    """Tell whether the value is a month written ÅÅÅÅ-MM."""
    return _MONTH.fullmatch(value) is not None


def is_year(value: str) -> bool:
    """Tell whether the value is a year written ÅÅÅÅ."""
    return _YEAR.fullmatch(value) is not None


def is_day(value: str) -> bool:
    """Tell whether the value is a day written ÅÅÅÅ-MM-DD that exists."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
