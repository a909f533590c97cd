"""Cases: given facts, expected values, and a plain word when something else comes out."""

from pathlib import Path

import pytest

from robot.definition import load
from robot.definition.cases import CASES, Case, check_cases
from robot.definition.document import Document
from robot.definition.schema import schemas, stale
from tests.robot.definition import good

pytest_plugins = ["pytester"]


def run(tmp_path: Path, text: str) -> list[str]:
    """Run the second case of a folder, made from `text`."""
    case = f"- case: Provet\n  on: 2025-09\n  source: Provlag\n{text}"
    folder = good.write(tmp_path, one=("tests/cases.yaml", "", case))
    book = load(folder, good.TODAY).book
    found: list[Case] = check_cases(Document.read(folder, CASES), book)
    return found[1].run(book)


PASSING = [
    "  given: {personer: 1, inkomst: 1200.50}\n  expect: {bidrag: 3799.50, utfall: bifall}\n",
    "  given: {bidrag: 0}\n  expect: {utfall: avslag}\n",
    "  given: {personer: 3, inkomst: 0}\n  undetermined: [belopp_saknas]\n",
    "  given: {inkomst: 9500}\n  remarks: {inkomsten_rimlig: 1}\n",
    "  given: {inkomst: 9500}\n  remarks: {inkomsten_rimlig: [Inkomsten är 9500 kr.]}\n",
    "  given: {inkomst: 0}\n  remarks: {inkomsten_rimlig: 0}\n",
    "  given: {bidrag: 7}\n  expect: {rader: [{typ: Bidrag, belopp: 7}]}\n",
]


@pytest.mark.parametrize("text", PASSING)
def test_a_case_may_state_any_value(text: str, tmp_path: Path) -> None:
    """A case gives only the facts it needs, at any level, and expects values, reasons or remarks."""
    assert run(tmp_path, text) == []


FAILING = [
    ("  given: {bidrag: 7}\n  expect: {utfall: avslag}\n", 'utfall: expected "avslag", found "bifall"'),
    (
        "  given: {personer: 1}\n  expect: {bidrag: 5000}\n",
        'bidrag: expected "5000", but it is undetermined (saknas.ansokan.ej_hamtad)',
    ),
    (
        "  given: {personer: 1, inkomst: 0}\n  expect: {bidrag: 5000}\n  undetermined: [belopp_saknas]\n",
        "expected the reason belopp_saknas, found none",
    ),
    ("  given: {inkomst: 0}\n  remarks: {inkomsten_rimlig: 1}\n", "inkomsten_rimlig: expected 1 remarks, found []"),
]


@pytest.mark.parametrize(("text", "sentence"), FAILING)
def test_a_case_that_fails_says_what_came_instead(text: str, sentence: str, tmp_path: Path) -> None:
    """A wrong case names the value, what was expected and what was found."""
    assert run(tmp_path, text) == [sentence]


def test_pytest_collects_the_cases(pytester: pytest.Pytester) -> None:
    """Running pytest on a process folder runs its cases, one item each."""
    folder = good.write(
        pytester.path,
        one=("tests/cases.yaml", "", "- {case: Fel, on: 2025-09, source: x, given: {bidrag: 7}, expect: {norm: 1}}\n"),
    )
    pytester.makeconftest("from robot.definition.pytest_plugin import pytest_collect_file\n")

    result = pytester.runpytest_inprocess(str(folder), "-q", "-o", "asyncio_default_fixture_loop_scope=function")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*norm: expected *1*, but it is undetermined (saknas.ansokan.ej_hamtad)*"])


def test_the_editor_schemas_are_up_to_date() -> None:
    """The written schemas are the ones that the models give; `arende schema --write` makes them."""
    assert stale() == []


def test_schemas_keep_to_draft_07() -> None:
    """Editors know draft-07: nothing newer stands in a schema."""
    for text in schemas().values():
        assert '"$schema": "http://json-schema.org/draft-07/schema#"' in text
        assert "prefixItems" not in text
        assert "discriminator" not in text
