"""The cases that a person must take, each for the one thing that its name says."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from testbed.scenario.archetypes import just_above_the_norm
from testbed.scenario.draft import Draft, Row
from testbed.scenario.kind import handed_over
from testbed.scenario.months import shifted


@handed_over()
def new_income(case: Draft) -> None:
    """An income that last month's calculation does not have."""
    case.income("OTHER_INCOME", case.rng.randrange(400, 1500, 50), last_month=0)
    case.reasons.add("inga_nya_inkomster")


@handed_over()
def vanished_income(case: Draft) -> None:
    """An income of last month's calculation that is not declared now."""
    if case.earlier is not None:
        case.earlier.incomes.append(Row("SICKNESS_BENEFIT", Decimal(case.rng.randrange(900, 2500, 50))))
    case.reasons.add("inga_borttagna_inkomster")


@handed_over(works=True)
def undeclared_pay(case: Draft) -> None:
    """An employer has declared a wage that the application does not have: the applicant must be heard first."""
    case.pay(case.rng.randrange(2000, 6000, 50))
    case.reasons |= {"inkomster_styrkta_av_agi", "kommunicering_kravs"}


@handed_over()
def moved(case: Draft) -> None:
    """The application's address is not the one in folkbokföringen."""
    case.application_changes["gata"] = f"Flyttgatan {case.rng.randrange(1, 60)}"
    case.reasons.add("adressen_oforandrad")


@handed_over(children=2, new_child=True)
def new_child(case: Draft) -> None:
    """A newborn child who was not in the household last month."""
    case.reasons.add("hushallet_oforandrat")


@handed_over(partner=True)
def partner_moved_in(case: Draft) -> None:
    """Two adults apply, where one did last month."""
    case.reasons.add("hushallet_oforandrat")


@handed_over()
def rent_above_limit(case: Draft) -> None:
    """The same rent as last month, above the municipality's limit for the household."""
    case.set_expense("RENT", case.rng.randrange(6400, 7200, 50))
    case.reasons.add("boendekostnad_skalig")


@handed_over()
def rent_changed(case: Draft) -> None:
    """A rent within the limit that is not last month's."""
    rent = case.rng.randrange(4800, 5800, 50)
    case.set_expense("RENT", rent, last_month=rent - case.rng.randrange(50, 300, 10))
    case.reasons.add("boendekostnad_oforandrad")


@handed_over(at_employment_service=False)
def not_registered(case: Draft) -> None:
    """Looks for work, but is not registered at Arbetsförmedlingen."""
    case.reasons.add("inskriven_hos_arbetsformedlingen")


@handed_over(reports_activity=False)
def no_activity_report(case: Draft) -> None:
    """Registered at Arbetsförmedlingen, but the latest activity report is from long before the control month."""
    case.reasons.add("aktivitetsrapport_inlamnad")


@handed_over(works=True)
def income_over_norm(case: Draft) -> None:
    """The wage is more than the norm and the costs: an avslag, which the robot may not decide."""
    case.without_income()
    now, before = just_above_the_norm(case)
    case.salary(now, last_month=before)
    case.reasons.add("beslutsratt.avslag")


@handed_over()
def wrong_month(case: Draft) -> None:
    """The application came in two months before the month that it is for."""
    early = shifted(case.month, -2)
    case.received = datetime(early.year, early.month, case.rng.randrange(3, 25), 12, tzinfo=UTC)
    case.reasons.add("ratt_manad")


@handed_over()
def incomplete(case: Draft) -> None:
    """No assurance that the statements are true, or a message or an attachment that somebody must read."""
    what = case.rng.choice(("forsakran_lamnad", "meddelande_att_lasa", "bilagor_granskas"))
    change: dict[str, dict[str, Any]] = {
        "forsakran_lamnad": {"forsakran": False},
        "meddelande_att_lasa": {"meddelande": "Hej, jag undrar om ni har fått mitt hyresavtal?"},
        "bilagor_granskas": {"bilagor": ["hyresavi.pdf"]},
    }
    case.application_changes |= change[what]
    case.reasons.add(what)


@handed_over(protected=True, elderly=True)
def protected(case: Draft) -> None:
    """Protected personal data: leaves automation before anything else is asked."""
    case.reasons.add("skyddad")


@handed_over(identity="coordination")
def coordination_number(case: Draft) -> None:
    """A samordningsnummer: the identity has to be confirmed."""
    case.reasons.add("identitet_styrkt")


@handed_over(identity="temporary")
def temporary_number(case: Draft) -> None:
    """A temporary number of the case system's kind, which no register can be asked about."""
    case.reasons.add("identitet_utan_registertraff")


@handed_over(known_in_case_system=False)
def new_applicant(case: Draft) -> None:
    """Somebody whom the case system does not know: not a re-application."""
    case.earlier = None
    case.reasons.add("saknas.forra_berakningen.")


@handed_over()
def already_decided(case: Draft) -> None:
    """A handläggare has already calculated, decided and paid the month."""
    case.already_decided = True
    case.reasons.add("inte_redan_beslutad")


@handed_over()
def tax_refund(case: Draft) -> None:
    """A tax refund in the control month that is not declared."""
    day = case.control_month.replace(day=12).isoformat()
    amount = f"{case.rng.randrange(800, 4000)}.00"
    case.refunds[case.household.applicant.number] = [{"Datum": day, "Belopp": amount}]
    case.reasons |= {"skatteaterbaring_redovisad", "kommunicering_kravs"}


@handed_over(capital_income=True)
def capital_income(case: Draft) -> None:
    """Capital income last year, and none declared now."""
    case.reasons.add("kapitalinkomst_redovisad")


@handed_over()
def unknown_income_code(case: Draft) -> None:
    """An income of a type that nobody has classified."""
    case.income("CRYPTO_WITHDRAWAL", case.rng.randrange(300, 900, 50), last_month=0)
    case.reasons |= {"okand_inkomsttyp", "inga_nya_inkomster"}


@handed_over()
def glasses(case: Draft) -> None:
    """A special expense that needs an individual assessment."""
    case.add_special("GLASSES", case.rng.randrange(900, 2400, 50))
    case.reasons.add("sarskilda_utgifter_utan_provning")
