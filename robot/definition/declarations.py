"""facts.yaml: from declared types by name to Python types."""

from datetime import date
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from robot.definition.document import Document
from robot.definition.model import FactEntry
from robot.definition.validate import validate
from robot.rules import Amount, FactDeclaration, Month
from robot.rules.proof import did_you_mean

_TYPES: dict[str, Any] = {"amount": Amount, "int": int, "bool": bool, "text": str, "date": date, "month": Month}


def read_facts(
    document: Document, records: dict[str, type[BaseModel]] | None
) -> tuple[dict[str, FactEntry], dict[str, FactDeclaration]]:
    """Return the entries of facts.yaml and their declarations; without `records` no type is judged."""
    entries: dict[str, FactEntry] = {}
    facts: dict[str, FactDeclaration] = {}
    if not isinstance(document.data, dict):
        if document.data is not None:
            document.problems.append(document.problem((), "expected facts by name, found a list or a text"))
        return entries, facts
    for name in document.data:
        entry = validate(FactEntry, document, (name,))
        if entry is not None:
            entries[name] = entry
            kind = None if records is None else _type(document, name, entry.type, records)
            if kind is not None:
                facts[name] = FactDeclaration(entry.title, kind, entry.sensitivity, entry.from_)
    return entries, facts


def records_of(module: ModuleType | None) -> dict[str, type[BaseModel]]:
    """Return the record and extract classes that a records module defines itself, by name."""
    found = {} if module is None else vars(module)
    name = getattr(module, "__name__", None)
    return {
        key: one
        for key, one in found.items()
        if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__ == name
    }


def _type(document: Document, name: str, text: str, records: dict[str, type[BaseModel]]) -> Any:
    listed = text.startswith("list[") and text.endswith("]")
    inner = text[len("list[") : -1] if listed else text
    known = {**_TYPES, **records}
    if inner not in known:
        hint = did_you_mean(inner, known) or f"known types: {', '.join(known)}"
        document.problems.append(document.problem((name, "type"), f"there is no type `{inner}`", hint))
        return None
    return tuple[known[inner], ...] if listed else known[inner]  # type: ignore[valid-type] # a type made at run time
