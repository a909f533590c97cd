"""Screen files against the rules: each value exists, and can be written in the field that takes it."""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from robot.definition.document import Document, Path_
from robot.definition.names import Mentions
from robot.gui.screen import FieldType, Page, Rows, ScreenFile, Value
from robot.gui.values import PYTHON_TYPES
from robot.rules.kinds import fits, type_name
from robot.rules.proof import did_you_mean


def check_screen(mentions: Mentions, document: Document, screen: ScreenFile) -> None:
    """Check one screen file: names, types of fields, and that each column names a field of its rows."""
    for name in screen.names():
        mentions.check(document, name.path, name.kind, name.name)
    for part, pages in (("open", screen.open), ("pages", screen.pages), ("look", screen.look)):
        for index, page in enumerate(pages):
            for path, value in _values(page):
                if value.value is not None and value.value in mentions.book.names():
                    kind = mentions.book.type_of(value.value)
                    _check_type(document, (part, index, *path), value, kind)
            for row, rows in enumerate(page.rows):
                if rows.each in mentions.book.names():
                    _check_rows(mentions, document, (part, index, "rows", row), rows)


def _values(page: Page) -> Iterator[tuple[Path_, Value]]:
    places: list[tuple[Path_, Mapping[str, Value]]] = [(("fields",), page.fields), (("compare",), page.compare)]
    if page.open_row is not None:
        places.append((("open_row", "where"), page.open_row.where))
    for path, values in places:
        for label, value in values.items():
            yield (*path, label), value


def _check_rows(mentions: Mentions, document: Document, path: Path_, rows: Rows) -> None:
    kind = mentions.book.type_of(rows.each)
    record = get_args(kind)[0] if get_origin(kind) is tuple else None
    if not (isinstance(record, type) and issubclass(record, BaseModel)):
        message = f"`{rows.each}` must be a list of records, but is {type_name(kind)}"
        document.problems.append(document.problem((*path, "each"), message))
        return
    for label, value in rows.columns.items():
        at = (*path, "columns", label)
        if value.value is None:
            continue
        if value.value not in record.model_fields:
            hint = did_you_mean(value.value, record.model_fields) or f"it has: {', '.join(record.model_fields)}"
            message = f"`{record.__name__}` has no field `{value.value}`"
            document.problems.append(document.problem(at, message, hint))
        else:
            _check_type(document, at, value, record.model_fields[value.value].annotation)


def _check_type(document: Document, path: Path_, value: Value, kind: Any) -> None:
    if not fits(kind, _writable(value.type)):
        message = f"`{value.value}` is {type_name(kind)}, which a field of type {value.type} cannot show"
        fitting = [field for field in get_args(FieldType) if field in PYTHON_TYPES and fits(kind, _writable(field))]
        hint = f"write `type: {fitting[0]}`" if fitting else "let a rule make a text of it"
        document.problems.append(document.problem(path, message, hint))


def _writable(field: FieldType) -> Any:
    """The Python types that a field can show; a text is always read as the field's own type."""
    own = PYTHON_TYPES.get(field, str)
    return reduce(or_, own if isinstance(own, tuple) else (own,)) | str | None
