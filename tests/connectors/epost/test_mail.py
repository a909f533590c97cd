"""E-mail: what arrives is what was written, and an unknown outcome is never sent twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from pydantic import SecretStr

from connectors._mock import FaultKind
from connectors.contract import Attachment, ConnectorSettings, Failed, FailureKind, Message, Sent
from connectors.epost.client import create
from connectors.epost.message import build, message_id
from tests.connectors.conftest import NOW, Running, fault
from tests.connectors.epost.sample import MESSAGE

Run = Callable[[str], Running]
SENDER = "noreply@example.se"


async def test_text_arrives_as_written(running: Run) -> None:
    """Swedish letters, and lines that begin with a dot, arrive unchanged."""
    mock = running("epost")
    message = replace(MESSAGE, subject="Ärende åäö", text=".\n..punkt\nÅtgärd krävs\n.")
    async with mock.client() as client:
        await client.send(message, key="k")
    (stored,) = mock.data.values()
    assert stored["subject"] == "Ärende åäö"
    assert stored["text"].replace("\r\n", "\n").rstrip("\n") == message.text
    assert stored["to"] == MESSAGE.to


async def test_attachment_follows(running: Run) -> None:
    """An attachment goes with the mail under its name."""
    mock = running("epost")
    message = replace(MESSAGE, attachments=(Attachment("beslut.pdf", "application/pdf", bytes(range(256)) * 40),))
    async with mock.client() as client:
        assert isinstance(await client.send(message, key="k"), Sent)
    (stored,) = mock.data.values()
    assert stored["attachments"] == ["beslut.pdf"]


def test_same_key_gives_the_same_identity() -> None:
    """The Message-ID is made from the key alone, and does not show it."""
    first = message_id("c_1@4:abc", SENDER)
    assert first == message_id("c_1@4:abc", SENDER)
    assert first != message_id("c_1@5:abc", SENDER)
    assert first.endswith("@example.se>")
    assert "c_1" not in first


def test_same_message_gives_the_same_bytes() -> None:
    """Without attachments the mail's bytes follow from key, message and time."""
    at = datetime(2025, 9, 20, tzinfo=UTC)
    assert build(MESSAGE, key="k", sender=SENDER, at=at) == build(MESSAGE, key="k", sender=SENDER, at=at)
    mail = message_from_bytes(build(MESSAGE, key="k", sender=SENDER, at=at), policy=default)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert build(MESSAGE, key="k", sender=SENDER, at=at).isascii()


async def test_outcome_cannot_be_asked_for(running: Run) -> None:
    """SMTP keeps no memory, so the status of a mail is always a question for a person."""
    async with running("epost").client() as client:
        answer = await client.status("k")
    assert (answer.kind, answer.code) == (FailureKind.HUMAN, "okant_utfall")


async def test_lost_answer_is_an_unknown_outcome(running: Run) -> None:
    """When the connection breaks after the content was sent, the mail may be on its way: a person decides."""
    mock = running("epost")
    mock.faults.replace([fault(FaultKind.LOST_ANSWER)])
    async with mock.client() as client:
        answer = await client.send(MESSAGE, key="k")
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (FailureKind.HUMAN, "okant_utfall")
    assert [stored["count"] for stored in mock.data.values()] == [1]


async def test_server_counts_repeats(running: Run) -> None:
    """The simulated server shows a mail that was sent twice, so that tests can find one."""
    mock = running("epost")
    async with mock.client() as client:
        await client.send(MESSAGE, key="k")
        await client.send(MESSAGE, key="k")
    assert [stored["count"] for stored in mock.data.values()] == [2]


@pytest.mark.parametrize("to", ["person", "a b@example.com", "x@example.com\nBcc: y@example.com", "å@example.com", ""])
async def test_only_plain_addresses_are_sent_to(running: Run, to: str) -> None:
    """What is not one plain address goes to a person, and cannot smuggle in another receiver."""
    mock = running("epost")
    async with mock.client() as client:
        answer = await client.send(replace(MESSAGE, to=to), key="k")
    assert (answer.kind, answer.code) == (FailureKind.HUMAN, "ogiltig_epostadress")
    assert mock.data == {}


@pytest.mark.parametrize(
    "message",
    [replace(MESSAGE, subject=None), replace(MESSAGE, text=""), replace(MESSAGE, subject="Hej\r\nBcc: x@example.com")],
)
async def test_message_that_is_no_mail_is_our_own_fault(running: Run, message: Message) -> None:
    """A mail without subject or text, or with a subject of two lines, raises before anything is sent."""
    async with running("epost").client() as client:
        with pytest.raises(ValueError, match="a subject of one line and a text"):
            await client.send(message, key="k")


async def test_unreachable_server_is_tried_again() -> None:
    """A mail server that is not there is a temporary failure."""
    settings = ConnectorSettings(base_url="smtp://127.0.0.1:9", sender=SENDER)
    answer = await create(settings, now=lambda: NOW).send(MESSAGE, key="k")
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (FailureKind.RETRY, "ingen_anslutning")


async def test_login_is_needed_when_the_server_asks_for_it(running: Run) -> None:
    """A server that wants a login, and gets none, stops the connector."""
    settings = ConnectorSettings(base_url=running("epost").url, sender=SENDER)
    answer = await create(settings, now=lambda: NOW).send(MESSAGE, key="k")
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (FailureKind.STOP, "fel_behorighet")


@pytest.mark.parametrize(
    ("url", "sender", "expected"),
    [("https://mail.example.se", SENDER, "expected base_url smtps://"), ("smtps://mail.example.se", "x", "'sender'")],
)
def test_wrong_settings_are_refused_at_start(url: str, sender: str, expected: str) -> None:
    """A sender that is no address, or a URL that is not for mail, is refused before the first message."""
    settings = ConnectorSettings(base_url=url, sender=sender, token=SecretStr("x"))
    with pytest.raises(ValueError, match=expected):
        create(settings, now=lambda: NOW)
