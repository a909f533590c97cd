"""What would have had to be otherwise for another outcome: found by running the rules again, never by guessing.

GDPR article 15(1)(h) as the Court of Justice reads it (C-203/22, EU:C:2025:117): showing how a variation of the data
would have changed the result can be an apt explanation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from robot.engine.view import CaseView
from robot.rules import Known

ORE = Decimal("0.01")
FIRST_STEP = Decimal(100)
LARGEST = Decimal(1_000_000)
"""SEK/month: no household's sum lies above, so nothing is looked for there."""
SUPPOSED = "tänkt värde"


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """The nearest value of one sum at which the outcome is another, with everything else as it was. SEK/month."""

    name: str
    was: Decimal
    at: Decimal
    outcome: str


def turning_points(case: CaseView, outcome: str, sums: Sequence[str]) -> tuple[TurningPoint, ...]:
    """One point for each of the sums that has one; empty when the rules cannot answer as the case stands.

    At ``at`` the rules of the case's own version give ``outcome``; one öre nearer to ``was`` they give the old one.
    """
    now, _ = case.values((outcome, *sums))
    if outcome not in now:
        return ()
    found = (_Search(case, outcome, now[outcome], name, now[name]).nearest() for name in sums if name in now)
    return tuple(point for point in found if point is not None)


@dataclass(frozen=True, slots=True)
class _Search:
    """What is held still while one sum is moved."""

    case: CaseView
    outcome: str
    old: str
    name: str
    was: Decimal

    def gives(self, value: Decimal) -> str | None:
        """The outcome that the rules give with this sum instead; None when they cannot answer."""
        supposed = {**self.case.facts, self.name: Known(value, SUPPOSED)}
        finding = self.case.definition.book.evaluate((self.outcome,), supposed, self.case.state.month)[self.outcome]
        return finding.value if finding.determined else None

    def nearest(self) -> TurningPoint | None:
        """The nearer of the points above and below."""
        points = [point for up in (True, False) if (point := self._along(up=up)) is not None]
        return min(points, key=lambda point: abs(point.at - self.was), default=None)

    def _along(self, *, up: bool) -> TurningPoint | None:
        same, step, edge = self.was, FIRST_STEP, LARGEST if up else Decimal(0)
        while same != edge:
            tried = min(self.was + step, edge) if up else max(self.was - step, edge)
            given = self.gives(tried)
            if given != self.old:
                return None if given is None else self._between(same, tried)
            same, step = tried, step * 2
        return None

    def _between(self, same: Decimal, other: Decimal) -> TurningPoint | None:
        # `same` gives the old outcome and `other` another one: between them there is a border to the öre.
        while abs(other - same) > ORE:
            middle = ((same + other) / 2).quantize(ORE)
            given = self.gives(middle)
            if given is None:
                return None
            same, other = (middle, other) if given == self.old else (same, middle)
        given = self.gives(other)
        return None if given in (self.old, None) else TurningPoint(self.name, self.was, other, str(given))
