"""The rules that every register and channel keeps, whatever its system does."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from connectors._mock import FaultKind
from connectors.contract import (
    Answered,
    ConnectorSettings,
    Failed,
    FailureKind,
    NoHit,
    NotSent,
    Sent,
    SettingMissingError,
    UnknownQueryError,
)
from connectors.manifest import RegisterManifest
from tests.connectors.conftest import CONNECTORS, NOW, SIMULATED, Running, fault, sample

Run = Callable[[str], Running]
REGISTERS = [name for name, connector in CONNECTORS.items() if connector.manifest.kind == "register"]
CHANNELS = [name for name in SIMULATED if CONNECTORS[name].manifest.kind == "channel"]
QUERIES = [
    (name, query)
    for name, connector in CONNECTORS.items()
    if isinstance(connector.manifest, RegisterManifest)
    for query in connector.manifest.queries
]
QUERY_FAULTS = [
    (name, query, kind)
    for name, query in QUERIES
    for kind in sorted(CONNECTORS[name].mock().supported_faults(query.partition(".")[2]))
]
FAILURES = {
    FaultKind.TIMEOUT: (FailureKind.RETRY, "tidsgrans"),
    FaultKind.ERROR_500: (FailureKind.RETRY, "serverfel"),
    FaultKind.RESET: (FailureKind.RETRY, "anslutning_bruten"),
    FaultKind.UNKNOWN_CODE: (FailureKind.HUMAN, "okand_kod"),
    FaultKind.WRONG_SCHEMA: (FailureKind.HUMAN, "fel_schema"),
    FaultKind.UNREADABLE_AMOUNT: (FailureKind.HUMAN, "olasligt_belopp"),
}
PERSONAL = re.compile(r"\d{12}|\d{6}-?\d{4}|07017406\d\d|@example|hemlig|Testsson")


@pytest.fixture(autouse=True)
def _nothing_personal_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Everything is logged at the lowest level, and nothing personal is in it."""
    caplog.set_level(logging.DEBUG)
    yield
    assert not PERSONAL.search(caplog.text)


def seconds_for(kind: FaultKind) -> float:
    """Return a short read time-out (seconds) for the fault that needs one."""
    return 0.3 if kind is FaultKind.TIMEOUT else 10.0


def assert_failed(answer: Any, kind: FailureKind, code: str, title: str) -> None:
    """The failure is the expected one, and its reason is a sentence that names the system and nobody else."""
    assert isinstance(answer, Failed), answer
    assert (answer.kind, answer.code) == (kind, code)
    assert title in answer.reason
    assert answer.reason.endswith(".")
    assert not PERSONAL.search(answer.reason)


def field_paths(data: Any, prefix: str = "") -> set[str]:
    """Return the dotted field paths of an answer, lists seen through; an empty or missing part has no fields."""
    if isinstance(data, dict):
        return set().union(
            *(field_paths(value, f"{prefix}.{name}" if prefix else name) for name, value in data.items())
        )
    if isinstance(data, list):
        return set().union(*(field_paths(value, prefix) for value in data), set())
    return {prefix}


def test_every_register_is_simulated() -> None:
    """A register cannot be added without a mock that this suite can break."""
    assert set(REGISTERS) <= set(SIMULATED)


def test_every_fault_kind_is_expected() -> None:
    """A new kind of fault cannot be added without saying what it must lead to."""
    answered = {FaultKind.NO_HIT, FaultKind.PROTECTED, FaultKind.SLOW, FaultKind.LOST_ANSWER}
    assert FAILURES.keys() | answered == set(FaultKind)


@pytest.mark.parametrize(("name", "query"), QUERIES)
async def test_answer_is_whitelisted(running: Run, name: str, query: str) -> None:
    """An answer holds only the fields that the manifest allows, and says source, time and request."""
    async with running(name).client() as client:
        answer = await client.ask(query, sample(name).ARGUMENTS[query], request_id="fraga-1")
    assert isinstance(answer, Answered), answer
    assert (answer.source, answer.observed_at, answer.request_id) == (query, NOW, "fraga-1")
    allowed = set(client.queries[query].fields)
    found = field_paths(answer.data)
    empty = {path for path in found if any(other.startswith(f"{path}.") for other in allowed)}
    assert found - empty <= allowed
    assert "hemlig" not in str(answer.data)


@pytest.mark.parametrize(("name", "query", "kind"), QUERY_FAULTS)
async def test_every_fault_is_an_answer(running: Run, name: str, query: str, kind: FaultKind) -> None:
    """Each fault of each question ends as a no-hit, a protected person, a late answer or a named failure."""
    mock = running(name)
    mock.faults.replace([fault(kind, call=query.partition(".")[2])])
    async with mock.client(read_seconds=seconds_for(kind)) as client:
        answer = await client.ask(query, sample(name).ARGUMENTS[query], request_id="fraga-2")
    if kind in FAILURES:
        assert_failed(answer, *FAILURES[kind], CONNECTORS[name].manifest.title)
    elif kind is FaultKind.NO_HIT and not hasattr(sample(name), "NO_HIT"):
        assert answer == NoHit(query, NOW, "fraga-2")
    else:
        assert isinstance(answer, Answered), answer
        expected = {FaultKind.PROTECTED: {"Sekretessmarkering": True}, FaultKind.SLOW: {}}
        wanted = expected[kind] if kind in expected else sample(name).NO_HIT
        assert answer.data.items() >= wanted.items()


@pytest.mark.parametrize(("name", "query"), QUERIES)
async def test_wrong_credentials_stop_the_connector(running: Run, name: str, query: str) -> None:
    """A register that does not accept us stops the connector: trying again would not help any case."""
    async with running(name).client(token="fel") as client:
        answer = await client.ask(query, sample(name).ARGUMENTS[query], request_id="fraga-3")
    assert_failed(answer, FailureKind.STOP, "fel_behorighet", CONNECTORS[name].manifest.title)


@pytest.mark.parametrize(("name", "query"), QUERIES)
async def test_failure_of_one_person_is_not_another_persons(running: Run, name: str, query: str) -> None:
    """A fault that meets one person once leaves the next question, and other persons, unharmed."""
    mock = running(name)
    arguments = sample(name).ARGUMENTS[query]
    mock.faults.replace(
        [
            fault(FaultKind.ERROR_500, person="199107172380"),
            fault(FaultKind.RESET, person=arguments["personnummer"], times=1),
        ]
    )
    async with mock.client() as client:
        first = await client.ask(query, arguments, request_id="fraga-4")
        second = await client.ask(query, arguments, request_id="fraga-5")
    assert isinstance(first, Failed)
    assert isinstance(second, Answered)


@pytest.mark.parametrize("name", REGISTERS)
async def test_unreachable_register_is_tried_again(name: str) -> None:
    """A register that is not there at all is a temporary failure, never an answer."""
    query, arguments = next(iter(sample(name).ARGUMENTS.items()))
    settings = ConnectorSettings(base_url="http://127.0.0.1:9", token=SecretStr("x"), **sample(name).SETTINGS)
    client = CONNECTORS[name].create(settings, now=lambda: NOW)
    answer = await client.ask(query, arguments, request_id="fraga-6")
    await client.aclose()
    assert_failed(answer, FailureKind.RETRY, "ingen_anslutning", CONNECTORS[name].manifest.title)


@pytest.mark.parametrize(("name", "query"), QUERIES)
async def test_temporary_number_is_never_asked_about(running: Run, name: str, query: str) -> None:
    """A number that is not twelve digits goes to a person, and no question leaves the house."""
    mock = running(name)
    mock.faults.replace([fault(FaultKind.ERROR_500)])
    arguments = {**sample(name).ARGUMENTS[query], "personnummer": "19880209T050"}
    async with mock.client() as client:
        answer = await client.ask(query, arguments, request_id="fraga-7")
    assert_failed(answer, FailureKind.HUMAN, "ogiltig_identitet", CONNECTORS[name].manifest.title)


@pytest.mark.parametrize("name", REGISTERS)
async def test_undeclared_question_is_our_own_fault(running: Run, name: str) -> None:
    """A query or argument that the manifest does not declare raises, and says what was meant."""
    query, arguments = next(iter(sample(name).ARGUMENTS.items()))
    async with running(name).client() as client:
        with pytest.raises(UnknownQueryError, match=f"did you mean '{query}'"):
            await client.ask(query[:-1], arguments, request_id="x")
        with pytest.raises(UnknownQueryError, match="expected the arguments personnummer"):
            await client.ask(query, {**arguments, "extra": "1"}, request_id="x")


@pytest.mark.parametrize("name", [*REGISTERS, "sms"])
def test_start_without_token_is_refused(name: str) -> None:
    """A connector without its secret does not start, and says which setting is missing."""
    settings = ConnectorSettings(base_url="http://127.0.0.1:9", **sample(name).SETTINGS)
    with pytest.raises(SettingMissingError, match=f"Connector {name}: the setting 'token' is missing"):
        CONNECTORS[name].create(settings, now=lambda: NOW)


@pytest.mark.parametrize("name", CHANNELS)
async def test_channel_sends_and_gives_a_receipt(running: Run, name: str) -> None:
    """A sent message is in the system, with a receipt."""
    mock = running(name)
    async with mock.client() as client:
        sent = await client.send(sample(name).MESSAGE, key="nyckel-1")
    assert isinstance(sent, Sent), sent
    assert sent.channel == name
    assert sent.receipt
    (stored,) = mock.data.values()
    assert sample(name).MESSAGE.to in stored.values()


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT, FaultKind.ERROR_500, FaultKind.RESET])
async def test_channel_failure_before_the_message_is_taken(running: Run, name: str, kind: FaultKind) -> None:
    """A failure before the message is taken may be tried again, and nothing was stored."""
    mock = running(name)
    mock.faults.replace([fault(kind, call="send")])
    async with mock.client(read_seconds=seconds_for(kind)) as client:
        answer = await client.send(sample(name).MESSAGE, key="nyckel-2")
    assert_failed(answer, *FAILURES[kind], CONNECTORS[name].manifest.title)
    assert mock.data == {}


@pytest.mark.parametrize("name", CHANNELS)
async def test_slow_channel_still_sends(running: Run, name: str) -> None:
    """A channel that is slow, but within the time-out, has sent."""
    mock = running(name)
    mock.faults.replace([fault(FaultKind.SLOW)])
    async with mock.client() as client:
        assert isinstance(await client.send(sample(name).MESSAGE, key="nyckel-3"), Sent)


@pytest.mark.parametrize("name", CHANNELS)
async def test_lost_answer_is_never_a_second_message(running: Run, name: str) -> None:
    """When the message was taken but the answer lost, the channel says so or hands over; it never says 'not sent'."""
    mock = running(name)
    mock.faults.replace([fault(FaultKind.LOST_ANSWER, times=1)])
    async with mock.client() as client:
        lost = await client.send(sample(name).MESSAGE, key="nyckel-4")
        after = await client.status("nyckel-4")
    assert isinstance(lost, Failed)
    assert len(mock.data) == 1
    assert not isinstance(after, NotSent)


@pytest.mark.parametrize("name", CHANNELS)
async def test_channel_refuses_wrong_credentials(running: Run, name: str) -> None:
    """A channel that does not accept us stops the connector, and nothing was stored."""
    mock = running(name)
    async with mock.client(token="fel") as client:
        answer = await client.send(sample(name).MESSAGE, key="nyckel-5")
    assert_failed(answer, FailureKind.STOP, "fel_behorighet", CONNECTORS[name].manifest.title)
    assert mock.data == {}
