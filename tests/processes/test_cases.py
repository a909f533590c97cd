"""The processes' own cases hold, and every process can be used."""

from pathlib import Path

import pytest

from robot.definition import discover, load
from robot.definition.cases import CASES, Case, check_cases
from robot.definition.document import Document
from robot.rules import RuleBook


def _cases(folder: Path) -> list[tuple[RuleBook, Case]]:
    book = load(folder).book
    return [(book, case) for case in check_cases(Document.read(folder, CASES), book)]


@pytest.mark.parametrize("process", discover())
def test_every_case_of_a_process_holds(process: str) -> None:
    """What tests/cases.yaml expects of a process is what its rules answer, and there are many cases."""
    cases = _cases(discover()[process])
    wrong = {case.name: differences for book, case in cases if (differences := case.run(book))}
    assert wrong == {}
    assert len(cases) >= 80
