"""The YAML files of a process folder as models: text becomes dates, numbers and names."""

import re
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from robot.rules import Month
from robot.rules.amounts import MARKS

Unit = Literal[
    "SEK/month",
    "SEK/year",
    "SEK/day",
    "SEK",
    "percent",
    "years",
    "months",
    "days",
    "working_days",
    "number",
    "text",
    "yes_no",
]
Outcome = Literal["bifall", "avslag"]


def _date(text: Any) -> date:
    if isinstance(text, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise PydanticCustomError("iso_date", "Input should be a date, such as 2025-12-31")


def _whole_number(text: Any) -> int:
    if isinstance(text, str) and re.fullmatch(r"[0-9]{1,6}", text):
        return int(text)
    raise PydanticCustomError("whole_number", "Input should be a whole number")


def _flag(text: Any) -> bool:
    if text in ("true", "false"):
        return bool(text == "true")
    raise PydanticCustomError("flag", "Input should be `true` or `false`")


def _rate(text: Any) -> Fraction:
    if isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?", text) and 0 < Fraction(text) <= 1:
        return Fraction(text)
    raise PydanticCustomError(
        "rate", 'Input should be a share above 0 and up to 1, written as a fraction such as "1/20"'
    )


def _shown(names: Any) -> Any:
    return (
        {name: name for name in names} if isinstance(names, list) and all(isinstance(n, str) for n in names) else names
    )


_WORDS = {"type": "string", "minLength": 1}
_SHOWN_SCHEMA = {
    "anyOf": [
        {"type": "array", "items": _WORDS, "minItems": 1},
        {"type": "object", "additionalProperties": _WORDS, "minProperties": 1},
    ]
}
Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
IsoDate = Annotated[
    date, BeforeValidator(_date), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
]
WholeNumber = Annotated[
    int, BeforeValidator(_whole_number), Field(ge=1), WithJsonSchema({"type": "integer", "minimum": 1})
]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Rate = Annotated[
    Fraction, BeforeValidator(_rate), WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,9}(/[1-9][0-9]{0,8})?$"})
]
Names = Annotated[tuple[Text, ...], Field(strict=False)]


class Part(BaseModel):
    """A piece of a process definition: strict, frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True)


class Answer(Part):
    """What `arende decide` shows: values (shown name: fact, amount or rule) and checks that work without registers."""

    values: Annotated[dict[Text, Text], BeforeValidator(_shown), WithJsonSchema(_SHOWN_SCHEMA)] = Field(min_length=1)
    checks: Names = ()


class Review(Part):
    """What goes to a person: within how many working days, and the checks that are made at every decision.

    ``titles``: short Swedish titles of the codes that rules give when they cannot answer.
    """

    within_working_days: WholeNumber
    always: dict[Text, Text] = Field(default_factory=dict)
    titles: dict[Text, Text] = Field(default_factory=dict)


class Stickprov(Part):
    """The share of each stratum that is drawn for review by a person, and at least ``minimum`` cases a month.

    ``follow_up``: strata that are drawn and reviewed after the month, instead of held before they are carried out.
    ``new``: the share of every stratum while the rules, the program or the stratum itself is new, for a month or more.
    ``people``: the share of what people decide or take over; always drawn after the month. ``blind``: the share of
    reviews that are answered before the robot's outcome is shown. ``second``: the share of agreements that a second
    reviewer sees; every disagreement is. ``tolerable``: the share of wrong decisions that stops a stratum, ``target``
    the share below which its rate may fall again. ``review_days``: working days that a review may take.
    """

    rates: dict[Text, Rate] = Field(min_length=1)
    minimum: WholeNumber = 0
    follow_up: Names = ()
    new: Rate | None = None
    people: Rate | None = None
    blind: Rate = Field(default_factory=lambda: Fraction(1, 5))
    second: Rate = Field(default_factory=lambda: Fraction(1, 5))
    tolerable: Rate = Field(default_factory=lambda: Fraction(1, 20))
    target: Rate = Field(default_factory=lambda: Fraction(1, 50))
    review_days: WholeNumber = 10


class Explain(Part):
    """What an explanation tells beside the calculation.

    ``what_if``: amounts and rules that answer a sum, with the words for it in "Med … på 5 000 kr": the rules are run
    again with other sums to find where the outcome would change.
    """

    what_if: dict[Text, Text] = Field(min_length=1)


class ProcessFile(Part):
    """process.yaml: the flow of a case, top to bottom, and who may decide what on which law.

    ``preserve``: what gallring leaves for research: the samples of SoF 13 kap. 1 §, everything, or nothing.
    """

    process: Name
    title: Text
    owner: Text
    law: Text
    in_force_on: Text
    autonomy: Literal["propose", "decide"]
    may_decide: Annotated[tuple[Outcome, ...], Field(strict=False)]
    delegation: Text | None = None
    appeal: Literal["forvaltningsbesvar", "laglighetsprovning", "none"]
    application: Text
    retention_years: WholeNumber
    preserve: Literal["socialtjanst", "all", "none"] = "socialtjanst"
    answer: Answer | None = None
    steps: Annotated[tuple[dict[str, Any], ...], Field(strict=False, min_length=1)]
    review: Review
    stickprov: Stickprov | None = None
    explain: Explain | None = None


class FactEntry(Part):
    """One fact of facts.yaml."""

    title: Text
    type: Text
    sensitivity: Literal["none", "personal", "sensitive", "protected"]
    from_: Annotated[tuple[Text, ...], Field(strict=False, min_length=1, alias="from")]


class IntervalEntry(Part):
    """One value of an amount, in force from and including `from`, to and including `to`."""

    from_: IsoDate = Field(alias="from")
    to: IsoDate
    mark: Literal[MARKS]  # type: ignore[valid-type] # the marks are listed once, in robot.rules
    source: Text
    value: Annotated[
        Any,
        WithJsonSchema(
            {"type": ["string", "number", "boolean", "object", "array"], "description": "the figure, or figures by key"}
        ),
    ]
    marks: dict[Text, Literal[MARKS]] = Field(default_factory=dict)  # type: ignore[valid-type] # as above


class AmountEntry(Part):
    """One amount of parameters/*.yaml: its values by date. `sha256` guards the figures of a SEK amount."""

    title: Text
    unit: Unit
    by: Text | None = None
    gap_ok: Flag = False
    values: Annotated[tuple[IntervalEntry, ...], Field(strict=False, min_length=1)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class CaseEntry(Part):
    """One case of tests/cases.yaml: the facts that are given, and what must come out in a month."""

    case: Text
    on: Month
    given: dict[Text, Any]
    expect: dict[Text, Any] = Field(default_factory=dict)
    undetermined: Names = ()
    remarks: dict[Text, Any] = Field(default_factory=dict)
    source: Text | None = None
    working: Text | None = None
