"""The client of the draw service against the service itself, over real HTTP."""

import http.client
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from audit.clock import ManualClock
from audit.errors import DrawError
from audit.log.entry import Actor, Entry, leaf_hash
from audit.stickprov.keeper import IN_MEMORY, Keeper, Question, questions_digest
from audit.stickprov.service import KeeperServer
from audit.stickprov.ticket import key_commitment, period_key, ticket
from connectors.contract import ConnectorSettings, Failed, FailureKind, SettingMissingError
from connectors.dragare.client import Dragare, create
from connectors.dragare.models import Atagande, Avslut, Lott
from robot.engine.keepers import Service

KEY, TOKEN = bytes(range(32)), "delad-hemlighet"
LOG, PERIOD = "ekonomiskt_bistand", "2026-11"
CASE = "c_" + "1" * 32
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@dataclass
class Running:
    """A draw service, its keeper's clock, and where it is."""

    server: KeeperServer
    clock: ManualClock

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.server.port}"

    def client(self, token: str = TOKEN) -> Dragare:
        """A client with a token."""
        return create(ConnectorSettings(base_url=self.url, token=SecretStr(token)), now=self.clock.now)


@pytest.fixture
def service() -> Iterator[Running]:
    """The service on a free port."""
    clock = ManualClock(NOW)
    keeper = Keeper(KEY, IN_MEMORY, clock)
    server = KeeperServer(keeper, token=TOKEN, host="127.0.0.1", port=0)
    server.start()
    yield Running(server, clock)
    server.stop()
    keeper.close()


@pytest.fixture
async def client(service: Running) -> AsyncIterator[Dragare]:
    """A client with the right token."""
    made = service.client()
    yield made
    await made.aclose()


def decision(**changes: object) -> bytes:
    """The bytes of a decision of the robot."""
    values: dict[str, object] = {
        "ts": "2026-11-20T09:00:00.000000Z",
        "mono": 1,
        "case": CASE,
        "case_seq": 3,
        "case_prev": "0" * 64,
        "type": "decision.made",
        "actor": Actor(kind="robot", id=LOG),
        "body": {"by": "robot", "outcome": "bifall", "amount_ore": 1},
    }
    return Entry.build(**(values | changes)).canonical()


async def test_a_ticket_comes_over_the_wire(client: Dragare) -> None:
    """Pledge, ticket and commitment are those of the keeper's key; asked twice, the answer is the same."""
    key = period_key(KEY, LOG, PERIOD)
    pledge = await client.pledge(LOG, PERIOD)
    assert isinstance(pledge, Atagande)
    assert pledge.commitment == key_commitment(key)
    data = decision()
    first = await client.ask(LOG, PERIOD, case=CASE, leaf=leaf_hash(data).hex(), entry=data)
    again = await client.ask(LOG, PERIOD, case=CASE, leaf=leaf_hash(data).hex(), entry=data)
    assert isinstance(first, Lott)
    assert first == again
    assert (int(first.u, 16), first.commitment) == (ticket(key, LOG, PERIOD, CASE), pledge.commitment)


async def test_another_decision_is_refused_and_listed(service: Running, client: Dragare) -> None:
    """The refusal is for a person, and both questions stand in the signed list of the reveal."""
    for number in (1, 2):
        data = decision(mono=number)
        answer = await client.ask(LOG, PERIOD, case=CASE, leaf=leaf_hash(data).hex(), entry=data)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (FailureKind.HUMAN, "avvisad_fraga")
    early = await client.reveal(LOG, PERIOD)
    assert isinstance(early, Failed)
    service.clock.advance(timedelta(days=20))
    revealed = await client.reveal(LOG, PERIOD)
    assert isinstance(revealed, Avslut)
    assert [one.refused for one in revealed.questions] == ["", "another_decision"]
    robots = await Service(client).reveal(LOG, PERIOD)
    assert not isinstance(robots, Failed)
    assert questions_digest(robots.questions) == revealed.digest


async def test_the_robots_door_asks_the_service(client: Dragare) -> None:
    """What the engine gets is the keeper's answer, as number and hash."""
    door, data = Service(client), decision()
    answer = await door.ask(Question(LOG, PERIOD, CASE, leaf_hash(data).hex(), data))
    assert not isinstance(answer, Failed)
    assert answer.u == ticket(period_key(KEY, LOG, PERIOD), LOG, PERIOD, CASE)
    pledge = await door.pledge(LOG, PERIOD)
    assert not isinstance(pledge, Failed)
    assert pledge.commitment == answer.commitment


async def test_without_the_token_nothing_is_answered(service: Running) -> None:
    """A wrong token is a stop, and a client or service without one does not start."""
    stranger = service.client("gissat")
    answer = await stranger.pledge(LOG, PERIOD)
    await stranger.aclose()
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (FailureKind.STOP, "fel_behorighet")
    with pytest.raises(SettingMissingError, match="token"):
        create(ConnectorSettings(base_url=service.url), now=service.clock.now)
    with pytest.raises(DrawError, match="needs a token"):
        KeeperServer(Keeper(KEY, IN_MEMORY, service.clock), token="", host="127.0.0.1", port=0)


async def test_a_service_that_is_gone_is_a_failure_to_try_again(service: Running, client: Dragare) -> None:
    """No connection is no answer: never a ticket, and never "not picked"."""
    service.server.stop()
    answer = await client.pledge(LOG, PERIOD)
    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.RETRY


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/lott", b"{", 422),
        ("/lott", b"[]", 422),
        ("/lott", b'{"log": "ekonomiskt_bistand"}', 422),
        ("/lott", b'{"log": "x", "period": "1", "case": "c", "leaf": "l", "entry": "%"}', 422),
        ("/atagande", b'{"log": "A|B", "period": "2026-11"}', 422),
        ("/atagande", b'{"log": ["x"], "period": "2026-11"}', 422),
        ("/nyckel", b"{}", 404),
        ("/lott", b" " * 200_001, 413),
    ],
)
def test_what_is_no_question_gets_no_answer(service: Running, path: str, body: bytes, status: int) -> None:
    """Whatever is sent, the service answers with a status and never with a key or a trace."""
    connection = http.client.HTTPConnection("127.0.0.1", service.server.port, timeout=5)
    connection.request("POST", path, body, {"Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    assert answer.status == status
    assert "error" in json.loads(told)
    assert b"Traceback" not in told
