"""A rule book that may not run is never made."""

from decimal import Decimal
from typing import Any

import pytest

from robot.rules import FactDeclaration, RuleBook, RuleBookError, rule
from robot.rules.proof import prove
from tests.robot.rules.book import FACTS, TABLE, bidrag, book, norm


def messages(*rules: Any) -> list[str]:
    """What is wrong with the small book when these rules are added."""
    return [one.message for one in prove([norm, bidrag, *rules], {"tabell": TABLE}, FACTS)]


def test_a_sound_book_has_no_problem() -> None:
    """The small book may run."""
    assert messages() == []


def test_a_rule_may_not_take_anything_and_everything() -> None:
    """Star parameters hide what a rule depends on."""

    @rule(law="Provlag", since="2025-01-01")
    def allt(*alla: int) -> int:
        """Tar allt."""
        return sum(alla)

    assert messages(allt) == ["rule `allt` takes `*alla: int`"]


def test_a_rule_says_all_its_types() -> None:
    """A parameter or an answer without a type cannot be proven."""

    @rule(law="Provlag", since="2025-01-01")
    def utan(personer):  # type: ignore[no-untyped-def] # the mistake that is tested
        """Har inga typer."""
        return personer

    assert messages(utan) == ["parameter `personer` of rule `utan` has no type", "rule `utan` has no return type"]


@pytest.mark.parametrize("kind", [float, Any])
def test_a_rule_never_counts_in_floats_or_anything(kind: Any) -> None:
    """A float rounds by itself, and Any proves nothing."""

    def losa(personer: int) -> Any:
        """Har en lös typ."""
        return personer

    losa.__annotations__["return"] = kind

    assert messages(rule(law="Provlag", since="2025-01-01")(losa)) == [f"rule `losa` uses the type {kind.__name__}"]


def test_a_name_means_one_thing() -> None:
    """A rule or fact may not have the name of an amount."""

    @rule(law="Provlag", since="2025-01-01")
    def tabell(personer: int) -> int:
        """Har tabellens namn."""
        return personer

    assert messages(tabell)[0] == "the name `tabell` is already an amount"
    facts = {**FACTS, "tabell": FactDeclaration("Tabell", int)}
    problems = prove([bidrag, norm], {"tabell": TABLE}, facts)
    assert problems[0].message == "the name `tabell` is both a fact and an amount"


def test_a_rule_that_stands_for_a_fact_has_its_type() -> None:
    """What a rule works out in place of a fact is of the fact's declared type."""

    @rule(law="Provlag", since="2025-01-01")
    def personer(inkomst: Decimal) -> Decimal:
        """Har fel typ."""
        return inkomst

    assert messages(personer) == ["rule `personer` answers Decimal, but the fact `personer` is int"]


def test_a_long_circle_is_shown_whole() -> None:
    """A circle over several rules is written out, so that an author sees where to break it."""

    @rule(law="Provlag", since="2025-01-01")
    def ett(tre: int) -> int:
        """Ett."""
        return tre

    @rule(law="Provlag", since="2025-01-01")
    def tva(ett: int) -> int:
        """Två."""
        return ett

    @rule(law="Provlag", since="2025-01-01")
    def tre(tva: int) -> int:
        """Tre."""
        return tva

    assert messages(ett, tva, tre) == ["rules go in a circle: ett → tre → tva → ett"]


def test_a_book_with_problems_is_not_made() -> None:
    """Making a book proves it."""
    with pytest.raises(RuleBookError, match="asks for `tabell`, which is no fact, amount or rule"):
        RuleBook([norm, bidrag], {}, FACTS)
    assert book().names() == {"norm", "bidrag", "tabell", "personer", "inkomst"}


@pytest.mark.parametrize(("since", "until"), [("2025-13-01", None), ("2025-02-01", "2025-01-31")])
def test_a_rule_has_readable_dates_in_order(since: str, until: str | None) -> None:
    """A rule that ends before it begins, or on no day, is refused where it stands."""
    with pytest.raises(ValueError, match=r"month must be|before it begins"):
        rule(law="Provlag", since=since, until=until)
