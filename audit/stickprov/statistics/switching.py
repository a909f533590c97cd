"""Switching between normal and tightened inspection, as ISO 2859-1 and ISO 28590 do it."""

from collections import deque
from collections.abc import Iterable
from typing import Literal

from audit.errors import StatisticsError

State = Literal["normal", "tightened", "discontinued"]
STATES: tuple[State, ...] = ("normal", "tightened", "discontinued")
WINDOW, REFUSED, IN_A_ROW, MOST_TIGHTENED = 5, 2, 5, 5


def switched(outcomes: Iterable[str], start: State = "normal") -> State:
    """The state after the outcomes, "A" for a lot that was accepted and "R" for one that was not, oldest first.

    Normal → tightened when 2 of 5 or fewer lots in a row are not accepted. Tightened → normal after 5 accepted in a
    row. Tightened → discontinued when the lots not accepted since the last switch to tightened reach 5 together (they
    need not follow each other). Every switch begins to count anew. Discontinued stays: only people resume it.
    """
    state = start
    recent: deque[str] = deque(maxlen=WINDOW)
    accepted = refused = 0
    for outcome in outcomes:
        if outcome not in ("A", "R"):
            raise StatisticsError(
                f'outcomes: expected the letters A (accepted) and R (not accepted), found "{outcome}"'
            )
        recent.append(outcome)
        accepted = accepted + 1 if outcome == "A" else 0
        refused += outcome == "R"
        before, state = state, _next(state, recent, accepted, refused)
        if state != before:
            recent.clear()
            accepted = refused = 0
    return state


def _next(state: State, recent: Iterable[str], accepted: int, refused: int) -> State:
    if state == "normal" and list(recent).count("R") >= REFUSED:
        return "tightened"
    if state == "tightened" and refused >= MOST_TIGHTENED:
        return "discontinued"
    if state == "tightened" and accepted >= IN_A_ROW:
        return "normal"
    return state
