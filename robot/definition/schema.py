"""JSON Schemas for editors, made from the models. Only features that draft-07 has."""

import json
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from robot.definition.load import PROCESSES
from robot.definition.model import AmountEntry, CaseEntry, FactEntry, ProcessFile
from robot.gui import screen
from robot.gui.screen import ScreenFile
from robot.steps import verbs

SCHEMA_FOLDER = PROCESSES / "schema"
_DRAFT = "http://json-schema.org/draft-07/schema#"


def schemas() -> dict[str, str]:
    """Return the schema files by name, as JSON text."""
    made = {
        "process": _process(),
        "facts": _schema(dict[str, FactEntry]),
        "parameters": _schema(dict[str, AmountEntry]),
        "screen": _screen(),
        "cases": _schema(list[CaseEntry]),
    }
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, schema in made.items()
    }


def stale() -> list[str]:
    """Return the names of the written schemas that differ from the models."""
    return [
        name
        for name, text in schemas().items()
        if not (SCHEMA_FOLDER / name).is_file() or (SCHEMA_FOLDER / name).read_text(encoding="utf-8") != text
    ]


def _schema(kind: Any) -> dict[str, Any]:
    made: dict[str, Any] = _plain(TypeAdapter(kind).json_schema(by_alias=True, mode="validation"))
    return {"$schema": _DRAFT, **made}


def _screen() -> dict[str, Any]:
    """A part of a screen file that also takes one word in place of its keys says so in the schema."""
    schema = _schema(ScreenFile)
    for name, part in vars(screen).items():
        if name in schema["$defs"] and _takes_a_word(part):
            schema["$defs"][name] = {"anyOf": [{"type": "string", "minLength": 1}, schema["$defs"][name]]}
    return schema


def _takes_a_word(part: type[BaseModel]) -> bool:
    try:
        part.model_validate("word")
    except ValidationError:
        return False
    return True


def _process() -> dict[str, Any]:
    schema = _schema(ProcessFile)
    choices = []
    for verb, step in verbs().items():
        made = _schema(step)
        schema.setdefault("$defs", {}).update(made.pop("$defs", {}))
        made.pop("$schema")
        schema["$defs"][f"step_{verb}"] = made
        choices.append({"$ref": f"#/$defs/step_{verb}"})
    schema["properties"]["steps"]["items"] = {"oneOf": choices}
    return schema


def _plain(schema: Any) -> Any:
    """Take away what draft-07 does not have: `discriminator` and `prefixItems` become what it knows."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _plain(value) for key, value in schema.items() if key != "discriminator"}
    if "prefixItems" in kept:
        kept["items"] = kept.pop("prefixItems")
    return kept
