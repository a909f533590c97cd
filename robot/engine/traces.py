"""What a case leaves outside the database: letters in a print folder, and the files that it came in."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.clock import Clock
from audit.log.entry import Entry
from connectors.contract import Keeping
from connectors.manifest import ChannelManifest, discover
from robot.settings import Settings, connector_settings


def delivery_digest(process: str, data: bytes) -> str:
    """What tells whether the same bytes have been handed in before."""
    return hashlib.sha256(process.encode() + b"\0" + data).hexdigest()


@dataclass(frozen=True)
class Traces:
    """Finds and removes them. ``intake``: the folder where applications arrive, for ``process``.

    ``channels``: how to open each channel that leaves copies where the robot can reach them.
    """

    intake: Path
    process: str
    channels: dict[str, Callable[[], Any]]
    _digests: dict[Path, str] = field(default_factory=dict)

    def files(self, digests: Iterable[str]) -> list[Path]:
        """The files of these deliveries, and the lists of faults beside them."""
        wanted = set(digests)
        found: list[Path] = []
        for path in sorted(self.intake.glob("*/*.json")):
            if path.name.endswith(".faults.json"):
                continue
            if path not in self._digests:
                self._digests[path] = delivery_digest(self.process, path.read_bytes())
            if self._digests[path] in wanted:
                faults = path.with_suffix(".faults.json")
                found += [path, faults] if faults.exists() else [path]
        return found

    def letters(self, entries: Iterable[Entry]) -> list[tuple[str, str]]:
        """Channel and key of everything that was, or may have been, left with a channel that keeps it."""
        effects = [entry.body for entry in entries if entry.type == "effect.intended"]
        named = ((body["effect"].partition(".")[0], body["key"]) for body in effects)
        return list(dict.fromkeys((channel, key) for channel, key in named if channel in self.channels))

    def remove(self, files: Iterable[Path], letters: Sequence[tuple[str, str]]) -> None:
        """Remove them. What is gone already does no harm. Raises OSError when the file system refuses."""
        for path in files:
            path.unlink(missing_ok=True)
            self._digests.pop(path, None)
        if letters:
            asyncio.run(self._forget(letters))

    async def _forget(self, letters: Sequence[tuple[str, str]]) -> None:
        for name in dict(letters):
            channel = self.channels[name]()
            if isinstance(channel, Keeping):
                for key in [key for of, key in letters if of == name]:
                    await channel.forget(key)
            await channel.aclose()


def traces_of(settings: Settings, clock: Clock) -> Traces:
    """The traces of this installation. A channel's address is asked for first when there is something to remove."""

    def opener(name: str) -> Callable[[], Any]:
        return lambda: discover()[name].create(connector_settings(name, settings), now=clock.now)

    keeping = [
        name
        for name, connector in discover().items()
        if isinstance(connector.manifest, ChannelManifest) and connector.manifest.auth.kind == "folder"
    ]
    return Traces(settings.intake, settings.intake_process, {name: opener(name) for name in keeping})
