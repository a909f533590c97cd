"""What a demo run ends with: one JSON object, or a table for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from testbed.agreement import JournalCase


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run. ``kronor`` is the sum that the robot has decided and carried out, SEK; times in seconds.

    ``cases`` = ``decided`` (and closed) + ``sampled`` (decided, held by the stickprov) + ``to_people``.
    """

    cases: int
    decided: int
    to_people: int
    sampled: int
    reasons: Mapping[str, int]
    kronor: str
    seconds: float
    median_case_seconds: float
    notices: int
    agree: bool
    disagreements: Sequence[str]
    wrong_against_scenario: int
    wrong: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)

    @property
    def good(self) -> bool:
        """Whether everything agrees and nothing ended elsewhere than the scenario says."""
        return self.agree and not self.wrong_against_scenario


def report_of(
    cases: Sequence[JournalCase], *, notices: int, disagreements: Sequence[str], wrong: Sequence[str], seconds: float
) -> Report:
    """Count the cases."""
    carried_out = [case for case in cases if case.carried_out]
    sampled = [case for case in cases if case.sampled and not case.carried_out]
    people = [case for case in cases if case not in carried_out and case not in sampled]
    reasons = Counter(code for case in people for code in case.reasons)
    return Report(
        cases=len(cases),
        decided=len(carried_out),
        to_people=len(people),
        sampled=len(sampled),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        kronor=f"{sum((Decimal(case.amount_ore or 0) for case in carried_out), Decimal(0)) / 100:.2f}",
        seconds=round(seconds, 2),
        median_case_seconds=round(median([case.seconds for case in cases]), 2) if cases else 0.0,
        notices=notices,
        agree=not disagreements,
        disagreements=list(disagreements),
        wrong_against_scenario=len(wrong),
        wrong=list(wrong),
    )


def render(report: Report, titles: Mapping[str, str]) -> RenderableType:
    """The table. ``titles`` gives a reason code's title in Swedish where it has one."""
    table = Table(title="Ekonomiskt bistånd: what became of the applications", title_justify="left")
    table.add_column("end")
    table.add_column("cases", justify="right")
    table.add_column("", overflow="fold")
    table.add_row("decided by the robot", str(report.decided), f"bifall, {_spaced(report.kronor)} kr in all")
    table.add_row("held by the stickprov", str(report.sampled), "decided, waits for review before anything is written")
    table.add_row("to a person", str(report.to_people), "a case may have several reasons:")
    for code, count in report.reasons.items():
        table.add_row("", "", f"{count} × {titles.get(code, code)}")
    table.add_row("notices sent", str(report.notices), "one for each decided applicant")
    per_case = report.seconds / report.cases if report.cases else 0.0
    table.add_row("time", "", f"{report.seconds:.1f} s in all, {per_case:.2f} s per case")
    table.add_row("", "", f"median from a case's start to its end {report.median_case_seconds:.1f} s")
    lines = [_verdict("The case system's own data, the notices and the journal", report.disagreements, "agree")]
    lines.append(_verdict("The ends of the cases", report.wrong, "are those that the scenario says"))
    return Group(table, *lines)


def _verdict(what: str, problems: Sequence[str], good: str) -> Text:
    if not problems:
        return Text(f"✓ {what} {good}.", style="green")
    listed = "\n".join(f"  {problem}" for problem in problems)
    return Text(f"✗ {what}: {len(problems)} difference(s)\n{listed}", style="red")


def _spaced(kronor: str) -> str:
    whole, _, ore = kronor.partition(".")
    return f"{int(whole):,}".replace(",", " ") + (f",{ore}" if ore != "00" else "")
