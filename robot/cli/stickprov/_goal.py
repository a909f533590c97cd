"""The controller's goal as a YAML file: what must be shown of which strata, and by when."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from robot.definition.document import Document
from robot.definition.model import Part, Rate, Text, WholeNumber
from robot.definition.problem import DefinitionError
from robot.definition.validate import validate


def _expected(text: Any) -> Fraction:
    if isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?", text) and Fraction(text) < 1:
        return Fraction(text)
    raise PydanticCustomError("expected_rate", 'Input should be a share below 1, such as "1/100" or 0')


def _confidence(text: Any) -> Fraction:
    if isinstance(text, str) and re.fullmatch(r"0\.[0-9]{1,6}", text) and Fraction(text) > 0:
        return Fraction(text)
    raise PydanticCustomError("confidence", "Input should be a confidence such as 0.95")


def _month(text: Any) -> date:
    if isinstance(text, str) and re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text):
        return date.fromisoformat(f"{text}-01")
    raise PydanticCustomError("month", "Input should be a month such as 2027-06")


def _kronor(text: Any) -> int:
    if isinstance(text, str) and re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    raise PydanticCustomError("kronor", "Input should be whole kronor, 0 or more")


Kronor = Annotated[int, BeforeValidator(_kronor)]


class StratumFile(Part):
    """A stratum's goal. What is left out is taken from the journal: decisions a month, the largest amount, the paid."""

    tolerable_rate: Rate | None = None
    expected_rate: Annotated[Fraction, BeforeValidator(_expected)] = Fraction(0)
    decisions_a_month: WholeNumber | None = None
    largest_kronor: Kronor | None = None
    paid_kronor_a_month: Kronor | None = None


class TotalFile(Part):
    """The goal for all strata together."""

    tolerable_rate: Rate | None = None
    kronor_a_month: Kronor | None = None


class GoalFile(Part):
    """The whole file. ``by``: the last month that counts. ``review_minutes``: used when the journal has no reviews."""

    process: Text
    confidence: Annotated[Fraction, BeforeValidator(_confidence)] = Fraction(95, 100)
    by: Annotated[date, BeforeValidator(_month)] | None = None
    present_rate: Rate = Fraction(1, 20)
    review_minutes: WholeNumber | None = None
    total: TotalFile = TotalFile()
    strata: dict[Text, StratumFile] = Field(min_length=1)


def read_goal(path: Path) -> GoalFile:
    """The file's goal. Raises `DefinitionError` with every problem and its place."""
    document = Document.read(path.parent, path.name)
    goal = validate(GoalFile, document)
    if goal is None:
        raise DefinitionError(path.parent, document.problems)
    return goal
