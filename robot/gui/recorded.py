"""The recorded contract of a screen: what its pages showed when a person last found them right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = "contract"  # beside the screen files


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several with the same name: the ``number``:th, from 1, ``of`` so many."""

    name: str
    number: int
    of: int


def of_several(name: str) -> OneOf | None:
    """What "Datum (2 av 3)" means; None for a name without a number."""
    found = re.fullmatch(r"(.+) \((\d+) av (\d+)\)", name)
    return OneOf(found[1], int(found[2]), int(found[3])) if found and 1 <= int(found[2]) <= int(found[3]) else None


class Recorded(BaseModel):
    """A piece of a contract: frozen, unknown keys refused. Read from YAML, where every scalar is a text."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedField(Recorded):
    """A field. ``options``: its choices, unless they differ from case to case. ``longest``: characters, -1 any.

    ``wide``: pixels. No other width is a change; it only tells which of two new fields is the old one.
    """

    label: str
    kind: str
    group: str = ""
    required: bool = False
    longest: int = -1
    wide: int = 0
    options: Annotated[tuple[str, ...], Field(strict=False)] = ()


class RecordedTable(Recorded):
    """A table: its name, its headers in order, and the fields of a row."""

    table: str
    headers: Annotated[tuple[str, ...], Field(strict=False)]
    fields: Annotated[tuple[RecordedField, ...], Field(strict=False)] = ()


class RecordedPage(Recorded):
    """One page of the screen file: ``part`` (open, pages, look) and ``number`` from 0 say which."""

    part: str
    number: int
    heading: str = ""
    fields: Annotated[tuple[RecordedField, ...], Field(strict=False)] = ()
    tables: Annotated[tuple[RecordedTable, ...], Field(strict=False)] = ()
    shown: Annotated[tuple[str, ...], Field(strict=False)] = ()
    buttons: Annotated[tuple[str, ...], Field(strict=False)] = ()

    def field(self, label: str) -> RecordedField | None:
        """The field that a screen file means by the label."""
        for one in self.fields:
            if label in {one.label, f"{one.group} / {one.label}".strip()}:
                return one
        several = of_several(label)
        same = [one for one in self.fields if several is not None and one.label == several.name]
        return same[several.number - 1] if several is not None and len(same) == several.of else None

    def cell(self, table: str, column: str) -> RecordedField | None:
        """The field of a row of the table."""
        cells = [one for found in self.tables if found.table == table for one in found.fields]
        return next((one for one in cells if one.label == column), None)


class Contract(Recorded):
    """The contract of one screen. ``recorded``: the day and by what, for people."""

    screen: str
    recorded: str
    pages: Annotated[tuple[RecordedPage, ...], Field(strict=False)]

    def page(self, part: str, number: int) -> RecordedPage | None:
        """What was recorded of a page of the screen file."""
        return next((one for one in self.pages if (one.part, one.number) == (part, number)), None)

    def renumbered(self, part: str, order: Sequence[int]) -> Self:
        """The contract of a file whose pages have changed places. ``order``: the old number of each new page."""
        pages = [page for page in self.pages if page.part != part]
        for number, old in enumerate(order):
            if (page := self.page(part, old)) is not None:
                pages.append(page.model_copy(update={"number": number}))
        return self.model_copy(update={"pages": tuple(pages)})

    def text(self) -> str:
        """The contract as a YAML file."""
        note = "# What the pages showed when they were last found right. Compared before every write.\n"
        data = self.model_dump(mode="json", exclude_defaults=True)
        return note + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
