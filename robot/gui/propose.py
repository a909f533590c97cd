"""Proposes a new screen file when a page has changed. It is only a proposal: a person accepts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from robot.definition.document import Document
from robot.gui.contract import Change
from robot.gui.edits import Edit, ScreenText
from robot.gui.likeness import Likeness, alike, best, by_name
from robot.gui.propose_fields import FieldAnswers
from robot.gui.propose_tables import TableAnswers
from robot.gui.screen import Page, ScreenFile
from robot.gui.seen import Seen


@dataclass(frozen=True, slots=True)
class Proposal:
    """The screen file with its edits. ``unsolved``: changes that only a person can answer.

    ``order``: when pages were split or have changed places, the old number of each page of the part; else None.
    """

    text: str
    edits: tuple[Edit, ...]
    unsolved: tuple[Change, ...]
    order: tuple[int, ...] | None = None


def propose(
    text: str,
    screen: ScreenFile,
    place: tuple[str, int],
    seen: Seen,
    changes: Sequence[Change],
    *,
    values: Mapping[str, Any],
) -> Proposal:
    """Answer the changes of one page.

    ``text``: the screen file; ``place``: part and number of the page, from 0; ``values``: of the test person, by the
    names that a field can be given.
    """
    part, number = place
    page: Page = getattr(screen, part)[number]
    edits = ScreenText(Document.parse(f"{screen.id}.yaml", text), place)
    fields = FieldAnswers(page, seen, edits, values)
    numbers = list(range(len(getattr(screen, part))))
    if gone := fields.on_next_page(changes):
        rest = [change for change in changes if change not in gone]
        return Proposal(edits.text(), tuple(edits.edits), tuple(rest), (*numbers[: number + 1], *numbers[number:]))
    page_answers = _PageAnswers(screen, place, seen, edits)
    answers = {**fields.answers(), **TableAnswers(page, seen, edits).answers(), **page_answers.answers()}
    unsolved = [change for change in changes if change.what not in answers or not answers[change.what](change)]
    if page_answers.first is not None:
        numbers[number], numbers[page_answers.first] = page_answers.first, number
    order = None if page_answers.first is None else tuple(numbers)
    return Proposal(edits.text(), tuple(edits.edits), tuple(unsolved), order)


class _PageAnswers:
    """What the page is known by, what it shows and how it is left. ``first``: the page that now comes before it."""

    def __init__(self, screen: ScreenFile, place: tuple[str, int], seen: Seen, edits: ScreenText) -> None:
        self.first: int | None = None
        self._screen = screen
        self._pages: tuple[Page, ...] = getattr(screen, place[0])
        self._number = place[1]
        self._last = place == ("pages", len(screen.pages) - 1)
        self._page = self._pages[self._number]
        self._seen = seen
        self._edits = edits

    def answers(self) -> dict[str, Any]:
        """By the kind of change."""
        return {"button": self._button, "heading": self._heading, "shown": self._shown}

    def _button(self, change: Change) -> bool:
        hit = self._which_button(change.label) if change.label in self._seen.buttons else self._renamed(change.label)
        done = [
            self._edits.replace_value(("rows", number, "add"), hit)
            for number, rows in enumerate(self._page.rows)
            if rows.add == change.label
        ]
        if self._page.press == change.label:
            done.append(self._edits.replace_value(("press",), hit))
        save = self._screen.save
        if save is not None and self._last and save.press == change.label:
            done.append(self._edits.replace_root(("save", "press"), hit))
        return bool(done) and all(done)

    def _renamed(self, label: str) -> Likeness | None:
        known = self._page.recorded.buttons if self._page.recorded else ()
        used = [rows.add for rows in self._page.rows if rows.add] + [self._page.press or ""]
        # A button with a figure belongs to a row or to the case.
        names = [one for one in self._seen.buttons if one not in used and not any(map(str.isdigit, one))]
        return by_name(label, names, known)

    def _which_button(self, label: str) -> Likeness | None:
        """Of several with the name: the last that sends a form, if they all send the same one; else by neighbours."""
        count = self._seen.buttons.count(label)
        pairs = zip(self._seen.buttons, self._seen.sends, strict=True)
        ways = [sends for name, sends in pairs if name == label]
        if len({sends for sends in ways if sends}) == 1:
            at = count - next(n for n, sends in enumerate(reversed(ways)) if sends)
            why = (
                f"of {count} buttons with this name, {sum(map(bool, ways))} send a form, and the same; the last of them"
            )
            return Likeness(f"{label} ({at} av {count})", 1, why, guess=True)
        known = list(self._page.recorded.buttons) if self._page.recorded else []
        if label not in known:
            return None
        now, hits = self._seen.buttons, []
        before, after = _beside(known, known.index(label))
        for number, at in enumerate((at for at, name in enumerate(now) if name == label), 1):
            same = [beside == old for beside, old in zip(_beside(now, at), (before, after), strict=True)]
            why = f"of {count} buttons with this name, {sum(same)} of 2 neighbours are those recorded"
            hits.append(Likeness(f"{label} ({number} av {count})", sum(same) / 2, why, guess=True))
        return best(hits)

    def _heading(self, change: Change) -> bool:
        later = [n for n, page in enumerate(self._pages) if n > self._number and self._seen.is_page(page)]
        if later and self._page.recorded is not None:
            signs = (self._page.sign, self._pages[later[0]].sign)
            if not self._edits.swap(later[0], "this page now comes first", signs):
                return False
            self.first = later[0]
            return True
        likeness = alike(change.label, self._seen.heading)
        labels = [one for one in self._page.fields if any(control.named(one) for control in self._seen.controls)]
        share = len(labels) / len(self._page.fields) if self._page.fields else 0
        why = f"name {likeness:.0%} alike, {share:.0%} of its fields are there"
        score = max(likeness, share)
        hit = Likeness(self._seen.heading, score, why) if score >= 0.6 else None
        key = "heading" if self._page.heading is not None else "heading_starts"
        return self._edits.replace_value((key,), hit)

    def _shown(self, change: Change) -> bool:
        known = self._page.recorded.shown if self._page.recorded else ()
        names = [name for name, _ in self._seen.shown] + [one.label for one in self._seen.controls]
        hit = by_name(change.label, [one for one in names if one not in self._page.compare], known)
        if change.label in self._page.compare:
            return self._edits.rename_key(("compare", change.label), hit)
        paths = [("read", name) for name, read in self._page.read.items() if read.label == change.label]
        places = [(*path, "label") if self._edits.has((*path, "label")) else path for path in paths]
        return [self._edits.replace_value(path, hit) for path in places].count(True) == len(paths) > 0


def _beside(names: Sequence[str], at: int) -> tuple[str, str]:
    return names[at - 1] if at else "", names[at + 1] if at + 1 < len(names) else ""
