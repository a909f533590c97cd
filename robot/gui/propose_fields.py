"""What a screen file can say instead, when fields of a page have changed."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from robot.gui.contract import Change
from robot.gui.edits import ScreenText
from robot.gui.guess import GOES_ON, KINDS, field_type, first_of, value_name
from robot.gui.likeness import Likeness, alike, best, by_name, field_for, which_of
from robot.gui.screen import Page, Value
from robot.gui.seen import Control, Seen
from robot.gui.values import UnreadableError, written

TEXT_TYPES = {"text", "date", "month", "amount", "number", "personnummer", "datepicker", "kronor", "ore"}
SAME_THING = 0.6  # how like a label must be to the name of a value, before it is guessed to mean it
KRONOR, ORE = re.compile(r"\b(kronor|kr)\b", re.IGNORECASE), re.compile(r"\b(ören|öre)\b", re.IGNORECASE)


class FieldAnswers:
    """Answers changes of the fields of one page with edits of the screen file."""

    def __init__(self, page: Page, seen: Seen, edits: ScreenText, values: Mapping[str, Any]) -> None:
        self._page = page
        self._seen = seen
        self._edits = edits
        self._values = values
        self._controls = [one for one in seen.controls if not one.table]

    def answers(self) -> dict[str, Any]:
        """By the kind of change."""
        return {
            "missing": self._renamed,
            "doubled": self._which,
            "kind": self._other_type,
            "options": self._other_word,
            "prefilled": self._left_empty,
            "required": self._filled_in,
        }

    def on_next_page(self, changes: Sequence[Change]) -> list[Change]:
        """The changes that are answered by a split of the page: its last fields come after a new button that goes on.

        Empty when the page was not split, or has new fields that the missing ones may have become.
        """
        gone = [change for change in changes if change.what == "missing"]
        labels, before = list(self._page.fields), self._page.recorded
        if not gone or before is None or self._page.rows or len(gone) >= len(labels):
            return []
        last = labels[-len(gone) :]
        new = [one for one in self._seen.buttons if one not in before.buttons]
        press = first_of(GOES_ON, new)
        if press is None or set(last) != {one.label for one in gone} or self._new():
            return []
        why = f"the last {len(gone)} of {len(labels)} fields are gone, and the button {press} is new"
        return gone if self._edits.split(last[0], Likeness(press, 1, why)) else []

    def _new(self) -> list[Control]:
        known = self._page.recorded.fields if self._page.recorded else ()
        old = {one.label for one in known}
        return [one for one in self._controls if one.label not in old and not any(map(one.named, self._page.fields))]

    def _renamed(self, change: Change) -> bool:
        value = self._page.fields[change.label]
        if value.type == "amount" and self._in_two(change.label, value):
            return True
        kind = value.type if value.type not in TEXT_TYPES else "text"
        taken = [label for label in self._page.fields if label != change.label]
        given = [edit.new for edit in self._edits.edits]
        hit = field_for(change.label, kind, self._page.recorded, self._seen, [*taken, *given])
        return self._edits.rename_key(("fields", change.label), hit)

    def _in_two(self, label: str, value: Value) -> bool:
        """An amount that is now asked for in two fields, whole kronor and öre."""
        new = [one for one in self._new() if one.kind == "text"]
        crowns = [one for one in new if KRONOR.search(one.label)]
        cents = [one for one in new if ORE.search(one.label)]
        if len(crowns) != 1 or len(cents) != 1:
            return False
        why = "the amount is gone, and two new fields ask for kronor and öre"
        kept = value.model_dump(exclude_defaults=True)
        return (
            self._edits.set_value(("fields", label), value, {"type": "kronor"}, why)
            and self._edits.rename_key(("fields", label), Likeness(crowns[0].label, 1, why))
            and self._edits.add_field(Likeness(cents[0].label, 1, why), {**kept, "type": "ore"}, after=label)
        )

    def _which(self, change: Change) -> bool:
        """Of several fields with one label: the one in the recorded group, else the most like the recorded one."""
        found = [one for one in self._controls if one.named(change.label)]
        before = self._page.recorded.field(change.label) if self._page.recorded else None
        if before is None or self._page.recorded is None:
            return False
        groups = [one.group for one in found]
        if len(set(groups)) == len(groups) and before.group in groups:
            why = f"of {len(found)} fields with this label, it is the one in the recorded group"
            hit: Likeness | None = Likeness(f"{before.group} / {change.label}".strip(), 1, why)
        else:
            hit = which_of(before, self._page.recorded, found, self._seen)
        return self._edits.rename_key(("fields", change.label), hit)

    def _other_type(self, change: Change) -> bool:
        path: tuple[str | int, ...] = ("fields", change.label)
        if change.table:
            rows = next((n for n, one in enumerate(self._page.rows) if one.table == change.table), None)
            if rows is None:
                return False
            value, path = self._page.rows[rows].columns[change.label], ("rows", rows, "columns", change.label)
        else:
            value = self._page.fields[change.label]
        kind = KINDS.get(change.found, "text")
        if "/" in change.found or change.found == "nothing" or (kind == "text" and value.type in TEXT_TYPES):
            return False
        return self._edits.set_value(path, value, {"type": kind}, f"the field is now a {change.found}")

    def _other_word(self, change: Change) -> bool:
        controls = [one for one in self._controls if one.named(change.label)]
        before = self._page.recorded.field(change.label) if self._page.recorded else None
        if change.table or before is None or len(controls) != 1:
            return False
        words: dict[str, str] = dict(self._page.fields[change.label].words)
        gone = [one for one in before.options if one not in controls[0].options]
        new = [one for one in controls[0].options if one not in before.options]
        for old in gone:
            others = [one for one in new if one not in words.values()]
            if hit := by_name(old, others, before.options):
                words[old] = hit.name
        if not words or len(words) < len(gone):
            return False
        path, value = ("fields", change.label), self._page.fields[change.label]
        return self._edits.set_value(path, value, {"words": words}, "these choices are gone and those are new")

    def _left_empty(self, change: Change) -> bool:
        control = next((one for one in self._controls if one.named(change.label)), None)
        if control is None or control.kind != "checkbox":
            return False
        why = "a new box that is ticked from the start; left unticked"
        return self._edits.add_field(Likeness(change.label, 1, why), {"text": "Nej", "type": "checkbox"})

    def _filled_in(self, change: Change) -> bool:
        """A new required field gets the value whose name is most like its label: a guess, until a person has looked."""
        control = next((one for one in self._controls if one.named(change.label)), None)
        if change.table or control is None or control.kind not in {"text", "select"}:
            return False
        kind, wanted = field_type(control), value_name(change.label)
        found = []
        for name, value in self._values.items():
            try:
                text = "" if isinstance(value, bool) or not _single(value) else written(value, kind)
            except UnreadableError:
                continue
            if text and (not control.options or text in control.options):
                why = f"new and required; {name} is the value whose name is most like it ({alike(wanted, name):.0%})"
                found.append(Likeness(name, alike(wanted, name), why))
        hit = best([one for one in found if one.score >= SAME_THING])
        if hit is None:
            return False
        given = {"value": hit.name} if kind == "text" else {"value": hit.name, "type": kind}
        return self._edits.add_field(Likeness(change.label, hit.score, hit.evidence, guess=True), given)


def _single(value: object) -> bool:
    return isinstance(value, str | int | Decimal) or hasattr(value, "isoformat")
