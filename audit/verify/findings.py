"""What a check can find, and which finding decides the exit code."""

from dataclasses import dataclass, field
from enum import IntEnum


class Code(IntEnum):
    """The exit codes. 2, wrong usage, is argparse's own."""

    PROVEN = 0
    ALTERED = 10
    SHORTER = 11
    FORK = 12
    SIGNATURE = 13
    POLICY = 14
    COMMITMENT = 15
    GONE = 16
    CHAIN = 17
    UNDECIDED = 20


ADVICE = {
    Code.FORK: "The log's key has signed two stories: keep both, and take them to the auditors.",
    Code.SHORTER: "Entries that were signed for are missing: ask for the export as it was.",
    Code.SIGNATURE: "Do not believe it: get the log's keys from somebody else than the log, and ask who signed.",
    Code.POLICY: "Ask the witnesses which head they have seen: the log may show them another.",
    Code.ALTERED: "It was changed after it was signed: compare with another export, and with heads others have kept.",
    Code.CHAIN: "An entry was left out, moved, doubled or put in: compare with the case's papers.",
    Code.COMMITMENT: "The value is not the one that the log committed to: ask for it from its source.",
    Code.GONE: "It is gone, and no decision in the log says why: ask who removed it.",
    Code.UNDECIDED: "Evidence is missing: export again, or give the file that was asked for.",
}
"""What to do, by code. Of several findings the first in this order is the exit code: first the log's heads, which
everything else rests on, then the entries, then the values."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. No field ever holds a personal value."""

    code: Code
    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        text = f"{self.code:d} {self.code.name} {self.where}: expected {self.expected}, found {self.found}."
        return f"{text} {ADVICE[self.code]}"


@dataclass
class Report:
    """What was checked (numbers by name), what was found, and what the reader should know besides."""

    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def find(self, code: Code, where: str, expected: str, found: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, where, expected, found))

    def count(self, name: str, number: int = 1) -> None:
        """Add to what was checked."""
        self.checked[name] = self.checked.get(name, 0) + number

    @property
    def code(self) -> Code:
        """The gravest finding; `UNDECIDED` when nothing was found because nothing was checked."""
        codes = {finding.code for finding in self.findings}
        none = Code.PROVEN if any(self.checked.values()) else Code.UNDECIDED
        return next((code for code in ADVICE if code in codes), none)
