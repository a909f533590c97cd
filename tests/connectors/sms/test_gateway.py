"""The SMS gateway: one key is one message, and only the gateway's own word counts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from connectors._call import Call
from connectors._http import Reply
from connectors._mock import FaultKind
from connectors.contract import Attachment, ConnectorSettings, Failed, FailureKind, NotSent, Sent
from connectors.sms.client import create
from tests.connectors.conftest import NOW, Running, fault
from tests.connectors.sms.sample import MESSAGE

Run = Callable[[str], Running]


async def test_same_key_is_the_same_message(running: Run) -> None:
    """A repeat with the same key gives the same receipt, and the gateway keeps one message."""
    mock = running("sms")
    async with mock.client() as client:
        first = await client.send(MESSAGE, key="c@1:a")
        assert await client.send(MESSAGE, key="c@1:a") == first
    assert len(mock.data) == 1


async def test_same_key_with_another_text_goes_to_a_person(running: Run) -> None:
    """A key that was used for another message is refused, not sent again."""
    mock = running("sms")
    async with mock.client() as client:
        await client.send(MESSAGE, key="c@1")
        answer = await client.send(replace(MESSAGE, text="Något annat"), key="c@1")
    assert (answer.kind, answer.code) == (FailureKind.HUMAN, "avvisad_fraga")
    assert len(mock.data) == 1


async def test_status_finds_a_message_whose_answer_was_lost(running: Run) -> None:
    """After a lost answer the gateway tells that it has the message, and the repeat gives the same receipt."""
    mock = running("sms")
    mock.faults.replace([fault(FaultKind.LOST_ANSWER, times=1)])
    async with mock.client() as client:
        lost = await client.send(MESSAGE, key="c_1@2/brev")
        found = await client.status("c_1@2/brev")
    assert isinstance(lost, Failed)
    assert lost.code == "anslutning_bruten"
    assert isinstance(found, Sent)
    assert len(mock.data) == 1


async def test_unknown_key_is_not_sent(running: Run) -> None:
    """The gateway's own NOT_FOUND means that nothing was sent."""
    async with running("sms").client() as client:
        assert await client.status("aldrig") == NotSent("sms", NOW)


@pytest.mark.parametrize("body", [b"", b"<h1>Not Found</h1>", b'{"status": "GONE"}'])
async def test_a_bare_404_is_not_the_gateways_word(running: Run, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """A 404 from something on the way is a failure, never 'not sent'."""
    async with running("sms").client() as client:

        async def other(*_: Any, **__: Any) -> Reply:
            return Reply(404, body)

        monkeypatch.setattr(client._http, "exchange", other)
        answer = await client.status("nyckel")
    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.HUMAN


@pytest.mark.parametrize(
    ("kind", "code"), [(FaultKind.UNKNOWN_CODE, "okand_kod"), (FaultKind.WRONG_SCHEMA, "fel_schema")]
)
@pytest.mark.parametrize("call", ["send", "status"])
async def test_unclear_receipt_goes_to_a_person(running: Run, kind: FaultKind, code: str, call: str) -> None:
    """A receipt that is not as agreed is never read as sent."""
    mock = running("sms")
    mock.faults.replace([fault(kind, call=call)])
    async with mock.client() as client:
        sent = await client.send(MESSAGE, key="k")
        answer = sent if call == "send" else await client.status("k")
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (FailureKind.HUMAN, code)


@pytest.mark.parametrize("number", ["040-123456", "+4512345678", "070174060a", "", "112"])
async def test_only_swedish_mobile_numbers_are_sent_to(running: Run, number: str) -> None:
    """A number that is no Swedish mobile number goes to a person, without leaving the house."""
    mock = running("sms")
    async with mock.client() as client:
        answer = await client.send(replace(MESSAGE, to=number), key="k")
    assert (answer.kind, answer.code) == (FailureKind.HUMAN, "ogiltigt_mobilnummer")
    assert not number or number not in answer.reason
    assert mock.data == {}


@pytest.mark.parametrize("number", ["0701740605", "+46701740605", "070-174 06 05"])
async def test_usual_ways_to_write_a_number_are_taken(running: Run, number: str) -> None:
    """National and international form, with spaces or a hyphen, are all mobile numbers."""
    async with running("sms").client() as client:
        assert isinstance(await client.send(replace(MESSAGE, to=number), key="k"), Sent)


@pytest.mark.parametrize("change", [{"text": ""}, {"attachments": (Attachment("a.pdf", "application/pdf", b""),)}])
async def test_message_that_is_no_sms_is_our_own_fault(running: Run, change: dict[str, Any]) -> None:
    """An empty text or an attachment raises before anything is sent."""
    async with running("sms").client() as client:
        with pytest.raises(ValueError, match="without attachments"):
            await client.send(replace(MESSAGE, **change), key="k")


def test_long_sender_is_refused_at_start() -> None:
    """Gateways take eleven characters of sender; a longer one is refused before the first message."""
    settings = ConnectorSettings(base_url="https://sms.example.se", token=SecretStr("x"), sender="Provkommunen")
    with pytest.raises(ValueError, match="sender has 12 characters, at most 11"):
        create(settings, now=lambda: NOW)


def test_failure_names_the_channel_and_the_key() -> None:
    """A channel's failure carries the channel's name and the effect's key, so that the journal can join them."""
    failed = Call("sms", "SMS-tjänsten", "nyckel", lambda: NOW).unusable("fel_schema")
    assert (failed.source, failed.request_id, failed.observed_at) == ("sms", "nyckel", NOW)
