"""Collects tests/cases.yaml of process folders with pytest: one item per case."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from robot.definition.cases import CASES, Case, check_cases
from robot.definition.document import Document
from robot.definition.load import load
from robot.rules import RuleBook


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a cases.yaml that lies in a process folder."""
    folder = file_path.parents[1]
    if file_path == folder / CASES and (folder / "process.yaml").is_file():
        return CasesFile.from_parent(parent, path=file_path)
    return None


class CasesFile(pytest.File):
    """The cases of one process."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item per case. A definition with faults fails here, with all of them."""
        folder = self.path.parents[1]
        book = load(folder).book
        for case in check_cases(Document.read(folder, CASES), book):
            yield CaseItem.from_parent(self, name=case.name, case=case, book=book)


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, book: RuleBook, **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type] # pytest's own arguments pass through
        self.case = case
        self.book = book

    def runtest(self) -> None:
        """Run the case; fail with every difference."""
        wrong = self.case.run(self.book)
        if wrong:
            pytest.fail("\n".join(wrong), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the case stands."""
        return self.path, self.case.line - 1, self.case.name
