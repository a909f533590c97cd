"""One thing has one name: in its folder, in its file, and in the tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.house.project import PACKAGES, ROOT, modules, refuse


def _top_value(path: Path, key: str) -> str | None:
    """The plain text of a top-level key in a YAML file."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value.value for name, value in entries if name.value == key), None)


def _verbs(tree: ast.Module) -> Iterator[str]:
    """What the module's classes declare as `verb: ClassVar[…] = "…"`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "verb":
            yield from [str(node.value.value)] if isinstance(node.value, ast.Constant) else []


@pytest.mark.parametrize(
    ("pattern", "key", "of_file"),
    [
        ("connectors/*/manifest.yaml", "name", False),
        ("processes/*/process.yaml", "process", False),
        ("processes/*/screens/*.yaml", "screen", True),
    ],
)
def test_a_thing_is_called_what_its_folder_or_file_is_called(pattern: str, key: str, of_file: bool) -> None:
    """The name inside a manifest, a process or a screen is the name that others find it by."""
    found = sorted(ROOT.glob(pattern))
    assert found, f"nothing matches {pattern}"
    refuse(
        (
            f"{path.relative_to(ROOT)}: {key} is {_top_value(path, key)!r}, expected {name!r}"
            for path in found
            if _top_value(path, key) != (name := path.stem if of_file else path.parent.name)
        ),
        "Steps and journal use the name, and the file must be found by it:",
    )


def test_a_verb_is_called_what_its_module_is_called() -> None:
    """A step in robot/steps/<verb>.py declares that verb and no other."""
    steps = {path: set(_verbs(tree)) for path, tree in modules().items() if path.parts[:2] == ("robot", "steps")}
    assert any(steps.values())
    refuse(
        (f"{path}: declares {sorted(verbs)}" for path, verbs in steps.items() if verbs and verbs != {path.stem}),
        "A verb is found by looking in robot/steps, one module each:",
    )


def test_the_tests_mirror_the_house() -> None:
    """A folder of tests is named after the room it tests, or holds the lints of the house or of the docs."""
    folders = {path.parts[1] for path in modules() if path.parts[0] == "tests" and len(path.parts) > 2}
    refuse(
        sorted(folders - {*PACKAGES, "house", "docs"}),
        "Whoever changes a room must find its tests without asking:",
    )
