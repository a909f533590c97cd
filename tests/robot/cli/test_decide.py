"""`arende decide`: facts in, decision out, nothing else touched."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from robot.cli import decide
from tests.robot.definition import good

APP = typer.Typer()
decide.register(APP)
FACTS = {"personer": 1, "inkomst": "1200.50"}
HOUSEHOLD = {
    "hushall": {
        "vuxna": 1,
        "sambor": False,
        "personer_i_bostaden": None,
        "barn": [{"alder": 8, "lunch_hemma": True, "dagar": None}],
    },
    "inkomster": [{"slag": "SALARY", "belopp": "12300.00", "person": 1}],
    "utgifter": [{"slag": "RENT", "belopp": "5153.00"}],
    "sarskilda_utgifter": [{"slag": "MEDICINE", "belopp": "300.00"}],
    "jobbstimulans": {"1": False},
}


def run(tmp_path: Path, facts: Any, *more: str, folder: str | None = None, month: str = "2025-09") -> Result:
    """Run the command on facts, as JSON or as raw text."""
    path = tmp_path / "facts.json"
    path.write_text(facts if isinstance(facts, str) else json.dumps(facts), encoding="utf-8")
    process = folder or str(good.write(tmp_path))
    return CliRunner().invoke(APP, [process, "--month", month, "--facts", str(path), *more])


def answer(result: Result) -> dict[str, Any]:
    """The answer on stdout."""
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_answer_has_outcome_values_reasons_and_findings(tmp_path: Path) -> None:
    """Amounts are decimal strings with two decimals, and the findings are the whole tree."""
    found = answer(run(tmp_path, FACTS, "--json"))

    assert found["outcome"] == "bifall"
    assert found["values"] == {"norm": "5000.00", "bidrag": "3799.50"}
    assert found["reasons"] == []
    assert found["findings"]["bidrag"]["inputs"] == ["norm", "inkomst"]
    assert found["findings"]["bidrag"]["law"] == "Provlag 3 §"


def test_an_undetermined_value_goes_to_review(tmp_path: Path) -> None:
    """What cannot be worked out is null, and the reasons name the cause."""
    found = answer(run(tmp_path, {**FACTS, "personer": 3}, "--json"))

    assert (found["outcome"], found["values"]) == ("review", {"norm": None, "bidrag": None})
    assert found["reasons"] == [{"code": "belopp_saknas", "text": "Belopp per hushåll har inget värde för 3."}]


def test_a_remark_goes_to_review_with_its_values(tmp_path: Path) -> None:
    """A check with remarks makes the outcome review, and the values still stand."""
    found = answer(run(tmp_path, {**FACTS, "inkomst": "9500.00"}, "--json"))

    assert (found["outcome"], found["values"]["bidrag"]) == ("review", "0.00")
    assert found["reasons"] == [{"code": "inkomsten_rimlig", "text": "Inkomsten är 9500.00 kr."}]


def test_a_fact_that_was_not_given_goes_to_review(tmp_path: Path) -> None:
    """Facts may be left out: then nothing is assumed about them."""
    found = answer(run(tmp_path, {"personer": 1}, "--json"))

    assert found["outcome"] == "review"
    assert {one["code"] for one in found["reasons"]} == {"saknas.ansokan.ej_hamtad"}


def test_a_month_without_amounts_goes_to_review(tmp_path: Path) -> None:
    """The reason names when the last table ended, and the exit code is 0."""
    found = answer(run(tmp_path, FACTS, "--json", month="2027-01"))

    assert found["outcome"] == "review"
    assert found["reasons"][0]["text"] == (
        "Belopp per hushåll har inget värde för 2027-01. Det sista tog slut 2026-12-31."
    )


def test_more_than_two_decimals_is_a_fault_in_the_rule(tmp_path: Path) -> None:
    """An amount is never rounded on the way out: the rule has to say how."""
    edit = ("rules.py", "return max(Decimal(0), norm - inkomst)", "return norm / 3")
    folder = str(good.write(tmp_path, one=edit))
    found = answer(run(tmp_path, FACTS, "--json", folder=folder))

    assert (found["outcome"], found["values"]["bidrag"]) == ("review", None)
    assert [one["code"] for one in found["reasons"]] == ["regelfel.bidrag"]


def test_every_fault_of_the_facts_is_named_at_once(tmp_path: Path) -> None:
    """Unknown keys, wrong shapes and double keys are all told on stderr, without the values; stdout is empty."""
    text = '{"person": 1, "personer": "en", "inkomst": 12.5, "inkomst": 31337.25, "manad": "2025-09"}'
    result = run(tmp_path, text, "--json")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.partition("facts.json: ")[2] for line in result.stderr.splitlines()] == [
        "the key `inkomst` stands twice; remove one",
        "person: there is no fact of this name to give; did you mean `personer`?",
        "personer: expected a valid integer, found a text",
        'inkomst: write the amount as a string, such as "1250.50", never as a float',
        "manad: there is no fact of this name to give; facts that can be given: inkomst, personer",
    ]
    assert "31337" not in result.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not readable as JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        ("[1]", "expected a JSON object of facts by name, found list"),
        ("[" * 100000, "not readable as JSON: a too long number, or too deep lists"),
    ],
)
def test_facts_that_are_no_object_are_refused(text: str, sentence: str, tmp_path: Path) -> None:
    """What is no JSON object ends with a sentence and exit code 1."""
    result = run(tmp_path, text, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


@pytest.mark.parametrize("month", ["2025-13", "2025-9", "september", "2025-09-01"])
def test_a_month_that_is_none_is_wrong_usage(month: str, tmp_path: Path) -> None:
    """A month that cannot be read is exit code 2."""
    assert run(tmp_path, FACTS, month=month).exit_code == 2


def test_a_faulty_process_decides_nothing(tmp_path: Path) -> None:
    """Definition errors go to stderr, and nothing is decided."""
    folder = str(good.write(tmp_path, one=("process.yaml", "title: Provbidrag", "titel: Provbidrag")))
    result = run(tmp_path, FACTS, "--json", folder=folder)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "unknown key `titel`" in result.stderr


def test_a_process_without_answer_says_so(tmp_path: Path) -> None:
    """A process that does not say what to show cannot be asked."""
    old = "answer:\n  values: [norm, bidrag]\n  checks: [inkomsten_rimlig]\n"
    result = run(tmp_path, FACTS, folder=str(good.write(tmp_path, one=("process.yaml", old, ""))))

    assert result.exit_code == 1
    assert "has no `answer`" in result.stderr


def test_people_can_read_the_answer(tmp_path: Path) -> None:
    """Without --json the outcome, the values and the reasons are lines of text."""
    lines = run(tmp_path, {**FACTS, "inkomst": "9500.00"}).stdout.splitlines()

    assert lines[0] == "outcome: review"
    assert lines[2].split() == ["bidrag", "0.00"]
    assert lines[3] == "inkomsten_rimlig: Inkomsten är 9500.00 kr."


def test_ekonomiskt_bistand_answers_with_the_agreed_names(tmp_path: Path) -> None:
    """The contract's example gives exactly the agreed values, with Lifecare's signs."""
    found = answer(run(tmp_path, HOUSEHOLD, "--json", folder="ekonomiskt_bistand"))

    assert found["outcome"] == "bifall"
    assert found["values"] == {
        "personliga_kostnader": "7700.00",
        "gemensamma_kostnader": "1400.00",
        "riksnorm": "9100.00",
        "raknade_inkomster": "12300.00",
        "godkanda_utgifter": "5153.00",
        "sarskilda_utgifter": "300.00",
        "summa": "-1953.00",
        "resultat": "-2253.00",
        "bistand": "2253.00",
    }


def test_a_year_without_norm_decides_nothing(tmp_path: Path) -> None:
    """January 2027 has no table: everything that rests on it is null and a person decides."""
    found = answer(run(tmp_path, HOUSEHOLD, "--json", folder="ekonomiskt_bistand", month="2027-01"))

    assert (found["outcome"], found["values"]["bistand"]) == ("review", None)
    assert any("Det sista tog slut 2026-12-31." in one["text"] for one in found["reasons"])
