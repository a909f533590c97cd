"""Process definitions: a folder of YAML, rules and letters, read with positions and proven before anything runs."""

from robot.definition.contents import PackageError, pack, unpack
from robot.definition.definition import Definition
from robot.definition.load import check, discover, load
from robot.definition.problem import DefinitionError, Problem, render

__all__ = [
    "Definition",
    "DefinitionError",
    "PackageError",
    "Problem",
    "check",
    "discover",
    "load",
    "pack",
    "render",
    "unpack",
]
