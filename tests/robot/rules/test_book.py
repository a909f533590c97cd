"""Evaluation: what is known is worked out, and what is unknown says why."""

import json
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from robot.rules import Conflicting, Fact, FactDeclaration, Known, Missing, RuleBookError, rule
from tests.robot.rules.book import MARCH, book

ONE: dict[str, Fact] = {"personer": Known(1, "ansökan"), "inkomst": Known(Decimal("1200.50"), "ansökan")}


def test_a_rule_gets_facts_amounts_and_rules_by_name() -> None:
    """A parameter's name is its dependency: a fact, an amount in force, or another rule."""
    found = book().evaluate(["bidrag"], ONE, MARCH)

    assert found["bidrag"].value == Decimal("3799.50")
    assert [one.name for one in found["bidrag"].inputs] == ["norm", "inkomst"]
    assert [one.name for one in found["norm"].inputs] == ["personer", "tabell"]


def test_the_law_of_the_day_is_the_one_that_answers() -> None:
    """The version in force on the date gives its law, its interval and its amounts."""
    older = book().evaluate(["norm"], ONE, date(2024, 12, 1))["norm"]
    newer = book().evaluate(["norm"], ONE, MARCH)["norm"]

    assert (older.law, older.value) == ("Äldre provlag 1 §", 4000)
    assert (newer.law, newer.value, newer.interval) == ("Provlag 1 §", 5000, (date(2025, 1, 1), None))


def test_a_missing_fact_is_never_a_value() -> None:
    """A missing fact makes every rule above it undetermined, with the fact's own reason."""
    missing = Missing("tidsgrans", "Registret svarade inte i tid.", "registret")
    found = book().evaluate(["bidrag"], {**ONE, "inkomst": missing}, MARCH)["bidrag"]

    assert not found.determined
    assert [(one.code, one.why, one.origin) for one in found.reasons] == [
        ("saknas.inkomst.tidsgrans", "Registret svarade inte i tid.", "inkomst")
    ]


def test_a_fact_nobody_gave_is_not_fetched() -> None:
    """A name without a fact says that it was not fetched."""
    found = book().evaluate(["bidrag"], {}, MARCH)["bidrag"]

    assert [one.code for one in found.reasons] == ["saknas.personer.ej_hamtad", "saknas.inkomst.ej_hamtad"]


def test_sources_that_differ_are_a_conflict() -> None:
    """Conflicting sources are named, and their values are not."""
    conflict = Conflicting((Known(Decimal(1), "ansökan"), Known(Decimal(2), "registret")))
    found = book().evaluate(["bidrag"], {**ONE, "inkomst": conflict}, MARCH)["bidrag"]

    assert [(one.code, one.why) for one in found.reasons] == [
        ("motstridigt.inkomst", "Inkomst: källorna säger olika (ansökan, registret).")
    ]


@pytest.mark.parametrize("value", [1.0, "1", True, None])
def test_a_fact_of_another_type_is_refused(value: object) -> None:
    """A given value of another type than declared is a reason, without the value in it."""
    found = book().evaluate(["norm"], {**ONE, "personer": Known(value, "ansökan")}, MARCH)["norm"]

    assert [one.code for one in found.reasons] == ["fel_typ.personer"]
    assert type(value).__name__ in found.reasons[0].why


def test_a_number_that_is_not_finite_is_refused() -> None:
    """Infinity and not-a-number are no amounts."""
    found = book().evaluate(["bidrag"], {**ONE, "inkomst": Known(Decimal("NaN"), "ansökan")}, MARCH)["bidrag"]

    assert [one.code for one in found.reasons] == ["fel_typ.inkomst"]


def test_a_month_without_amount_says_when_the_last_one_ended() -> None:
    """A missing year names the month and the day the last value ended; the rule is not called."""
    found = book().evaluate(["norm"], ONE, date(2027, 1, 1))["norm"]

    assert [(one.code, one.why, one.origin) for one in found.reasons] == [
        ("belopp_saknas", "Tabellen har inget värde för 2027-01. Det sista tog slut 2025-12-31.", "tabell")
    ]


def test_a_cell_that_is_absent_is_a_missing_amount() -> None:
    """A rule that asks for a cell the table does not have is undetermined."""
    found = book().evaluate(["norm"], {**ONE, "personer": Known(3, "ansökan")}, MARCH)["norm"]

    assert [(one.code, one.why) for one in found.reasons] == [("belopp_saknas", "Tabellen har inget värde för 3.")]


def test_a_month_before_the_law_has_no_rule() -> None:
    """A name whose versions are not in force on the date is undetermined."""
    found = book().evaluate(["bidrag"], ONE, date(2019, 1, 1))["bidrag"]

    assert [one.code for one in found.reasons] == ["regel_saknas"]


def test_a_rule_may_say_that_the_question_has_no_answer() -> None:
    """Undetermined raised by a rule becomes its reason."""
    found = book().evaluate(["bidrag"], {**ONE, "inkomst": Known(Decimal(-1), "ansökan")}, MARCH)["bidrag"]

    assert [(one.code, one.origin) for one in found.reasons] == [("negativ_inkomst", "bidrag")]


def test_a_rule_that_breaks_is_a_reason_without_values() -> None:
    """Whatever a rule raises hands the case over; the text names the rule and not the data."""

    @rule(law="Provlag 3 §", since="2020-01-01")
    def kvot(inkomst: Decimal) -> Decimal:
        """Delar med noll."""
        return inkomst / (inkomst - inkomst)

    found = book(kvot).evaluate(["kvot"], ONE, MARCH)["kvot"]

    assert found.reasons[0].code == "regelfel.kvot"
    assert "1200" not in found.reasons[0].why


def test_a_rule_that_answers_another_type_is_a_reason() -> None:
    """A rule's answer is checked against its own annotation."""

    @rule(law="Provlag 3 §", since="2020-01-01")
    def halva(inkomst: Decimal) -> Decimal:
        """Räknar med fel sorts tal."""
        return float(inkomst) / 2  # type: ignore[return-value] # the mistake that is tested

    assert book(halva).evaluate(["halva"], ONE, MARCH)["halva"].reasons[0].code == "regelfel.halva"


def test_reasons_are_kept_once_and_in_order() -> None:
    """A reason that reaches a rule by two ways stands once."""

    @rule(law="Provlag 3 §", since="2020-01-01")
    def dubbelt(norm: Decimal, bidrag: Decimal) -> Decimal:
        """Behöver normen på två vägar."""
        return norm + bidrag

    found = book(dubbelt).evaluate(["dubbelt"], {"inkomst": Known(Decimal(1), "a")}, MARCH)["dubbelt"]

    assert [one.code for one in found.reasons] == ["saknas.personer.ej_hamtad"]


def test_a_given_fact_goes_before_the_rule_of_its_name() -> None:
    """A fact given under a rule's name is used as it is, and the rule is not asked."""
    found = book().evaluate(["bidrag"], {**ONE, "norm": Known(Decimal(100), "handläggare")}, MARCH)

    assert found["norm"].kind == "fact"
    assert found["bidrag"].value == Decimal("-1100.50")


def test_a_missing_fact_does_not_fall_back_on_the_rule() -> None:
    """A missing fact of a rule's name stays missing: unknown is never worked around."""
    found = book().evaluate(["norm"], {**ONE, "norm": Missing("ej_last", "Kunde inte läsas.", "sidan")}, MARCH)

    assert [one.code for one in found["norm"].reasons] == ["saknas.norm.ej_last"]


def test_a_target_that_does_not_exist_is_an_error() -> None:
    """Asking for an unknown name is a programming error, and says what was meant."""
    with pytest.raises(RuleBookError, match="did you mean `bidrag`"):
        book().evaluate(["bidraget"], ONE, MARCH)


def test_a_fact_that_the_book_does_not_name_is_not_used() -> None:
    """A fact nobody asks for changes nothing: the engine may know more than a process declares."""
    assert book().evaluate(["bidrag"], {**ONE, "annat": Known(1, "motorn")}, MARCH) == book().evaluate(
        ["bidrag"], ONE, MARCH
    )


def test_marks_tell_how_well_the_figures_are_known() -> None:
    """The evaluation knows the marks of the amounts it used."""
    assert book().evaluate(["bidrag"], ONE, MARCH).marks() == {"D"}
    assert book().evaluate(["bidrag"], ONE, date(2024, 1, 1)).marks() == {"V"}


def test_an_amount_cannot_be_changed_by_a_rule() -> None:
    """A rule that writes in a table is stopped, and the next case gets the true figure."""

    @rule(law="Provlag 3 §", since="2020-01-01")
    def skriver(tabell: dict[int, Decimal]) -> Decimal:
        """Skriver i tabellen."""
        tabell[1] = Decimal(0)
        return tabell[1]

    changed = book(skriver)

    assert changed.evaluate(["skriver"], ONE, MARCH)["skriver"].reasons[0].code == "regelfel.skriver"
    assert changed.evaluate(["norm"], ONE, MARCH)["norm"].value == 5000


def test_json_is_exact_and_repeatable() -> None:
    """The tree as JSON has amounts as decimal strings and the same bytes every time."""
    seen = datetime(2025, 3, 5, 8, tzinfo=UTC)
    facts: dict[str, Fact] = {**ONE, "inkomst": Known(Decimal("1200.50"), "registret", seen)}
    first, second = (json.dumps(book().evaluate(["bidrag"], facts, MARCH).to_json()) for _ in range(2))
    tree = json.loads(first)

    assert first == second
    assert list(tree) == ["personer", "tabell", "norm", "inkomst", "bidrag"]
    assert tree["bidrag"]["value"] == "3799.50"
    assert tree["norm"]["text"] == "Normen följer av antalet personer."
    assert tree["tabell"]["value"] == {"1": "5000", "2": "8000"}
    assert tree["inkomst"] | {"reasons": []} == {
        "kind": "fact",
        "value": "1200.50",
        "law": None,
        "text": None,
        "inputs": [],
        "source": "registret",
        "mark": None,
        "interval": None,
        "observed_at": "2025-03-05T08:00:00+00:00",
        "reasons": [],
    }


def test_facts_cannot_be_changed() -> None:
    """A known fact is frozen."""
    with pytest.raises(FrozenInstanceError):
        Known(1, "a").value = 2  # type: ignore[misc] # the mistake that is tested


@given(some.decimals(0, 100000, places=2), some.sampled_from([1, 2]))
def test_the_calculation_is_exact(income: Decimal, people: int) -> None:
    """Norm minus income is exact to the öre for every income."""
    facts: dict[str, Fact] = {"personer": Known(people, "a"), "inkomst": Known(income, "a")}
    found = book().evaluate(["bidrag"], facts, MARCH)["bidrag"]

    assert found.value == {1: 5000, 2: 8000}[people] - income


def test_a_declared_fact_may_also_be_a_rule() -> None:
    """A fact that is not given is worked out by the rule of its name; when given, its declared type counts."""

    @rule(law="Provlag 3 §", since="2020-01-01")
    def antal(personer: int) -> int:
        """Antalet."""
        return personer + 1

    both = book(antal, facts={"antal": FactDeclaration("Antal", int)})

    assert both.evaluate(["antal"], ONE, MARCH)["antal"].value == 2
    assert both.evaluate(["antal"], {"antal": Known(7, "given")}, MARCH)["antal"].value == 7
    assert both.evaluate(["antal"], {"antal": Known("7", "given")}, MARCH)["antal"].reasons[0].code == "fel_typ.antal"
