"""What a picture of a page may show: labels and headings, and no value that facts.yaml calls sensitive."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from robot.gui.screen import Page, ScreenFile, Value
from robot.gui.values import UnreadableError, written


@dataclass(frozen=True, slots=True)
class Mask:
    """``labels`` and ``columns`` (table, column): whose values may be seen. ``texts``: hidden wherever they stand."""

    labels: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]


def mask_of(screen: ScreenFile, values: Mapping[str, Any]) -> Mask:
    """What is hidden in pictures of a screen. Without a word from the process, that is every value."""
    pages = (*screen.open, *screen.pages, *screen.look)
    labels = [(label, _may(value, screen)) for page in pages for label, value in _labelled(page)]
    columns = [(place, may) for page in pages for place, may in _cells(page, screen)]
    names = {name.name for name in screen.names()} - screen.may_show
    texts = {text for name in names if name in values for text in _texts(values[name])}
    return Mask(tuple(_always(labels)), tuple(_always(columns)), tuple(sorted(texts)))


def _always(places: Iterable[tuple[Any, bool]]) -> list[Any]:
    """The places that may be seen on every page where they stand."""
    found: dict[Any, bool] = {}
    for place, may in places:
        found[place] = found.get(place, True) and may
    return [place for place, may in found.items() if may]


def _labelled(page: Page) -> Iterator[tuple[str, Value]]:
    yield from page.fields.items()
    yield from page.compare.items()


def _cells(page: Page, screen: ScreenFile) -> Iterator[tuple[tuple[str, str], bool]]:
    for rows in page.rows:
        for column, value in rows.columns.items():
            yield (rows.table, column), value.text is not None or rows.each in screen.may_show
    for row in (page.open_row, page.find_row):
        if row is not None:
            for column, value in (*row.where.items(), *row.compare.items()):
                yield (row.table, column), _may(value, screen)


def _may(value: Value, screen: ScreenFile) -> bool:
    return value.text is not None or value.value in screen.may_show


def _texts(value: Any) -> Iterator[str]:
    """The value as a page may show it, and each part of a list or a record."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    elif is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple | list | frozenset | set):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, Decimal):
        yield _amount(value)
    else:
        yield value.isoformat() if isinstance(value, date) else str(value)


def _amount(value: Decimal) -> str:
    try:
        return written(value, "amount")
    except UnreadableError:
        return str(value)
