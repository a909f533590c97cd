"""OCEL 2.0, the object-centric event log (https://www.ocel-standard.org, arXiv 2403.01975), as JSON and SQLite."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from audit.export.objects import Alias, Happening, Thing, happenings
from audit.log.entry import Entry

_TYPED = "string"
_BEGINNING = "1970-01-01T00:00:00.000Z"
"""OCEL 2.0 gives attributes that an object always had this time."""


def document(cases: Iterable[Sequence[Entry]], alias: Alias) -> dict[str, Any]:
    """The cases as one OCEL 2.0 JSON document. ``alias`` hides the accounts of persons."""
    events = [one for entries in cases for one in happenings(entries, alias)]
    things = _things(events)
    return {
        "objectTypes": _types({(thing.type, tuple(thing.attributes)) for thing in things.values()}),
        "eventTypes": _types({(event.type, tuple(event.attributes)) for event in events}),
        "objects": [_object(thing) for thing in things.values()],
        "events": [_event(event) for event in events],
    }


def write_sqlite(cases: Iterable[Sequence[Entry]], alias: Alias, path: Path) -> int:
    """The same as an OCEL 2.0 SQLite file, which must not exist; the number of events.

    Raises:
        FileExistsError: There is such a file.

    """
    if path.exists():
        msg = f"{path}: expected no such file yet: give a new name or remove it"
        raise FileExistsError(msg)
    told = document(cases, alias)
    with closing(sqlite3.connect(path)) as connection, connection:
        for word in ("event", "object"):
            kinds = told[f"{word}Types"]
            connection.execute(f"CREATE TABLE {word} (ocel_id TEXT PRIMARY KEY, ocel_type TEXT)")
            connection.execute(f"CREATE TABLE {word}_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)")
            rows = [(kind["name"], _table(kind["name"])) for kind in kinds]
            connection.executemany(f"INSERT INTO {word}_map_type VALUES (?, ?)", rows)  # noqa: S608 - our own two words
            for kind in kinds:
                _typed_table(connection, word, kind, [one for one in told[f"{word}s"] if one["type"] == kind["name"]])
            connection.executemany(
                f"INSERT INTO {word} VALUES (?, ?)",  # noqa: S608 - as above
                [(one["id"], one["type"]) for one in told[f"{word}s"]],
            )
        connection.execute("CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT)")
        connection.execute("CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT)")
        pairs = [(e["id"], one["objectId"], one["qualifier"]) for e in told["events"] for one in e["relationships"]]
        connection.executemany("INSERT INTO event_object VALUES (?, ?, ?)", pairs)
    return len(told["events"])


def _typed_table(connection: sqlite3.Connection, word: str, kind: dict[str, Any], ones: list[dict[str, Any]]) -> None:
    table = f"{word}_{_table(kind['name'])}"
    names = [attribute["name"] for attribute in kind["attributes"]]
    fixed = ["ocel_id", "ocel_time", *(["ocel_changed_field"] if word == "object" else [])]
    connection.execute(f'CREATE TABLE "{table}" ({", ".join(f"{name} TEXT" for name in [*fixed, *names])})')
    marks = ", ".join("?" * len([*fixed, *names]))
    for one in ones:
        values = {attribute["name"]: attribute["value"] for attribute in one["attributes"]}
        begins = [one["id"], one.get("time", _BEGINNING), *([None] if word == "object" else [])]
        row = [*begins, *(values.get(name) for name in names)]
        connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', row)  # noqa: S608 - names are letters, see _table


def _table(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", name)


def _things(events: Sequence[Happening]) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for event in events:
        for thing in (event.by, *(one for one, _ in event.about)):
            found.setdefault(thing.id, thing)
    return found


def _types(kinds: set[tuple[str, tuple[str, ...]]]) -> list[dict[str, Any]]:
    names: dict[str, set[str]] = {}
    for kind, attributes in kinds:
        names.setdefault(kind, set()).update(attributes)
    return [
        {"name": kind, "attributes": [{"name": name, "type": _TYPED} for name in sorted(names[kind])]}
        for kind in sorted(names)
    ]


def _object(thing: Thing) -> dict[str, Any]:
    attributes = [{"name": name, "time": _BEGINNING, "value": value} for name, value in thing.attributes.items()]
    return {"id": thing.id, "type": thing.type, "attributes": attributes, "relationships": []}


def _event(event: Happening) -> dict[str, Any]:
    related = [*((thing.id, word) for thing, word in event.about), (event.by.id, "by")]
    return {
        "id": event.id,
        "type": event.type,
        "time": event.at,
        "attributes": [{"name": name, "value": value} for name, value in event.attributes.items()],
        "relationships": [{"objectId": identity, "qualifier": word} for identity, word in related],
    }
