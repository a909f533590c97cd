"""Policy files (C2SP tlog-policy): which logs and witnesses are known, and which of them a head must be signed by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from audit.errors import NoteError
from audit.log.checkpoint import is_signed
from audit.log.note import Note, VerifierKey

NONE = "none"


@dataclass(frozen=True)
class WitnessKey:
    """A witness: its key, and where it takes checkpoints; an empty address when it is only verified."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses by their name in the file, groups as (how many, of whom), and the name that must be met."""

    logs: tuple[VerifierKey, ...] = ()
    witnesses: Mapping[str, WitnessKey] = field(default_factory=dict)
    groups: Mapping[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = NONE

    @classmethod
    def read(cls, path: Path) -> Self:
        """The policy of a file. Raises `NoteError` with the line at fault."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NoteError(f"{path}: the policy cannot be read ({type(error).__name__})") from None
        reader = _Reader()
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                reader.take(line.split())
            except (NoteError, ValueError) as error:
                raise NoteError(f"{path}:{number}: {error}") from None
        if reader.quorum is None:
            raise NoteError(f"{path}: expected one line 'quorum <name>' or 'quorum none', found none")
        return cls(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)

    def is_met_by(self, note: Note) -> bool:
        """Whether enough witnesses have cosigned the note. Raises `NoteError` for a wrong signature of one of them."""
        return self.is_met(lambda name: is_signed(note, self.witnesses[name].key))

    def is_met(self, cosigned: Callable[[str], bool]) -> bool:
        """Whether the quorum is reached, when ``cosigned`` tells of each witness by its name in the file."""

        def met(name: str) -> bool:
            if name in self.witnesses:
                return cosigned(name)
            least, members = self.groups[name]
            return sum(met(member) for member in members) >= least

        return self.quorum == NONE or met(self.quorum)


class _Reader:
    """Takes a policy line by line."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, WitnessKey] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, words: list[str]) -> None:
        """One line. Raises `NoteError` and `ValueError`."""
        match words:
            case [] | [str(), *_] if not words or words[0].startswith("#"):
                return
            case ["log", key] | ["log", key, _]:
                self.logs.append(VerifierKey.parse(key))
            case ["witness", name, key, *url] if len(url) <= 1:
                self.witnesses[self._new(name)] = WitnessKey(VerifierKey.parse(key), *url)
            case ["group", name, least, *members] if members:
                self._group(name, least, members)
            case ["quorum", name] if self.quorum is None:
                self.quorum = name if name == NONE else self._known(name)
            case _:
                raise NoteError(f"expected log, witness, group or quorum with its words, found {words[0]!r}")

    def _group(self, name: str, least: str, members: list[str]) -> None:
        for member in members:
            self._known(member)
            if member in self._members:
                raise NoteError(f"{member} is a member twice")
            self._members.add(member)
        count = {"all": len(members), "any": 1}.get(least) or int(least)
        if not 1 <= count <= len(members):
            raise NoteError(f"group {name}: expected 1 to {len(members)}, found {count}")
        self.groups[self._new(name)] = (count, tuple(members))

    def _new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise NoteError(f"the name {name} is taken")
        return name

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise NoteError(f"there is no witness or group {name} above")
        return name
