"""Which of the new things on a page is the old one under another name, with what speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from robot.gui.recorded import RecordedField, RecordedPage
from robot.gui.seen import Control, Seen

ENOUGH, AHEAD = 0.42, 0.08  # a likeness that may be proposed, and how far it must be ahead of the next
SURE = 0.6  # below it a person is told that it is a guess
NAME, KIND, OPTIONS, BESIDE, WIDTH = 0.5, 0.2, 0.1, 0.1, 0.1
SAME_WIDTH_PIXELS = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """A candidate: its name, how like it is (0 to 1), and why, in English. ``guess``: uncertain whatever the score."""

    name: str
    score: float
    evidence: str
    guess: bool = False

    @property
    def uncertain(self) -> bool:
        """Whether a person must look in the case system before trusting it."""
        return self.guess or self.score < SURE


def alike(first: str, second: str) -> float:
    """How like two names are, 0 to 1, whatever the case; a name that holds the other counts as near."""
    a, b = first.casefold(), second.casefold()
    ratio = SequenceMatcher(None, a, b).ratio()
    return max(ratio, 0.75) if (a in b or b in a) and min(len(a), len(b)) > 2 else ratio


def best(candidates: Sequence[Likeness]) -> Likeness | None:
    """The candidate that is like enough and clearly ahead of the next; None when a person must choose."""
    ordered = sorted(candidates, key=lambda one: -one.score)
    if not ordered or ordered[0].score < ENOUGH:
        return None
    if len(ordered) > 1 and ordered[0].score - ordered[1].score < AHEAD:
        return None
    return ordered[0]


def by_name(wanted: str, names: Sequence[str], known: Sequence[str] = ()) -> Likeness | None:
    """The most like of names. What was there before cannot be the new one; an only new name speaks for itself."""
    new = [name for name in dict.fromkeys(names) if name not in known and name != wanted]
    found = []
    for name in new:
        only = 0.45 if known and len(new) == 1 else 0.0
        why = f"name {alike(wanted, name):.0%} alike" + (", and the only new one on the page" if only else "")
        found.append(Likeness(name, min(1.0, alike(wanted, name) + only), why))
    return best(found)


def which_of(was: RecordedField, page: RecordedPage, found: Sequence[Control], seen: Seen) -> Likeness | None:
    """Which of several fields with the old label is the old one: by its surroundings and its width. Always a guess."""
    old, controls = list(page.fields), [one for one in seen.controls if not one.table]
    hits = []
    for one in found:
        hit = _field_likeness(was, old, one, controls)
        score, evidence = hit.score, f"of {len(found)} fields with this label: {hit.evidence}"
        if was.wide and abs(was.wide - one.wide) <= SAME_WIDTH_PIXELS:
            score, evidence = score + WIDTH, f"{evidence}, as wide as before"
        hits.append(Likeness(one.which, score, evidence, guess=True))
    return best(hits)


def field_for(label: str, kind: str, page: RecordedPage | None, seen: Seen, taken: Sequence[str]) -> Likeness | None:
    """The field that an old label most likely has become, by name, type, choices and neighbours."""
    before = page.field(label) if page else None
    old = list(page.fields) if page else []
    known = {one.label for one in old}
    controls = [one for one in seen.controls if not one.table]
    new = [one for one in controls if one.label not in known and not any(map(one.named, taken))]
    was = before or RecordedField(label=label, kind=kind)
    found = [_field_likeness(was, old, one, controls) for one in new]
    return best(found) or _by_place(label, old, controls, new)


def _field_likeness(was: RecordedField, old: list[RecordedField], one: Control, controls: list[Control]) -> Likeness:
    score = NAME * alike(was.label, one.label)
    why = [f"name {alike(was.label, one.label):.0%} alike"]
    if one.kind == was.kind:
        score += KIND
        why.append(f"same type ({one.kind})")
    if was in old and set(was.options) == set(one.options):
        score += OPTIONS
        why.append("same choices" if one.options else "no choices, as before")
    if was in old:
        ours = _beside(old.index(was), [field.label for field in old])
        at = next(number for number, control in enumerate(controls) if control is one)
        theirs = _beside(at, [control.label for control in controls])
        for side, before, now in (("before", ours[0], theirs[0]), ("after", ours[1], theirs[1])):
            if before == now:
                score += BESIDE
                why.append(f"same neighbour {side} ({before or 'none'})")
    return Likeness(one.label, score, ", ".join(why))


def _beside(at: int, labels: list[str]) -> tuple[str, str]:
    return labels[at - 1] if at else "", labels[at + 1] if at + 1 < len(labels) else ""


def _by_place(label: str, old: list[RecordedField], controls: list[Control], new: list[Control]) -> Likeness | None:
    """When as many are new as are gone, in the same types and order, the place tells which is which."""
    gone = [one for one in old if not any(control.label == one.label for control in controls)]
    if not gone or [one.kind for one in gone] != [one.kind for one in new]:
        return None
    for was, now in zip(gone, new, strict=True):
        if was.label == label:
            return Likeness(now.label, ENOUGH, f"all {len(gone)} renamed fields come in the same order and types")
    return None
