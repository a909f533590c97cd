"""Facts, rules by law and date, dated amounts, and the finding tree. The only room that processes may import."""

from robot.rules.amounts import AmountInterval, AmountTable, Cells
from robot.rules.book import RuleBook, RuleBookError
from robot.rules.facts import Conflicting, Fact, FactDeclaration, Known, Missing, Undetermined
from robot.rules.finding import Evaluation, Finding, Reason
from robot.rules.rule import rule
from robot.rules.shapes import Amount, Extract, Month, Record, amount_text

__all__ = [
    "Amount",
    "AmountInterval",
    "AmountTable",
    "Cells",
    "Conflicting",
    "Evaluation",
    "Extract",
    "Fact",
    "FactDeclaration",
    "Finding",
    "Known",
    "Missing",
    "Month",
    "Reason",
    "Record",
    "RuleBook",
    "RuleBookError",
    "Undetermined",
    "amount_text",
    "rule",
]
