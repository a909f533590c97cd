"""Delivers letters to the print service's folder: one PDF and one address file per effect key."""

import asyncio
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from connectors.contract import (
    Channel,
    ConnectorSettings,
    Failed,
    FailureKind,
    Message,
    NotSent,
    Sent,
    SettingMissingError,
)
from connectors.manifest import ChannelManifest, load_as

KEY_CHARACTERS = frozenset("0123456789abcdef")


class Brev:
    """The folder. File names are effect keys, so that a letter that is delivered again replaces itself."""

    def __init__(self, manifest: ChannelManifest, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._manifest = manifest
        self._folder = folder
        self._now = now

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Write the address file and then the PDF. The PDF's name appears whole or not at all.

        Raises:
            ValueError: The message is not exactly one PDF, or the key is not one of ours.

        """
        if len(message.attachments) != 1 or message.attachments[0].media_type != "application/pdf":
            msg = "a letter is exactly one PDF attachment"
            raise ValueError(msg)
        pdf = self._pdf(key)
        try:
            await asyncio.to_thread(self._write, pdf, message)
        except OSError as error:
            return self._failed(error)
        return Sent(self._manifest.name, pdf.name, self._now())

    async def status(self, key: str) -> Sent | NotSent | Failed:
        """Whether the letter lies in the folder, or in ``skickade`` where the print service moves what it has taken."""
        for pdf in (self._pdf(key), self._folder / "skickade" / f"{key}.pdf"):
            try:
                at = datetime.fromtimestamp(pdf.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue
            except OSError as error:
                return self._failed(error)
            return Sent(self._manifest.name, pdf.name, at)
        return NotSent(self._manifest.name, self._now())

    async def forget(self, key: str) -> bool:
        """Remove the letter and its address, wherever the print service has put them; whether there was anything.

        Raises:
            OSError: The folder refuses.

        """
        return await asyncio.to_thread(self._forget, self._pdf(key))

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _pdf(self, key: str) -> Path:
        if not key or not set(key) <= KEY_CHARACTERS:
            msg = "a letter's key is hexadecimal: it becomes a file name"
            raise ValueError(msg)
        return self._folder / f"{key}.pdf"

    def _forget(self, pdf: Path) -> bool:
        places = [folder / pdf.name for folder in (self._folder, self._folder / "skickade")]
        ends = (".pdf", ".json", ".pdf.part", ".json.part")
        found = [path for place in places for end in ends if (path := place.with_suffix(end)).exists()]
        for path in found:
            path.unlink(missing_ok=True)
        return bool(found)

    def _write(self, pdf: Path, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        _write_whole(pdf.with_suffix(".json"), json.dumps({"till": message.to}, ensure_ascii=False).encode())
        _write_whole(pdf, message.attachments[0].content)

    def _failed(self, error: OSError) -> Failed:
        reason = f"{self._manifest.title}: mappen går inte att använda ({error.strerror})."
        return Failed(self._manifest.name, self._now(), "", FailureKind.RETRY, "mappen_oatkomlig", reason)


def create(settings: ConnectorSettings, *, now: Callable[[], datetime]) -> Channel:
    """Return the channel.

    Raises:
        SettingMissingError: The address is not a folder.

    """
    manifest = load_as(Path(__file__).parent, ChannelManifest)
    address = urlsplit(settings.base_url)
    if address.scheme != "file":
        raise SettingMissingError(f"Connector {manifest.name}: set its address to file:///the/print/folder")
    return Brev(manifest, Path(unquote(address.path)), now=now)


def _write_whole(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(path.suffix + ".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name must survive a power cut as the bytes do
    finally:
        os.close(folder)
