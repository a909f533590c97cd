"""Decided cases of a month, and a keeper with its own clock: what the tests of the draw stand on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from audit.clock import ManualClock
from audit.log.entry import Entry, leaf_hash
from audit.log.tables import EntryRow
from audit.stickprov.close import close_period, pick_more, write_reveal
from audit.stickprov.draw import Draw, question, write_ticket
from audit.stickprov.frame import Member, frame, member
from audit.stickprov.keeper import IN_MEMORY, Keeper, Reveal
from audit.stickprov.period import Period, Stratum, open_period, read_period
from audit.stickprov.scribe import Scribe
from tests.audit.ground import PERSON, ROBOT, House, case_ref

KEY = bytes(range(32))
LOG, PERIOD = "ekonomiskt_bistand", "2026-11"
CHAIN = f"stickprov-{LOG}-{PERIOD}"
BIFALL = Stratum("bifall", Fraction(1, 2))
AFTERWARDS = datetime(2026, 12, 1, 6, tzinfo=UTC)


@dataclass
class Month:
    """One period with its journal, its keeper and the keeper's clock."""

    session: Session
    house: House
    key: bytes = KEY
    state: Path | str = IN_MEMORY
    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime(2026, 11, 20, tzinfo=UTC)))
    keeper: Keeper = field(init=False)
    scribe: Scribe = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.key, self.state, self.clock)
        self.scribe = Scribe(self.house.journal, self.session, ROBOT)

    def open(self, *strata: Stratum, period: str = PERIOD, randomness: str = "none") -> Period:
        """Open the period with these strata."""
        pledge = self.keeper.pledge(LOG, period)
        return open_period(self.scribe, pledge, strata or (BIFALL,), keeper="embedded", randomness=randomness)

    @property
    def period(self) -> Period:
        """The period as its chain tells it."""
        found = read_period(self.house.journal, self.session, LOG, PERIOD)
        assert found is not None
        return found

    def decided(self, number: int, *, by: str = "robot", outcome: str = "bifall", stratum: str = "bifall") -> str:
        """A case with a decision; its reference."""
        ref = case_ref(number)
        actor = ROBOT if by == "robot" else PERSON
        self.append(ref, "case.opened", {"process": LOG})
        self.append(ref, "case.cleared", {"restricted": False})
        self.append(ref, "decision.proposed", {"outcome": outcome, "stratum": stratum})
        body: dict[str, Any] = {"outcome": outcome, "amount_ore": 100_000 + number, "by": by}
        self.house.journal.append(self.session, ref, "decision.made", actor=actor, body=body)
        return ref

    def append(self, ref: str, kind: str, body: dict[str, Any]) -> Entry:
        """One entry by the robot."""
        return self.house.journal.append(self.session, ref, kind, actor=ROBOT, body=body)

    def member(self, ref: str) -> Member:
        """The case as the frame has it."""
        found = member(self.house.journal.entries(self.session, ref))
        assert found is not None
        return found

    def members(self) -> list[Member]:
        """The whole frame."""
        return list(frame(self.house.journal, self.session, self.period))

    def draw(self, ref: str, stratum: str = "bifall") -> Draw:
        """Ask the keeper and write the ticket."""
        asked = question(LOG, self.house.journal.entries(self.session, ref))
        u = self.keeper.ask(asked).u
        return write_ticket(self.scribe, self.period, self.member(ref), self.period.strata[stratum], u)

    def drawn(self, number: int, **made: Any) -> Draw:
        """A decided case, drawn."""
        return self.draw(self.decided(number, **made), made.get("stratum", "bifall"))

    def close(self) -> tuple[Period, Reveal]:
        """Meet the minimums, close and reveal, when the month is over."""
        self.clock.advance(AFTERWARDS - self.clock.now())
        pick_more(self.scribe, self.period, self.members(), final=True)
        closed = close_period(self.scribe, self.period, self.members(), head=None, value="")
        reveal = self.keeper.reveal(LOG, PERIOD)
        return write_reveal(self.scribe, closed, reveal, head=None, value="")[0], reveal

    def written(self, kind: str) -> list[Entry]:
        """Every entry of a type, in the order of the database."""
        rows = self.session.scalars(select(EntryRow.data).where(col(EntryRow.type) == kind).order_by(col(EntryRow.id)))
        return [Entry.parse(data) for data in rows]

    def picked(self) -> set[str]:
        """The final sample."""
        return {entry.case for entry in self.written("sample.pick")}


def later(house: House, days: float) -> None:
    """Let the journal's clock go on."""
    house.clock.advance(timedelta(days=days))


def leaf(entry: Entry) -> str:
    """The leaf hash of an entry, hex."""
    return leaf_hash(entry.canonical()).hex()
