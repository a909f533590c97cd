"""A whole case through the rules: what an unremarkable one comes to, and which check each deviation fails."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest

from robot.definition import Definition
from tests.processes.ekonomiskt_bistand.example import FODD, MEDSOKANDE, SOKANDE, Evaluate, Facts, child, registered

Change = Callable[[Facts], None]


def checks_of(definition: Definition) -> list[str]:
    """Every check of the process: those of its steps and those made at every decision."""
    titles = [name for step in definition.steps for name in getattr(step, "check", {})]
    return [*titles, *definition.review.always]


def failed(definition: Definition, evaluate: Evaluate, facts: Facts) -> set[str]:
    """The codes that send the case to a person."""
    checks = checks_of(definition)
    found = evaluate(checks, facts)
    remarked = {name for name in checks if found[name].determined and found[name].value}
    return remarked | {reason.code for name in checks for reason in found[name].reasons}


def test_unremarkable_case_passes_every_check(definition: Definition, evaluate: Evaluate, facts: Facts) -> None:
    """A case where everything agrees gives no remark at all."""
    assert failed(definition, evaluate, facts) == set()


def test_unremarkable_couple_passes_every_check(definition: Definition, evaluate: Evaluate, couple: Facts) -> None:
    """A couple with a child where everything agrees gives no remark at all."""
    assert failed(definition, evaluate, couple) == set()


def test_unremarkable_case_is_approved_with_the_deficit(evaluate: Evaluate, facts: Facts) -> None:
    """The applicant gets the norm and the rent minus the income: 3910 + 1270 + 5153 - 4000."""
    found = evaluate(["utfall", "bistand", "stratum", "beslutstyp", "utbetalning_ska_goras"], facts)
    assert found["utfall"].value == "bifall"
    assert found["bistand"].value == Decimal("6333.00")
    assert found["stratum"].value == "bifall_utan_barn"
    assert found["beslutstyp"].value == "Bifall"
    assert found["utbetalning_ska_goras"].value is True


def _wage(facts: Facts, declared: str | None, *employers: tuple[str, str]) -> None:
    facts["ansokan"]["sysselsattning"]["1"] = "arbetar"
    facts["arbetssokande"] = []
    facts["ansokan"]["inkomster"] = [] if declared is None else [{"slag": "SALARY", "belopp": declared, "person": 1}]
    last = [] if declared is None else [{"typ": "Lön efter skatt", "sokande": declared, "medsokande": "0.00"}]
    facts["forra_berakningen"]["senaste"]["inkomster"] = last
    facts["agi_kontroll"] = [
        {"Gallande": [{"KontantErsattningUlagAG": gross, "AvdrPrelSkatt": tax} for gross, tax in employers]}
    ]


def _set(*path: str | int, to: object) -> Change:
    def change(facts: Facts) -> None:
        place = facts
        for key in path[:-1]:
            place = place[key]  # type: ignore[index] # JSON data: keys and positions mixed
        place[path[-1]] = to  # type: ignore[index] # as above

    return change


def _append(*path: str | int, item: object) -> Change:
    def change(facts: Facts) -> None:
        place = facts
        for key in path:
            place = place[key]  # type: ignore[index] # JSON data: keys and positions mixed
        place.append(item)  # type: ignore[attr-defined] # as above

    return change


def _income(code: str, amount: str) -> Change:
    return _append("ansokan", "inkomster", item={"slag": code, "belopp": amount, "person": 1})


def _samordningsnummer(facts: Facts) -> None:
    # The form only: the check digit is wrong on purpose, so that the number belongs to nobody.
    number = "199006622390"
    facts["ansokan"]["sokande"]["personnummer"] = number
    facts["folkbokforing"][0]["HushallPaAdressen"][0]["Personnummer"] = number


PARTNER = {"Typ": "make", "Fodelsetid": FODD[MEDSOKANDE], "Personnummer": MEDSOKANDE, "SammaAdress": True}
STRANGER = {"Fodelsetid": "1971-02-03", "Personnummer": None}
SAME_MONTH = {"nummer": "B-000002", "period": "2025-09", "status": "Utkast"}

DEVIATIONS: dict[str, tuple[Change, set[str]]] = {
    "no declaration of truth": (_set("ansokan", "forsakran", to=False), {"forsakran_lamnad"}),
    "an attachment": (_set("ansokan", "bilagor", to=["intyg.pdf"]), {"bilagor_granskas"}),
    "a message": (_set("ansokan", "meddelande", to="Hej"), {"meddelande_att_lasa"}),
    "received long after": (_set("ansokan", "inkommen", to="2025-11-01T00:30:00+01:00"), {"ratt_manad"}),
    "received long before": (_set("ansokan", "inkommen", to="2025-07-31T12:00:00+02:00"), {"ratt_manad"}),
    "samordningsnummer": (_samordningsnummer, {"identitet_styrkt"}),
    "new payee account": (_set("ansokan", "utbetalning_andrad", to=True), {"utbetalningssatt_oforandrat"}),
    "studies": (_set("ansokan", "sysselsattning", "1", to="studerar"), {"sysselsattning_utan_provning"}),
    "no case": (_set("forra_berakningen", "senaste", to=None), {"pagaende_arende"}),
    "last month only a draft": (
        _set("forra_berakningen", "berakningar", 0, "status", to="Utkast"),
        {"pagaende_arende"},
    ),
    "an older month is the latest": (_set("forra_berakningen", "senaste", "period", to="2025-07"), {"pagaende_arende"}),
    "another name in the case": (_set("forra_berakningen", "sokande_namn", to="Någon Annan"), {"pagaende_arende"}),
    "the month has a draft": (_append("forra_berakningen", "berakningar", item=SAME_MONTH), {"inte_redan_beslutad"}),
    "a stranger on the address": (
        _append("folkbokforing", 0, "HushallPaAdressen", item=STRANGER),
        {"hushallet_oforandrat"},
    ),
    "a partner outside the application": (
        _append("folkbokforing", 0, "Relationer", item=PARTNER),
        {"hushallet_oforandrat"},
    ),
    "another street": (
        _set("folkbokforing", 0, "Folkbokforingsadress", "Utdelningsadress", to="Annan gata 2"),
        {"adressen_oforandrad"},
    ),
    "another municipality": (
        _set("folkbokforing", 0, "Folkbokforingsadress", "Kommunkod", to="9998"),
        {"folkbokford_i_kommunen"},
    ),
    "no longer registered": (
        lambda facts: facts["folkbokforing"][0].update(
            Avregistrering={"kod": "UV", "datum": "2025-06-01"}, Folkbokforingsadress=None
        ),
        {"folkbokford_i_kommunen", "adressen_oforandrad"},
    ),
    "not at Arbetsförmedlingen": (
        _set("arbetssokande", 0, "Arbetssokande", to=False),
        {"inskriven_hos_arbetsformedlingen"},
    ),
    "no activity report": (
        _set("arbetssokande", 0, "SenasteAktivitetsRapportDatum", to=None),
        {"aktivitetsrapport_inlamnad"},
    ),
    "a flag in an answer": (_set("arbetssokande", 0, "Sekretessmarkering", to=True), {"ingen_markering_i_svaren"}),
    "a wage that is not declared": (
        lambda facts: _wage(facts, None, ("10000", "2000")),
        {"inkomster_styrkta_av_agi", "kommunicering_kravs"},
    ),
    "a wage lower than the employers'": (
        lambda facts: _wage(facts, "7000.00", ("10000", "2000")),
        {"inkomster_styrkta_av_agi", "kommunicering_kravs"},
    ),
    "a wage higher than the employers'": (
        lambda facts: _wage(facts, "9000.00", ("10000", "2000")),
        {"inkomster_styrkta_av_agi"},
    ),
    "a wage that no employer has declared": (lambda facts: _wage(facts, "8000.00"), {"inkomster_styrkta_av_agi"}),
    "a tax refund that is not declared": (
        _set("skatteaterbaring", 0, "Utbetalningar", to=[{"Datum": "2025-08-05", "Belopp": "2100"}]),
        {"skatteaterbaring_redovisad", "kommunicering_kravs"},
    ),
    "capital that is not declared": (
        _set("kapital", 0, to={"SummaIntakterPaKapital": "900", "OverskottPaKapital": "900"}),
        {"kapitalinkomst_redovisad"},
    ),
    "a new income": (_income("PENSION", "900.00"), {"inga_nya_inkomster"}),
    "an income gone": (_set("ansokan", "inkomster", to=[]), {"inga_borttagna_inkomster"}),
    "an income changed": (_set("ansokan", "inkomster", 0, "belopp", to="4520.00"), {"inkomster_inom_tolv_procent"}),
    "rent above the limit": (
        _set("ansokan", "utgifter", 0, "belopp", to="6301.00"),
        {"boendekostnad_skalig", "boendekostnad_oforandrad"},
    ),
    "rent changed": (_set("ansokan", "utgifter", 0, "belopp", to="5200.00"), {"boendekostnad_oforandrad"}),
    "a new expense": (
        _append("ansokan", "utgifter", item={"slag": "UNION_FEE", "belopp": "250.00"}),
        {"inga_nya_utgifter"},
    ),
    "glasses": (
        _append("ansokan", "sarskilda_utgifter", item={"slag": "GLASSES", "belopp": "900.00"}),
        {"sarskilda_utgifter_utan_provning"},
    ),
    "a surplus last month": (_set("forra_berakningen", "senaste", "resultat", to="320.00"), {"overskott_inom_gransen"}),
    "a new child": (
        _append("ansokan", "barn", item=child("Robin Exempel", "2025-07-20")),
        {"hushallet_oforandrat", "barnbidrag_redovisat"},
    ),
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_each_deviation_goes_to_a_person_for_its_own_reason(
    definition: Definition, evaluate: Evaluate, facts: Facts, name: str
) -> None:
    """One deviation from the unremarkable case fails exactly the checks that are about it."""
    change, expected = DEVIATIONS[name]
    change(facts)
    assert failed(definition, evaluate, facts) == expected


@pytest.mark.parametrize("employers", [[("10000", "2000")], [("4000", "800"), ("6000", "1200")], [("10040", "2000")]])
def test_wage_that_agrees_with_the_employers_passes(
    definition: Definition, evaluate: Evaluate, facts: Facts, employers: list[tuple[str, str]]
) -> None:
    """Net pay of all employers together may differ from the declared wage by the tolerance, not more."""
    _wage(facts, "8000.00", *employers)
    assert failed(definition, evaluate, facts) == set()


@pytest.mark.parametrize("received", ["2025-08-15", "2025-09-30", "2025-10-31"])
def test_application_may_come_the_month_before_and_after(evaluate: Evaluate, facts: Facts, received: str) -> None:
    """The month applied for is the month of receipt, the one before or the one after."""
    facts["ansokan"]["inkommen"] = f"{received}T12:00:00+02:00"
    assert evaluate(["ratt_manad"], facts)["ratt_manad"].value == ()


def test_missing_register_answer_makes_its_checks_undetermined(
    definition: Definition, evaluate: Evaluate, facts: Facts
) -> None:
    """A register that did not answer is never read as no income: the checks that need it have no answer."""
    del facts["agi_kontroll"]
    assert failed(definition, evaluate, facts) == {"saknas.agi_kontroll.ej_hamtad"}


def test_too_few_answers_are_not_an_answer(evaluate: Evaluate, couple: Facts) -> None:
    """Two adults and one answer cannot be told apart, so nothing is concluded."""
    couple["agi_kontroll"] = couple["agi_kontroll"][:1]
    found = evaluate(["inkomster_styrkta_av_agi"], couple)["inkomster_styrkta_av_agi"]
    assert [reason.code for reason in found.reasons] == ["fel_antal_svar"]


def test_partner_who_moved_in_is_seen(definition: Definition, evaluate: Evaluate, couple: Facts) -> None:
    """A co-applicant who was not in last month's household goes to a person."""
    rows = couple["forra_berakningen"]["senaste"]["hushall"]
    couple["forra_berakningen"]["senaste"]["hushall"] = [rows[0], rows[2]]
    assert failed(definition, evaluate, couple) == {"hushallet_oforandrat"}


def test_partner_who_moved_out_is_seen(evaluate: Evaluate, couple: Facts) -> None:
    """A co-applicant who is registered elsewhere, and a child no longer applied for, are both remarked."""
    couple["folkbokforing"] = [registered(SOKANDE), registered(MEDSOKANDE)]
    remarks = evaluate(["hushallet_oforandrat"], couple)["hushallet_oforandrat"].value
    assert remarks == ("2 personer i hushållet är inte folkbokförda på adressen.",)


def test_spouse_must_be_the_one_who_applies_too(evaluate: Evaluate, couple: Facts) -> None:
    """Married to the co-applicant passes; married to somebody else goes to a person."""
    couple["folkbokforing"][0]["Relationer"] = [PARTNER]
    assert evaluate(["hushallet_oforandrat"], couple)["hushallet_oforandrat"].value == ()
    couple["folkbokforing"][0]["Relationer"] = [{**PARTNER, "Fodelsetid": "1985-05-05", "Personnummer": None}]
    remarks = evaluate(["hushallet_oforandrat"], couple)["hushallet_oforandrat"].value
    assert remarks == ("Sökande har make eller registrerad partner enligt folkbokföringen men söker med någon annan.",)


def test_child_who_lives_here_part_of_the_month_may_be_registered_elsewhere(evaluate: Evaluate, couple: Facts) -> None:
    """Växelvis boende: the child need not be registered on this address."""
    couple["ansokan"]["barn"][0]["dagar"] = 15
    couple["folkbokforing"][0]["HushallPaAdressen"].pop()
    assert evaluate(["hushallet_oforandrat"], couple)["hushallet_oforandrat"].value == ()


def test_shared_home_explains_others_on_the_address(evaluate: Evaluate, facts: Facts) -> None:
    """Who says that three share the home may have two others registered there, but not three."""
    facts["ansokan"]["boende"]["personer_i_bostaden"] = 3
    others = facts["folkbokforing"][0]["HushallPaAdressen"]
    others += [STRANGER, {"Fodelsetid": "1980-01-01", "Personnummer": None}]
    assert evaluate(["hushallet_oforandrat"], facts)["hushallet_oforandrat"].value == ()
    others.append({"Fodelsetid": "1999-01-01", "Personnummer": None})
    remarks = evaluate(["hushallet_oforandrat"], facts)["hushallet_oforandrat"].value
    assert remarks == ("3 personer utanför hushållet är folkbokförda på adressen.",)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([("2024-09-01", "2026-08-31")], Decimal(6000)),
        ([("2025-08-01", "2025-08-31")], Decimal(6000)),
        ([("2023-08-01", "2025-07-31")], Decimal(8000)),
        ([], Decimal(8000)),
        ([("2025-08-15", "2027-08-14")], None),
    ],
)
def test_jobbstimulans_follows_the_periods_of_the_case(
    evaluate: Evaluate, facts: Facts, periods: list[tuple[str, str]], expected: Decimal | None
) -> None:
    """The whole control month inside a period: 25 % off the wage. Outside: none. Partly: a person decides."""
    _wage(facts, "8000.00", ("10000", "2000"))
    facts["forra_berakningen"]["jobbstimulans"] = [
        {"person": "Sökande", "from": first, "till": last} for first, last in periods
    ]
    found = evaluate(["raknade_inkomster"], facts)["raknade_inkomster"]
    if expected is None:
        assert [reason.code for reason in found.reasons] == ["jobbstimulans_okand"]
    else:
        assert found.value == expected


@pytest.mark.parametrize(
    ("born", "changes", "code"),
    [
        ("2018-09-15", {}, "barn_byter_aldersgrupp"),
        ("2025-09-02", {}, "barn_fott_under_manaden"),
        ("2006-01-01", {"studerar": False}, "vuxet_barn"),
        ("2003-01-01", {}, "inte_barn_i_normen"),
    ],
)
def test_child_whose_age_leaves_the_norm_in_doubt_goes_to_a_person(
    evaluate: Evaluate, facts: Facts, born: str, changes: Facts, code: str
) -> None:
    """A birthday between two age groups, a newborn, and a grown-up child: the norm is not guessed."""
    facts["ansokan"]["barn"] = [child("Robin Exempel", born, **changes)]
    assert [reason.code for reason in evaluate(["riksnorm"], facts)["riksnorm"].reasons] == [code]


@pytest.mark.parametrize("number", ["19880209T050", "992004391013"])
def test_number_that_registers_do_not_know_stops_the_first_question(
    evaluate: Evaluate, facts: Facts, number: str
) -> None:
    """A temporary number or reservnummer cannot be asked about, so the case never becomes unrestricted."""
    facts["ansokan"]["sokande"]["personnummer"] = number
    found = evaluate(["allas_personnummer"], facts)["allas_personnummer"]
    assert [reason.code for reason in found.reasons] == ["identitet_utan_registertraff"]


def test_questions_are_asked_about_the_right_persons(evaluate: Evaluate, couple: Facts) -> None:
    """Adults in order, everyone with a number for the protection flag, and only those who look for work at AF."""
    found = evaluate(["vuxnas_personnummer", "allas_personnummer", "arbetssokandes_personnummer"], couple)
    assert found["vuxnas_personnummer"].value == (SOKANDE, MEDSOKANDE)
    assert found["allas_personnummer"].value == (SOKANDE, MEDSOKANDE)
    assert found["arbetssokandes_personnummer"].value == (SOKANDE,)


def test_month_without_norm_hands_over_and_decides_nothing(evaluate: Evaluate, facts: Facts) -> None:
    """January 2027 has no norm table: the outcome is undetermined, and the reason says when the last one ended."""
    found = evaluate(["utfall"], facts, date(2027, 1, 1))["utfall"]
    assert not found.determined
    assert any("2026-12-31" in reason.why for reason in found.reasons)


def test_remarks_carry_no_name_or_number(definition: Definition, evaluate: Evaluate, facts: Facts) -> None:
    """Remarks name roles, types and amounts, never a person."""
    for change, _ in DEVIATIONS.values():
        one = deepcopy(facts)
        change(one)
        found = evaluate(checks_of(definition), one)
        for name in checks_of(definition):
            text = " ".join(found[name].value or ())
            assert "Exempel" not in text
            assert SOKANDE not in text
