"""One attack's scene: an honest export to rewrite, what the controller has kept, and how the controller then looks."""

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.log.keys import LogKeys, log_keys
from audit.verify.findings import Code
from benchmarks.tamper_story import Entry, Story
from benchmarks.tamper_town import ORIGIN, Town

DIRECTORY, NOTHING, POLICY, KNOWN = "utlamnat", "nothing", "policy", "known"
"""The names of the controller's files; `NOTHING` is not there."""
STICKPROV_TYPES = ("decision.", "sample.", "case.opened", "case.cleared", "human.review", "key.", "pd.erased")


@dataclass
class Scene:
    """Attacks change ``story``, and ``files`` and ``arguments`` where the controller looks at something else.

    ``rewritten`` are files of the export that are changed after it was written, None for one that is removed.
    ``known`` is the size of the head that the controller has kept. Outsiders and thieves come after the newest head was
    kept; an insider writes the log wrongly from the beginning, after an early head, and the witness cosigns it.
    """

    town: Town
    random: random.Random
    known: int
    command: str
    story: Story = field(init=False)
    files: dict[str, bytes] = field(init=False)
    arguments: list[str] = field(init=False)
    rewritten: dict[str, bytes | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.story = deepcopy(self.town.story)
        self.files = {POLICY: self.town.policy.encode(), KNOWN: self.story.heads[self.known].encode()}
        period = ["ekonomiskt_bistand", "2026-11"] if self.command == "sample" else []
        self.arguments = [self.command, DIRECTORY, *period, "--policy", POLICY, "--known-head", KNOWN]

    def lay_out(self, folder: Path) -> list[str]:
        """Write everything below the folder and return the arguments of `arende-verify`."""
        self.story.write(folder / DIRECTORY)
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        for name, changed in self.rewritten.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).unlink(missing_ok=True)
            if changed is not None:
                (folder / name).write_bytes(changed)
        ours = {DIRECTORY, NOTHING, *self.files}
        return [f"{folder / one}" if one in ours else one for one in self.arguments]

    def index(self, allowed: Callable[[Entry], bool] = lambda _: True, *, after: int = 0) -> int:
        """A random entry's index; never of a change of keys, without which the heads after it have no known key."""
        entries = enumerate(self.story.decoded())
        found = [at for at, one in entries if at >= after and allowed(one) and one["type"] != "key.rotated"]
        return self.random.choice(found)

    def plain(self) -> int:
        """A random entry after the known head that nothing but its case's chain depends on."""
        return self.index(lambda entry: not entry["type"].startswith(STICKPROV_TYPES), after=self.known)

    def edit(self, index: int, change: Callable[[Entry], Any], *, relink: bool = True) -> None:
        """Change one entry, and mend the chains after it."""
        entries = self.story.decoded()
        change(entries[index])
        self.put(entries, relink=relink)

    def put(self, entries: list[Entry], *, relink: bool = True) -> None:
        """Put other entries in their place."""
        (self.story.relink if relink else self.story.encode)(entries)

    def sizes(self) -> list[int]:
        """The sizes of the heads that the log still reaches, and its own."""
        return sorted(
            {size for size in self.story.heads if size <= len(self.story.entries)} | {len(self.story.entries)}
        )

    def steal(self) -> None:
        """Sign every head anew with the log's own keys; the witness does not help."""
        self.story.sign(self.sizes(), self.town.signers)

    def persuade(self) -> None:
        """Sign the heads from the known one on anew; the witness sees a log that goes on from what it knew."""
        sizes = [size for size in self.sizes() if size >= self.known]
        self.story.sign(sizes, self.town.signers, witnesses=[self.town.witness])

    def strangers(self) -> LogKeys:
        """Keys that the log never had."""
        return log_keys(ORIGIN, self.random.randbytes(32))

    def change_note(self, change: Callable[[str], str], size: int | None = None) -> None:
        """Change a head's note, the newest or the one of a size, in both places."""
        size = size or max(self.story.heads)
        note = change(self.story.heads[size])
        if self.story.heads[size] == self.story.newest:
            self.story.newest = note
        self.story.heads[size] = note


@dataclass(frozen=True)
class Attack:
    """A named attack, the exit code that it must end in, and how it is set up."""

    name: str
    run: Callable[[Scene], None]
    code: Code
    command: str
    insider: bool
    follow_up: bool


ATTACKS: list[Attack] = []


def attack(
    code: Code, *, command: str = "export", insider: bool = False, follow_up: bool = True
) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Register a function as an attack under its name."""

    def register(run: Callable[[Scene], None]) -> Callable[[Scene], None]:
        ATTACKS.append(Attack(run.__name__, run, code, command, insider, follow_up))
        return run

    return register
