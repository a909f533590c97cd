"""Which names hold nothing about a person: what may be seen in a picture of a case system's page."""

from robot.rules.book import RuleBook
from robot.rules.proof import dependencies


def open_names(book: RuleBook) -> frozenset[str]:
    """Every fact without sensitivity, every amount, and every rule that is worked out from nothing else."""
    known = {name: fact.sensitivity == "none" for name, fact in book.facts.items()} | dict.fromkeys(book.tables, True)

    def is_open(name: str) -> bool:
        if name not in known:
            functions = [version.function for version in book.rules.get(name, ())]
            asked = [one for function in functions for one in dependencies(function)]
            known[name] = bool(functions) and all(is_open(one) for one in asked)
        return known[name]

    return frozenset(name for name in book.names() if is_open(name))
