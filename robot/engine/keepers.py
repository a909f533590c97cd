"""The keeper of the draw key as the robot reaches it: over HTTP, or in its own process for a try."""

from typing import Literal, Protocol

from audit.clock import Clock
from audit.errors import DrawRefusedError
from audit.keyfile import read_key_file
from audit.stickprov.keeper import Answer, Keeper, Pledge, Question, Reveal
from connectors.contract import Failed, FailureKind
from connectors.dragare.client import Dragare, create
from robot.settings import Settings, connector_environment, connector_settings

KEEPER = "dragare"
REFUSED = "fragan_avvisad"


class KeeperDoor(Protocol):
    """Asks the keeper. Silence is a `Failed` and never an answer; belongs to one event loop."""

    @property
    def kind(self) -> Literal["dragare", "embedded"]:
        """Whether the keeper is a service of its own. As `sample.commit` writes it."""

    async def pledge(self, log: str, period: str) -> Pledge | Failed:
        """What to journal before the period's first draw."""

    async def ask(self, question: Question) -> Answer | Failed:
        """The ticket of a decided case."""

    async def reveal(self, log: str, period: str) -> Reveal | Failed:
        """The period's key and the list of questions, after the period."""

    async def aclose(self) -> None:
        """Close the connections."""


class Embedded:
    """The same keeper in the robot's own process.

    Whoever runs the robot then has the key and can know every ticket beforehand: the draw shows nothing against them.
    """

    kind: Literal["embedded"] = "embedded"

    def __init__(self, keeper: Keeper, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock

    async def pledge(self, log: str, period: str) -> Pledge | Failed:
        """As the service."""
        return self._keeper.pledge(log, period)

    async def ask(self, question: Question) -> Answer | Failed:
        """As the service."""
        try:
            return self._keeper.ask(question)
        except DrawRefusedError as refused:
            return self._refused(question.case, refused)

    async def reveal(self, log: str, period: str) -> Reveal | Failed:
        """As the service."""
        try:
            return self._keeper.reveal(log, period)
        except DrawRefusedError as refused:
            return self._refused(period, refused)

    async def aclose(self) -> None:
        """Close the keeper's file."""
        self._keeper.close()

    def _refused(self, about: str, refused: DrawRefusedError) -> Failed:
        why = f"Dragaren svarar inte på frågan: {refused}"
        return Failed(KEEPER, self._clock.now(), about, FailureKind.HUMAN, REFUSED, why)


class Service:
    """The keeper over HTTP."""

    kind: Literal["dragare"] = "dragare"

    def __init__(self, client: Dragare) -> None:
        self._client = client

    async def pledge(self, log: str, period: str) -> Pledge | Failed:
        """The hash of the period's key."""
        told = await self._client.pledge(log, period)
        return told if isinstance(told, Failed) else Pledge(log, period, told.commitment, told.keeper_key)

    async def ask(self, question: Question) -> Answer | Failed:
        """The ticket."""
        told = await self._client.ask(
            question.log, question.period, case=question.case, leaf=question.leaf, entry=question.entry
        )
        return told if isinstance(told, Failed) else Answer(int(told.u, 16), told.commitment)

    async def reveal(self, log: str, period: str) -> Reveal | Failed:
        """The key and the questions, as the keeper signed them."""
        told = await self._client.reveal(log, period)
        if isinstance(told, Failed):
            return told
        questions = tuple({name: str(value) for name, value in one} for one in told.questions)
        return Reveal(log, period, told.key, questions, told.digest, told.signature)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def keeper_is_service() -> bool:
    """Whether the settings name a keeper outside the robot."""
    return bool(connector_environment(KEEPER).url)


def keeper_door(settings: Settings, clock: Clock) -> KeeperDoor:
    """The keeper that the settings name: the service, else the robot's own with the draw key's file.

    Raises:
        KeyFileError: The file is not what it should be.
        SettingMissingError: The service's token is missing.

    """
    if keeper_is_service():
        return Service(create(connector_settings(KEEPER, settings), now=clock.now))
    return Embedded(Keeper(read_key_file(settings.draw_key), settings.data / "dragare.sqlite", clock), clock)
