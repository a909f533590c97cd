"""What a real save met on pages that no rehearsal reaches: the dialog that asks, and the receipt."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from robot.definition.document import Document
from robot.gui.contract import Change, DriftError
from robot.gui.edits import ScreenText
from robot.gui.failure import GuiFailure
from robot.gui.guess import NO, SAVES, TAKES_AWAY, first_of
from robot.gui.likeness import Likeness, alike, by_name
from robot.gui.propose import Proposal
from robot.gui.screen import Save, ScreenFile

MAY_NAME = re.compile(r"\d|\s[A-ZÅÄÖ]")
"""A question with a figure, or a capital inside it, may say whose case it is: it is not kept outside the vault."""


@dataclass(frozen=True, slots=True)
class Met:
    """The changes, and the labels and buttons that stood there once. No values: it is kept outside the vault."""

    changes: tuple[Change, ...]
    shown: tuple[str, ...]
    question: str
    buttons: tuple[str, ...]

    @classmethod
    def of(cls, failure: DriftError) -> Self:
        """What the page showed when the save failed."""
        seen = failure.seen
        labels = dict.fromkeys(label for label, _ in seen.shown)
        once = tuple(label for label in labels if len(seen.labelled(label)) == 1)
        question = "" if MAY_NAME.search(seen.dialog_name) else seen.dialog_name
        return cls(failure.changes, once, question, seen.buttons)

    def failure(self) -> GuiFailure:
        """The stop that it was."""
        words = ". ".join(one.swedish for one in self.changes)
        text = f"Vid sparandet var sidan inte som skärmfilen beskriver. {words}."
        return GuiFailure("stop", "skarmen_andrad", text, label=self.changes[0].label)

    def concerns(self, save: Save) -> bool:
        """Whether the screen file still says what was not found; else somebody has followed the change."""
        said = {save.press, save.confirm, save.asks, *save.receipt.read.values()}
        return all(change.label in said for change in self.changes)


def propose_save(text: str, screen: ScreenFile, met: Met) -> Proposal:
    """Answer what a save met. Every edit is a guess: a rehearsal, which never saves, cannot prove it."""
    edits = ScreenText(Document.parse(f"{screen.id}.yaml", text), ())
    unsolved = [change for change in met.changes if not _answer(screen, met, change, edits)]
    return Proposal(edits.text(), tuple(edits.edits), tuple(unsolved))


def _answer(screen: ScreenFile, met: Met, change: Change, edits: ScreenText) -> bool:
    save = screen.save
    if save is None:
        return False
    if change.what == "button":
        return edits.replace_value(("save", "confirm"), _yes(met, change.label))
    if change.label == save.asks:
        return edits.replace_value(("save", "asks"), _question(met, change.label))
    known = {name for page in (*screen.open, *screen.pages) if page.recorded for name in page.recorded.shown}
    hit = by_name(change.label, [one for one in met.shown if one not in save.receipt.read.values()], tuple(known))
    paths = [("save", "receipt", "read", name) for name, label in save.receipt.read.items() if label == change.label]
    return [edits.replace_value(path, _guessed(hit)) for path in paths].count(True) == len(paths) > 0


def _guessed(hit: Likeness | None) -> Likeness | None:
    """As it was seen after a save, which no rehearsal repeats."""
    return hit and Likeness(hit.name, hit.score, f"met by a save: {hit.evidence}", guess=True)


def _yes(met: Met, old: str) -> Likeness | None:
    """The button that says yes: the only one that does not say no, or is like the old one."""
    says_yes = [one for one in met.buttons if not first_of(NO, [one])]
    if len(says_yes) == 1 and not takes_away(says_yes[0]):
        why = f"the only button of the dialog that does not say no ({', '.join(met.buttons)})"
        return _guessed(Likeness(says_yes[0], 1, why))
    return _guessed(by_name(old, [one for one in says_yes if not takes_away(one)]))


def _question(met: Met, old: str) -> Likeness | None:
    """The new question, when it still asks whether to save; one about taking away or leaving is for a person."""
    saves = any(word in met.question.casefold() for word in SAVES if len(word) > 2)
    if not met.question or takes_away(met.question) or not (saves or alike(old, met.question) > 0.8):
        return None
    return _guessed(Likeness(met.question, alike(old, met.question), "the question still is whether to save"))


def takes_away(text: str) -> bool:
    """Whether words may mean that something is removed, or left without being saved."""
    return any(word in text.casefold() for word in TAKES_AWAY)


def keep_met(folder: Path, screen: ScreenFile, failure: DriftError) -> None:
    """Keep what a save met, over an earlier one, until the next screen check."""
    path = _file(folder, screen)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(Met.of(failure)), ensure_ascii=False), encoding="utf-8")


def read_met(folder: Path, screen: ScreenFile) -> Met | None:
    """What was kept; None when there is nothing, or the screen file has followed it."""
    path = _file(folder, screen)
    if screen.save is None or not path.exists():
        return None
    data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    changes = tuple(Change(**change) for change in data["changes"])
    met = Met(changes, tuple(data["shown"]), data["question"], tuple(data["buttons"]))
    return met if met.concerns(screen.save) else None


def forget_met(folder: Path, screen: ScreenFile) -> None:
    """A check has told what it means."""
    _file(folder, screen).unlink(missing_ok=True)


def _file(folder: Path, screen: ScreenFile) -> Path:
    return folder / "met" / f"{screen.system}.{screen.id}.json"
