"""Judges what the case system has really stored after a run: the right values, once, for the right person."""

import json
from pathlib import Path
from typing import Any

from benchmarks.gui_cases import RESULT_ORE, GuiCase, note_of
from benchmarks.gui_ours import NOTE, SCREEN
from benchmarks.gui_strikes import Position
from testbed.verksamhetssystem.database import reading


class Judge:
    """Counts what must never be. ``lost``: the robot said that it was saved, and it is not there."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._expected: set[tuple[str, str, str]] = set()
        self.wrong_values = self.doubled = self.wrong_person = self.lost = 0
        self.findings: list[str] = []

    def expect(self, case: GuiCase, screen: str) -> None:
        """The robot is about to write this."""
        self._expected.add((screen, case.case, f"{case.month:%Y-%m}"))

    def figures(self) -> dict[str, Any]:
        """What was found."""
        counts = {name: getattr(self, name) for name in ("wrong_values", "doubled", "wrong_person", "lost")}
        return {**counts, "findings": self.findings}

    def after(self, case: GuiCase, position: Position, *, ended: str) -> str:
        """What is wrong now; "" when nothing is. A late save of an earlier run is found in a later one."""
        stored = self._finals() if position.screen == SCREEN else self._notes()
        mine = [row for row in stored if (row["case_number"], row["month"]) == (case.case, f"{case.month:%Y-%m}")]
        found = []
        if len(mine) > 1:
            self.doubled += 1
            found.append(f"{len(mine)} saved")
        if ended == "done" and not mine:
            self.lost += 1
            found.append("nothing saved")
        if any(not self._right(row, case, position.screen) for row in mine):
            self.wrong_values += 1
            found.append("wrong values")
        strangers = [row for row in stored if (position.screen, row["case_number"], row["month"]) not in self._expected]
        if strangers:
            self.wrong_person += 1
            found.append("saved for somebody else")
        if found:
            self.findings.append(f"{position}: {ended}: {', '.join(found)}")
        return ", ".join(found)

    def _right(self, row: dict[str, Any], case: GuiCase, screen: str) -> bool:
        if screen == NOTE:
            return (row["heading"], row["text"]) == note_of(case)
        content = json.loads(row["content"])
        rows = [(one["norm"], one["days"]) for one in content["norm_rows"]]
        return (
            json.loads(row["summary"])["result"] == RESULT_ORE
            and rows == [("Ensamstående", None), ("Barn 7-10 år", 14)]
            and [one["type"] for one in content["incomes"]] == ["Lön efter skatt", "Barnbidrag/Flerbarnstillägg"]
        )

    def _finals(self) -> list[dict[str, Any]]:
        return self._rows("SELECT * FROM calculations WHERE status = 'Slutlig' AND imported = 0")

    def _notes(self) -> list[dict[str, Any]]:
        # The month that a note is about stands in its text.
        return self._rows("SELECT *, substr(text, 1, 7) AS month FROM notes WHERE imported = 0")

    def _rows(self, query: str) -> list[dict[str, Any]]:
        with reading(self._database) as connection:
            return [dict(row) for row in connection.execute(query)]
