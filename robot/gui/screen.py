"""The model of a screen file: what a person sees in a case system, in the words of its own labels.

Everything is text in YAML. On the left stands what the page shows (a label, a table header); on the right the name of
the fact or rule that gives the value, or `{text: …}` for words that are always the same. No path, id or expression.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

from robot.gui.recorded import Contract, RecordedPage
from robot.steps.base import Name

FieldType = Literal[
    "text",
    "date",
    "month",
    "amount",
    "kronor",
    "ore",
    "number",
    "personnummer",
    "select",
    "radio",
    "checkbox",
    "autocomplete",
    "datepicker",
]
Label = Annotated[str, StringConstraints(min_length=1)]
Path = tuple[str | int, ...]


class Part(BaseModel):
    """A piece of a screen file: strict, frozen, unknown keys refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)


def _short(data: Any, key: str) -> Any:
    """`Norm: norm` is short for `Norm: {value: norm}`."""
    return {key: data} if isinstance(data, str) else data


class Value(Part):
    """A value to write or compare: exactly one of `value` (name of a fact, a rule, or a column of the row) and `text`.

    `match: contains` accepts a page that shows more than the value; of a select it takes the only option that holds it.
    `words`: what the page calls a value, where its word is another than ours (`{Bifall: Beviljas}`).
    """

    value: Label | None = None
    text: Label | None = None
    type: FieldType = "text"
    match: Literal["exact", "contains"] = "exact"
    words: dict[Label, Label] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, data: Any) -> Any:
        return _short(data, "value")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.value is None) == (self.text is None):
            raise ValueError("give exactly one of `value` (a fact or rule) and `text` (the same words every time)")
        return self


class Rows(Part):
    """A table filled from a list: one row per item. Without `add` the rows are only compared."""

    table: Label
    each: Label
    columns: dict[Label, Value]
    add: Label | None = None


class OneRow(Part):
    """The only row of a table that matches `where`; what else it must show, and what is kept of it (our name: column).

    `otherwise: end`: no such row ends the reading here (read), or means that nothing was saved (look).
    """

    table: Label
    where: Annotated[dict[Label, Value], Field(min_length=1)]
    compare: dict[Label, Value] = Field(default_factory=dict)
    read: dict[Label, Label] = Field(default_factory=dict)
    otherwise: Literal["fail", "end"] = "fail"


class ReadColumn(Part):
    """A column to read, by its header."""

    column: Label
    type: FieldType = "text"

    @model_validator(mode="before")
    @classmethod
    def _from_header(cls, data: Any) -> Any:
        return _short(data, "column")


class Read(Part):
    """What to read: the value beside a label, or the rows of a table. `missing: empty`: absent is null, or no rows."""

    label: Label | None = None
    type: FieldType = "text"
    table: Label | None = None
    columns: dict[Label, ReadColumn] = Field(default_factory=dict)
    missing: Literal["fail", "empty"] = "fail"

    @model_validator(mode="before")
    @classmethod
    def _from_label(cls, data: Any) -> Any:
        return _short(data, "label")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.label is None) == (self.table is None) or bool(self.columns) != (self.table is not None):
            raise ValueError("give `label`, or `table` with its `columns`")
        return self


class Page(Part):
    """One page as a person meets it: how it is known, what is filled, read and compared, and what is pressed.

    Known by its `heading`, the start of it, for a step that opens over the page the name of its `dialog`, or by a
    `message`: words that it shows only then.

    The order is fixed: heading, identity, fields, rows, read-back, compare, read, then `press`, `press_with` (the one
    button, link or card that shows this value), `open_row` (follow the row's link) or `find_row` (only look at it).
    `absent`: the words by which the page says that what was searched for does not exist.
    """

    heading: Label | None = None
    heading_starts: Label | None = None
    dialog: Label | None = None
    message: Label | None = None
    absent: Label | None = None
    fields: dict[Label, Value] = Field(default_factory=dict)
    rows: Annotated[tuple[Rows, ...], Field(strict=False)] = ()
    compare: dict[Label, Value] = Field(default_factory=dict)
    read: dict[Label, Read] = Field(default_factory=dict)
    section: Label | None = None
    press: Label | None = None
    press_with: Label | None = None
    open_row: OneRow | None = None
    find_row: OneRow | None = None
    recorded: SkipJsonSchema[RecordedPage | None] = None

    @property
    def sign(self) -> str:
        """What the page is known by, for people."""
        return self.heading or self.heading_starts or self.dialog or self.message or ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(sign is not None for sign in (self.heading, self.heading_starts, self.dialog, self.message)) > 1:
            raise ValueError("give one of `heading`, `heading_starts`, `dialog` and `message`: one thing tells a page")
        if sum(way is not None for way in (self.press, self.press_with, self.open_row, self.find_row)) > 1:
            raise ValueError("give one of `press`, `press_with`, `open_row` and `find_row`: a page is left once")
        if self.section is not None and not self.read:
            raise ValueError("`section` names where this page's `read` goes: give `read` too")
        return self


class Identity(Part):
    """The part of every page that tells whose case it is, and the facts it must show there."""

    banner: Label
    shows: Annotated[tuple[Label, ...], Field(strict=False, min_length=1)]


class Receipt(Part):
    """What tells that it was saved: a heading or a message, and what is kept of the page (our name: its label)."""

    heading: Label | None = None
    message: Label | None = None
    read: dict[Label, Label] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_sign(self) -> Self:
        if (self.heading is None) == (self.message is None):
            raise ValueError("give exactly one of `heading` and `message`")
        return self

    @property
    def sign(self) -> str:
        """The words that tell it."""
        return self.heading or self.message or ""

    @property
    def page(self) -> Page:
        """The receipt as a page to wait for."""
        return Page(heading=self.heading, message=self.message)


class Save(Part):
    """The one press that changes the case system, what its dialog asks, the button that confirms, and the receipt."""

    press: Label
    confirm: Label | None = None
    asks: Label | None = None
    receipt: Receipt


class ScreenFile(Part):
    """One thing that is read or written in one case system. `look` is the other path to what was saved.

    ``may_show``: names whose values a picture may show. The process gives them, never the file.
    """

    id: Label = Field(alias="screen")
    title: Label
    system: Label
    kind: Literal["read", "write"]
    identity: Identity
    open: Annotated[tuple[Page, ...], Field(strict=False)]
    pages: Annotated[tuple[Page, ...], Field(strict=False, min_length=1)]
    save: Save | None = None
    look: Annotated[tuple[Page, ...], Field(strict=False)] = ()
    may_show: SkipJsonSchema[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        writes = self.kind == "write"
        if writes != (self.save is not None) or writes != bool(self.look):
            raise ValueError("a write screen needs `save` and `look`; a read screen has neither")
        if not writes and any(page.fields or page.rows for page in self.pages):
            raise ValueError("a read screen fills nothing on its `pages` (what leads there stands in `open`)")
        if writes and not (self.look[-1].compare or self.look[-1].rows or self.look[-1].find_row):
            raise ValueError("the last page of `look` must compare something, else it proves nothing")
        return self

    def under(self, contract: Contract) -> Self:
        """The same screen, each page with what the contract recorded of it."""

        def recorded(part: str, pages: tuple[Page, ...]) -> tuple[Page, ...]:
            return tuple(
                page.model_copy(update={"recorded": contract.page(part, number)}) for number, page in enumerate(pages)
            )

        parts = {"open": recorded("open", self.open), "pages": recorded("pages", self.pages)}
        parts["look"] = recorded("look", self.look)
        return self.model_copy(update=parts)

    def names(self) -> list[Name]:
        """Every fact or rule that the screen needs, with its place; columns name fields of a record, not facts."""
        found = [Name("value", name, ("identity", "shows", index)) for index, name in enumerate(self.identity.shows)]
        for part, pages in (("open", self.open), ("pages", self.pages), ("look", self.look)):
            for index, page in enumerate(pages):
                found += [Name("value", name, (part, index, *path)) for name, path in _page_names(page)]
        return found


def _page_names(page: Page) -> Iterator[tuple[str, Path]]:
    if page.press_with is not None:
        yield page.press_with, ("press_with",)
    values: list[tuple[Path, dict[str, Value]]] = [(("fields",), page.fields), (("compare",), page.compare)]
    for way, row in (("open_row", page.open_row), ("find_row", page.find_row)):
        if row is not None:
            values += [((way, "where"), row.where), ((way, "compare"), row.compare)]
    for path, mapping in values:
        for label, value in mapping.items():
            if value.value is not None:
                yield value.value, (*path, label)
    for index, rows in enumerate(page.rows):
        yield rows.each, ("rows", index, "each")
