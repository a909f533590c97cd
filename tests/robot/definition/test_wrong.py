"""Each file of wrong/ is one edit of the good folder, and the exact text that `arende check` prints for it."""

from pathlib import Path

import pytest

from robot.definition import check, render
from tests.robot.definition import good

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.txt"))


def test_the_good_folder_has_no_problem(tmp_path: Path) -> None:
    """The folder that the wrong ones are made from has neither errors nor warnings."""
    assert check(good.write(tmp_path), good.TODAY) == []


@pytest.mark.parametrize("path", WRONG, ids=[path.stem for path in WRONG])
def test_a_wrong_definition_says_exactly_what_is_wrong(path: Path, tmp_path: Path) -> None:
    """A wrong definition gives its place, its source line, a caret and what to do, and nothing else."""
    edit, expected = path.read_text(encoding="utf-8").split("\n>>>>>>>\n")
    file, change = edit.split("\n<<<<<<<\n")
    old, new = change.split("\n=======\n")

    folder = good.write(tmp_path, edit=(file, old, new))

    assert render(check(folder, good.TODAY), "text") + "\n" == expected


def test_there_are_enough_wrong_definitions() -> None:
    """The promise is at least thirty kinds of fault."""
    assert len(WRONG) >= 30
