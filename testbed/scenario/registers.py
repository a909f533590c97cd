"""What Skatteverket and Arbetsförmedlingen know, in the form that their simulations read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from testbed.scenario.draft import Draft
from testbed.scenario.kind import Traits
from testbed.scenario.months import shifted, text
from testbed.scenario.people import MUNICIPALITY_CODE, POSTCODE, TOWN, Adult, Household

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A household with its traits and its cases in all months."""

    household: Household
    traits: Traits
    drafts: Sequence[Draft]


def skatteverket(members: Sequence[Member]) -> dict[str, Any]:
    """Personnummer -> question -> answer. Complete for every person who is asked about."""
    return {
        adult.number: {
            "skydd": {"Sekretessmarkering": member.traits.protected, "SkyddadFolkbokforing": False},
            "folkbokforing": _registration(adult, member),
            "kapital": _capital(member),
            "skatteaterbaring": _by_month(member, [draft.refunds for draft in member.drafts], adult),
            "agi": _by_month(member, [draft.declarations for draft in member.drafts], adult),
        }
        for member in members
        for adult in member.household.adults
        if adult.number.isdigit()
    }


def arbetsformedlingen(members: Sequence[Member], *, last_month: date) -> dict[str, Any]:
    """Personnummer -> answer. The latest report is in the last control month, unless the household never reports."""
    return {
        adult.number: _job_seeker(member, last_month) if _registered(member, adult) else _not_registered()
        for member in members
        for adult in member.household.adults
        if adult.number.isdigit()
    }


def _registered(member: Member, adult: Adult) -> bool:
    return adult.job_seeker and member.traits.at_employment_service


def _job_seeker(member: Member, last_month: date) -> Json:
    first = min(draft.month for draft in member.drafts)
    reported = shifted(last_month, -1) if member.traits.reports_activity else shifted(first, -4)
    return {
        "Sekretessmarkering": False,
        "Arbetssokande": True,
        "ArbetssokandeSKAT": "Öppet arbetslös",
        "ArbetssokandeRegistrerad": shifted(first, -14).isoformat(),
        "ArbetssokandeOmfattning": 100,
        "AktivitetsRapportMeddelande": "Senaste aktivitetsrapport",
        "SenasteAktivitetsRapportDatum": reported.replace(day=8).isoformat(),
        "EkonomiskaBeslut": [],
    }


def _not_registered() -> Json:
    return {
        "Sekretessmarkering": False,
        "Arbetssokande": False,
        "AktivitetsRapportMeddelande": "Ingen aktivitetsrapport finns",
    }


def _registration(adult: Adult, member: Member) -> Json:
    household, couple = member.household, member.traits.couple
    partners = [other for other in household.adults if other is not adult]
    relations: list[Json] = [
        {"Typ": "make", "Fodelsetid": other.birth.isoformat(), "Personnummer": other.number, "SammaAdress": True}
        for other in partners
        if couple
    ]
    relations += [
        {"Typ": "barn", "Fodelsetid": child.birth.isoformat(), "Personnummer": None, "SammaAdress": True}
        for child in household.children
    ]
    births = [child.birth for child in household.children] + list(household.others)
    at_home = [{"Fodelsetid": other.birth.isoformat(), "Personnummer": other.number} for other in partners]
    return {
        "IdentitetsbeteckningFysiskPerson": adult.number,
        "Fornamn": adult.given,
        "Efternamn": adult.family,
        "Fodelsetid": adult.birth.isoformat(),
        "Civilstand": "G" if couple else "OG",
        "Folkbokforingsadress": {
            "Utdelningsadress": household.street,
            "Postnr": POSTCODE,
            "Postort": TOWN,
            "Kommunkod": MUNICIPALITY_CODE,
        },
        "FolkbokforingsDatum": "2016-04-01",
        "Avregistrering": None,
        "Relationer": relations,
        "HushallPaAdressen": at_home + [{"Fodelsetid": birth.isoformat(), "Personnummer": None} for birth in births],
    }


def _capital(member: Member) -> Json:
    amount = "14300.00" if member.traits.capital_income else "0.00"
    years = sorted({str(draft.month.year - 1) for draft in member.drafts})
    return {
        year: {"Beskattningsar": year, "SummaIntakterPaKapital": amount, "OverskottPaKapital": amount} for year in years
    }


def _by_month(member: Member, rows: Sequence[dict[str, list[Json]]], adult: Adult) -> Json:
    return {
        text(draft.control_month): answers.get(adult.number, [])
        for draft, answers in zip(member.drafts, rows, strict=True)
    }
