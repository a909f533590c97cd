"""The titles that list pages show."""

import ast

from robot.definition import discover, load

FOLDER = discover()["ekonomiskt_bistand"]


def _codes() -> set[str]:
    codes = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Undetermined":
                code = node.args[0]
                assert isinstance(code, ast.Constant), f"{path.name}:{node.lineno}: the code must be written out"
                codes.add(str(code.value))
    return codes


def test_every_code_that_a_rule_gives_has_a_title() -> None:
    """A list shows a Swedish title for every way in which a rule can be unable to answer, and no other."""
    assert set(load(FOLDER).review.titles) == _codes()
