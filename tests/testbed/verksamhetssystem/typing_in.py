"""The forms of the case system as a careful person fills them in for the couple, September 2025."""

from tests.testbed.verksamhetssystem.ground import ANNA, BO, CILLA
from tests.testbed.verksamhetssystem.visitor import Fields, Seen, Visitor

CASE = "/arende/EB-1001"
HOUSEHOLD: Fields = {
    "first": "2025-09-01",
    "last": "2025-09-30",
    "norm_person": [ANNA, BO, CILLA],
    "norm_name": ["Sambor", "Sambor", "Barn 7-10 år"],
    "norm_monthly": ["3525", "3 525,00", "3\u00a0790"],
    "norm_days": ["", "", "15"],
    "members": "3",
    "shared": "1770",
}
INCOMES: Fields = {
    "income_type": ["Lön efter skatt", "Barnbidrag/Flerbarnstillägg"],
    "income_applicant": ["333", "1250"],
    "income_co_applicant": ["100,10", ""],
    "job_stimulus_applicant": "1",
}
EXPENSES: Fields = {
    "expense_type": ["Boendekostnad"],
    "expense_applied": ["7000"],
    "expense_approved": ["6900,50"],
    "special_type": ["Medicin"],
    "special_applied": ["250"],
    "special_approved": ["200"],
}
# Norm 3525 + 3525 + 15 × 125 (3790 × 12 / 365 = 124.6) + 1770 = 10 695; income 1 683.10 − 83.25 jobbstimulans.
SUMMARY = {
    "Inkomster": "1\u00a0683,10",
    "Jobbstimulans": "-83,25",
    "Norm": "-10\u00a0695,00",
    "Utgifter": "-6\u00a0900,50",
    "Summa": "-15\u00a0995,65",
    "Särskilda utgifter": "-200,00",
    "Resultat": "-16\u00a0195,65",
}
DECISION: Fields = {
    "calculation": "B-000002",
    "type": "Bifall",
    "decided_on": "2025-08-27",
    "first": "2025-09-01",
    "last": "2025-09-30",
    "amount": "16195,65",
    "reason": "Arbetslös, otillräcklig ersättning/stöd",
    "decision_maker": "Automatiserad beslutsfunktion",
    "text": "Rad ett\nRad två",
}
PAYMENT: Fields = {"decision": "BE-000002", "amount": "16195,65", "pay_date": "2025-08-29", "month": "2025-09"}


def draft(visitor: Visitor, *, household: Fields = HOUSEHOLD, case: str = CASE) -> str:
    """Fill in the three pages; the draft's number."""
    page = visitor.fill(f"{case}/berakning/ny", household)
    number = page.path.split("/")[2]
    visitor.fill(f"/berakning/{number}/inkomster", INCOMES)
    page = visitor.fill(f"/berakning/{number}/utgifter", EXPENSES)
    assert page.path == f"/berakning/{number}/sammanstallning", page.errors
    return number


def save_calculation(visitor: Visitor) -> Seen:
    """A final calculation for September; its receipt."""
    number = draft(visitor)
    visitor.calculate(number)
    visitor.get(f"/berakning/{number}/sammanstallning")
    return visitor.post(f"/berakning/{number}/spara", {})


def save_decision(visitor: Visitor) -> Seen:
    """A decision on it; its receipt."""
    save_calculation(visitor)
    return visitor.fill(f"{CASE}/beslut/nytt", DECISION)
