"""Every process of the house is proven, and its cases pass."""

from pathlib import Path

import pytest

from robot.definition import check, discover, load
from robot.definition.cases import CASES, check_cases
from robot.definition.document import Document
from robot.definition.problem import errors

PROCESSES = discover()


@pytest.mark.parametrize("folder", PROCESSES.values(), ids=PROCESSES)
def test_a_process_has_no_errors(folder: Path) -> None:
    """`arende check` finds nothing that stops the process."""
    assert errors(check(folder)) == []


@pytest.mark.parametrize("folder", PROCESSES.values(), ids=PROCESSES)
def test_the_cases_of_a_process_pass(folder: Path) -> None:
    """Every case of tests/cases.yaml comes out as expected."""
    book = load(folder).book
    cases = check_cases(Document.read(folder, CASES), book)

    assert cases
    assert {case.name: wrong for case in cases if (wrong := case.run(book))} == {}
