"""The controller's goal: what a process's stickprov must show, and by when, as a named person wrote it in the journal.

Each process has a chain "mal-<process>"; the newest entry is the goal. It pulls no brake: what the robot may not pass
stands in process.yaml.
"""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import Session

from audit.log.journal import Journal
from audit.stickprov.scribe import Scribe
from robot.engine.drawing import Drawing
from robot.engine.review import Person

SET = "goal.set"


class GoalError(Exception):
    """The goal cannot be set so; the message says why, in Swedish."""


@dataclass(frozen=True, slots=True)
class SampleGoal:
    """At most the share ``tolerable`` is wrong, in all strata together.

    ``kronor_ore``: at most so much is paid too much in a month (öre). ``by``: the first day of the last month that
    counts. None: nothing is said of it.
    """

    tolerable: Fraction
    kronor_ore: int | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True)
class StatedGoal:
    """A goal that stands, and who set it, when and why."""

    goal: SampleGoal
    at: datetime
    by: str
    name: str
    motivation: str


def set_goal(drawing: Drawing, process: str, goal: SampleGoal, person: Person, *, motivation: str, today: date) -> None:
    """Journal the goal with the person's name and reason. Raises `GoalError`."""
    if not 0 < goal.tolerable < 1:
        msg = "Målet ska vara mer än 0 och mindre än 100 procent."
        raise GoalError(msg)
    if goal.by is not None and goal.by < today.replace(day=1):
        msg = "Månaden har redan varit. Ange den här månaden eller en senare."
        raise GoalError(msg)
    if not motivation.strip():
        msg = "Skriv varför målet är satt så. Skälet sparas i journalen med ditt namn."
        raise GoalError(msg)
    body = {
        "process": process,
        "tolerable": str(goal.tolerable),
        "kronor_ore": goal.kronor_ore,
        "by": None if goal.by is None else f"{goal.by:%Y-%m}",
    }

    def write(scribe: Scribe) -> None:
        scribe.append(_chain(process), SET, body, personal={"name": person.name, "motivation": motivation.strip()})

    drawing.written(_chain(process), write, actor=person.actor)


def stated_goal(journal: Journal, session: Session, process: str) -> StatedGoal | None:
    """The goal that stands; None when nobody has set one."""
    recorded = journal.read(session, _chain(process))
    if not recorded:
        return None
    entry, values = recorded[-1].entry, recorded[-1].values
    by = entry.body["by"]
    goal = SampleGoal(
        Fraction(entry.body["tolerable"]),
        entry.body["kronor_ore"],
        None if by is None else date.fromisoformat(f"{by}-01"),
    )
    told = (str(values.get(name, "")) for name in ("name", "motivation"))
    return StatedGoal(goal, entry.at(), entry.actor.id, *told)


def _chain(process: str) -> str:
    return f"mal-{process}"
