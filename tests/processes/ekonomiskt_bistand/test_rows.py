"""What is written into the case system agrees with the calculation."""

from decimal import Decimal

from robot.definition import Definition
from tests.processes.ekonomiskt_bistand.example import Evaluate, Facts


def test_norm_rows_add_up_to_the_norm(evaluate: Evaluate, couple: Facts) -> None:
    """One row each, the couple's amount in two halves, and together with the shared costs the whole norm."""
    found = evaluate(["normrader", "gemensamma_kostnader", "riksnorm", "antal_i_hushallet"], couple)
    rows = found["normrader"].value
    assert [(row.person, row.norm, row.manadsbelopp, row.dagar) for row in rows] == [
        ("Kim Exempel", "Sambor", Decimal(3525), None),
        ("Sam Exempel", "Sambor", Decimal(3525), None),
        ("Robin Exempel", "Barn 7-10 år", Decimal(3790), None),
    ]
    assert sum(row.manadsbelopp for row in rows) + found["gemensamma_kostnader"].value == found["riksnorm"].value
    assert found["antal_i_hushallet"].value == 3


def test_norm_row_of_a_child_part_of_the_month_has_the_days(evaluate: Evaluate, couple: Facts) -> None:
    """The case system counts the days itself: the row has the month's amount and the days."""
    couple["ansokan"]["barn"][0]["dagar"] = 10
    row = evaluate(["normrader"], couple)["normrader"].value[2]
    assert (row.manadsbelopp, row.dagar) == (Decimal(3790), 10)


def test_income_rows_have_each_type_once(evaluate: Evaluate, couple: Facts) -> None:
    """The case system refuses a type twice, so rows are summed by type and person."""
    rows = [("SALARY", "100.50", 1), ("SALARY", "200.00", 2), ("SALARY", "50.00", 1), ("PENSION", "0.00", 1)]
    couple["ansokan"]["inkomster"] = [{"slag": code, "belopp": amount, "person": who} for code, amount, who in rows]
    found = evaluate(["inkomstrader"], couple)["inkomstrader"].value
    assert [(row.typ, row.sokande, row.medsokande) for row in found] == [
        ("Lön efter skatt", Decimal("150.50"), Decimal("200.00"))
    ]


def test_income_without_a_label_is_not_written(evaluate: Evaluate, facts: Facts) -> None:
    """A type that the case system lacks goes to a person; it is never written under another name."""
    facts["ansokan"]["inkomster"] = [{"slag": "CHILD_SUPPORT", "belopp": "100.00", "person": 1}]
    found = evaluate(["inkomstrader"], facts)["inkomstrader"]
    assert [reason.code for reason in found.reasons] == ["inkomsttyp_utan_etikett"]


def test_expense_rows_approve_what_was_applied_for(evaluate: Evaluate, facts: Facts) -> None:
    """Nothing is lowered silently: approved equals applied."""
    facts["ansokan"]["sarskilda_utgifter"] = [{"slag": "MEDICINE", "belopp": "120.50"}]
    found = evaluate(["utgiftsrader", "sarskilda_rader"], facts)
    assert [(row.typ, row.ansokt, row.godkant) for row in found["utgiftsrader"].value] == [
        ("Boendekostnad", Decimal("5153.00"), Decimal("5153.00"))
    ]
    assert found["sarskilda_rader"].value[0].typ == "Medicin"


def test_shown_sums_agree_with_the_case_systems_signs(evaluate: Evaluate, facts: Facts) -> None:
    """Summary rows: incomes as typed, deductions negative, and they add up to the result."""
    names = ["summa_inkomster", "visad_jobbstimulans", "visad_norm", "visade_utgifter", "visade_sarskilda_utgifter"]
    found = evaluate([*names, "resultat"], facts)
    assert sum(found[name].value for name in names) == found["resultat"].value


def test_texts_name_amount_month_and_reference(evaluate: Evaluate, facts: Facts) -> None:
    """The decision's text and the journal note can be found again by the reference, and hold no name."""
    found = evaluate(["beslutstext", "journaltext", "journalrubrik", "beslutsorsak"], facts)
    for name in ("beslutstext", "journaltext"):
        assert "6 333 kr" in found[name].value
        assert "september 2025" in found[name].value
        assert found[name].value.endswith("Referens R-1.")
        assert "Exempel" not in found[name].value
    assert found["beslutsorsak"].value == "Arbetslös, otillräcklig ersättning/stöd"


def test_every_fact_can_be_written_out_and_read_again(definition: Definition, facts: Facts) -> None:
    """JSON of a fact, as it is kept, gives the same value when it is read."""
    for name, value in facts.items():
        declaration = definition.facts[name]
        once = declaration.from_json(value)
        assert declaration.from_json(declaration.to_json(once)) == once, name
