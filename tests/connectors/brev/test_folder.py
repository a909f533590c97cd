"""The print service's folder: a letter lies there whole, once, and under a name that says nothing of anybody."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.brev.client import create
from connectors.contract import (
    Attachment,
    Channel,
    ConnectorSettings,
    Failed,
    FailureKind,
    Message,
    NotSent,
    Sent,
    SettingMissingError,
)

# ruff: noqa: ASYNC240 - a test may look in its own small folder while it waits for nothing
KEY = "0123456789abcdef0123456789abcdef01234567"
NOW = datetime(2025, 9, 1, 8, tzinfo=UTC)
PDF = Attachment("beslutsbrev.pdf", "application/pdf", b"%PDF-1.7 ...")
LETTER = Message("Provgatan 1", "Meddelande", "Meddelande", (PDF,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder, not there yet, with a name that must be quoted in an address."""
    return tmp_path / "brev att skriva ut"


@pytest.fixture
def channel(folder: Path) -> Channel:
    """The channel on the folder."""
    return create(ConnectorSettings(base_url=folder.as_uri()), now=lambda: NOW)


async def test_a_letter_lies_there_whole(channel: Channel, folder: Path) -> None:
    """PDF and address file are there, nothing unfinished is, and the names are the key."""
    answer = await channel.send(LETTER, key=KEY)

    assert answer == Sent("brev", f"{KEY}.pdf", NOW)
    assert {path.name for path in folder.iterdir()} == {f"{KEY}.pdf", f"{KEY}.json"}
    assert (folder / f"{KEY}.pdf").read_bytes() == PDF.content
    assert json.loads((folder / f"{KEY}.json").read_text(encoding="utf-8")) == {"till": "Provgatan 1"}


async def test_the_same_key_twice_is_one_letter(channel: Channel, folder: Path) -> None:
    """Delivered again, a letter replaces itself."""
    await channel.send(LETTER, key=KEY)
    await channel.send(LETTER, key=KEY)

    assert len(list(folder.glob("*.pdf"))) == 1


async def test_the_folder_is_asked_before_and_after(channel: Channel, folder: Path) -> None:
    """Not sent, sent, and still sent when the print service has moved it."""
    assert isinstance(await channel.status(KEY), NotSent)
    await channel.send(LETTER, key=KEY)
    assert isinstance(await channel.status(KEY), Sent)
    (folder / "skickade").mkdir()
    (folder / f"{KEY}.pdf").rename(folder / "skickade" / f"{KEY}.pdf")
    assert isinstance(await channel.status(KEY), Sent)


async def test_an_unfinished_letter_is_not_sent(channel: Channel, folder: Path) -> None:
    """A crash while writing leaves a part file, which is no letter."""
    folder.mkdir()
    (folder / f"{KEY}.json").write_text("{}", encoding="utf-8")
    (folder / f"{KEY}.pdf.part").write_bytes(b"%PDF")

    assert isinstance(await channel.status(KEY), NotSent)


async def test_a_folder_that_cannot_be_used_is_a_named_failure(channel: Channel, folder: Path) -> None:
    """A file in the folder's place: the failure may be tried again, and tells neither path nor receiver."""
    folder.write_text("", encoding="utf-8")

    for answer in (await channel.send(LETTER, key=KEY), await channel.status(KEY)):
        assert isinstance(answer, Failed)
        assert (answer.kind, answer.code) == (FailureKind.RETRY, "mappen_oatkomlig")
        assert "Provgatan" not in answer.reason
        assert str(folder) not in answer.reason


@pytest.mark.parametrize("key", ["", "../x", "ABC", "194408139089-", "a/b"])
async def test_a_key_that_is_none_of_ours_is_refused(channel: Channel, key: str) -> None:
    """The key becomes a file name, so it is hexadecimal or nothing."""
    with pytest.raises(ValueError, match="hexadecimal"):
        await channel.send(LETTER, key=key)
    with pytest.raises(ValueError, match="hexadecimal"):
        await channel.status(key)


@pytest.mark.parametrize(
    "attachments", [(), (PDF, PDF), (Attachment("x.txt", "text/plain", b"x"),)], ids=["none", "two", "text"]
)
async def test_a_letter_is_exactly_one_pdf(channel: Channel, attachments: tuple[Attachment, ...]) -> None:
    """Anything else is refused before a file is written."""
    with pytest.raises(ValueError, match="exactly one PDF"):
        await channel.send(Message("Provgatan 1", None, "", attachments), key=KEY)


def test_the_address_must_be_a_folder() -> None:
    """An https address is refused with what to set."""
    with pytest.raises(SettingMissingError, match="file:///"):
        create(ConnectorSettings(base_url="https://print.example.se"), now=lambda: NOW)
