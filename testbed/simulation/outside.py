"""Everything outside the robot: registers, channels and a case system, which count themselves what reached them."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from audit.clock import ManualClock
from connectors.contract import Answer, Answered, Failed, FailureKind, Message, NoHit, NotSent, Query, Sent
from robot.gui.bot import ScreenRead, Written
from robot.gui.failure import GuiFailure
from robot.gui.screen import ScreenFile
from robot.rules.finding import value_to_json
from testbed.simulation.stage import CRASH, Crash, Stage

CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
REFERENCE_LENGTH = len("AR-0123456789")


@dataclass(frozen=True, slots=True)
class Truth:
    """What the registers know of a person; None where they do not know the person."""

    number: str
    flagged: bool | None = False
    municipality: str | None = "9999"
    incomes: tuple[str, ...] | None = ()
    granted: bool = False

    def says(self, query: str) -> dict[str, Any] | None:
        """The answer to a question."""
        if query == "skatteverket.skydd":
            flags = {"Sekretessmarkering": self.flagged, "SkyddadFolkbokforing": False}
            return None if self.flagged is None else flags
        if query == "skatteverket.folkbokforing":
            return None if self.municipality is None else {"Kommunkod": self.municipality}
        return None if self.incomes is None else {"Belopp": list(self.incomes)}


@dataclass(frozen=True, slots=True)
class Saved:
    """A record in the case system or a message that went out: what, for which case, with which content."""

    what: str
    reference: str
    content: Mapping[str, Any]


@dataclass
class Outside:
    """The world. ``intended(effect, reference, key)``: whether the journal durably says that this was to be tried."""

    stage: Stage
    clock: ManualClock
    latency: random.Random
    people: dict[str, Truth] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    saved: list[Saved] = field(default_factory=list)
    without_intent: list[str] = field(default_factory=list)
    intended: Callable[[str, str, str | None], bool] = lambda _effect, _reference, _key: False
    _coming: list[tuple[float, Saved]] = field(default_factory=list)

    def wait(self, seconds: float = 0.3) -> None:
        """An answer takes its time."""
        self.clock.advance(timedelta(seconds=self.latency.uniform(0.01, seconds)))

    def act(self, effect: str, reference: str, key: str | None) -> None:
        """Note when somebody changes the world without having intended it."""
        if not self.intended(effect, reference, key):
            self.without_intent.append(f"{effect} for {reference}")

    def keep(self, saved: Saved, *, within: float = 0.0) -> None:
        """It has arrived, or will ``within`` seconds."""
        due = self.clock.monotonic_ns() / 1e9 + (within * self.latency.uniform(0.5, 1))
        self._coming.append((due, saved))
        self.arrive()

    def arrive(self) -> None:
        """Let in what is due."""
        now = self.clock.monotonic_ns() / 1e9
        self.saved += [saved for due, saved in self._coming if due <= now]
        self._coming = [(due, saved) for due, saved in self._coming if due > now]

    def found(self, what: str, reference: str) -> list[Saved]:
        """What has arrived of this kind for the case."""
        self.arrive()
        return [saved for saved in self.saved if (saved.what, saved.reference) == (what, reference)]


class SimulatedRegister:
    """A register. Its faults are those of the contract."""

    def __init__(self, outside: Outside, name: str) -> None:
        self._outside = outside
        self._name = name
        self.queries: Mapping[str, Query] = {}

    async def ask(self, query: str, arguments: Mapping[str, str], *, request_id: str) -> Answer:
        """The truth, or a failure."""
        number = arguments["personnummer"]
        self._outside.asked.append((number, query))
        self._outside.wait()
        fate = self._outside.stage.point(f"register {query}", "retry", "human", "stop")
        now = self._outside.clock.now()
        if fate != "ok":
            reason = f"{self._name} svarade inte."
            return Failed(self._name, now, request_id, FailureKind(fate), "tidsgrans", reason)
        said = self._outside.people[number].says(query)
        return NoHit(self._name, now, request_id) if said is None else Answered(said, self._name, now, request_id)

    async def aclose(self) -> None:
        """Nothing is held open."""


class SimulatedChannel:
    """A channel that takes a key twice as one message; without ``knows_keys`` it sends again."""

    def __init__(self, outside: Outside, name: str, *, knows_keys: bool) -> None:
        self._outside = outside
        self._name = name
        self._knows_keys = knows_keys
        self._taken: dict[str, datetime] = {}

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Send, or fail before or after."""
        reference = _reference(message.text)
        self._outside.act(f"{self._name}.besked", reference, key)
        fate = self._outside.stage.point(f"send {self._name}", "retry", "human", "stop", "lost")
        self._outside.wait()
        if fate in {"retry", "human", "stop"}:
            return self._failed(FailureKind(fate), key)
        if key not in self._taken or not self._knows_keys:
            self._outside.keep(Saved("besked", reference, {"till": message.to}))
        self._taken[key] = self._outside.clock.now()
        self._outside.stage.point(f"sent {self._name}")
        return self._failed(FailureKind.RETRY, key) if fate == "lost" else Sent(self._name, key[:8], self._taken[key])

    async def status(self, key: str) -> Sent | NotSent | Failed:
        """What has been taken."""
        fate = self._outside.stage.point(f"status {self._name}", "retry")
        self._outside.wait()
        if fate != "ok":
            return self._failed(FailureKind.RETRY, key)
        if key not in self._taken:
            return NotSent(self._name, self._outside.clock.now())
        return Sent(self._name, key[:8], self._taken[key])

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _failed(self, kind: FailureKind, key: str) -> Failed:
        return Failed(self._name, self._outside.clock.now(), key, kind, "tidsgrans", "Kanalen svarade inte.")


class SimulatedBot:
    """The case system as its bot shows it. A save may be refused, lost, late, or unknown, and is never merged."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    async def read(self, screen: ScreenFile, values: Mapping[str, Any], *, quiet: bool = False) -> ScreenRead:  # noqa: ARG002 - the bot's signature
        """The person's case."""
        self._may_fail("gui read")
        truth = self._outside.people[values["sokande_personnummer"]]
        return ScreenRead({"arendenummer": f"A-{truth.number[2:8]}", "beviljat": truth.granted}, ())

    async def write(
        self,
        screen: ScreenFile,
        values: Mapping[str, Any],
        *,
        quiet: bool = False,  # noqa: ARG002 - the bot's signature
        may_save: Callable[[], float],
    ) -> Written:
        """Fill, ask, press once."""
        self._may_fail("gui fill")
        allowed_from = self._seconds()
        within = may_save()
        saved = Saved(screen.id, values["beslutsreferens"], _content(values))
        self._outside.stage.point(f"gui press {screen.id}")
        if self._seconds() > allowed_from + within:
            raise _failure("retry", "for_sent_att_spara")
        # A form that is filled and never saved is no act: a worker that was frozen may fill one when it thaws.
        self._outside.act(f"{screen.system}.{screen.id}", saved.reference, None)
        self._press(saved)
        self._outside.stage.point(f"gui saved {screen.id}")
        return Written({"nummer": str(len(self._outside.saved))}, {screen.title: dict(saved.content)}, ())

    async def look(self, screen: ScreenFile, values: Mapping[str, Any], *, quiet: bool = False) -> Written | None:  # noqa: ARG002 - the bot's signature
        """Search the record up."""
        self._may_fail("gui look", "retry", "human")
        found = self._outside.found(screen.id, values["beslutsreferens"])
        if not found:
            return None
        if len(found) > 1 or found[0].content != _content(values):
            raise _failure("human", "raden_avviker")
        return Written({"nummer": "1"}, {screen.title: dict(found[0].content)}, ())

    def _press(self, saved: Saved) -> None:
        fate = self._outside.stage.instant(f"gui save {saved.what}", "refused", "error", "lost", "late", "late_crash")
        if fate == "late_crash":
            self._outside.keep(saved, within=CONNECT_SECONDS + READ_SECONDS)
            raise Crash
        self._outside.wait()
        if fate == "refused":
            raise _failure("human", "nekad_av_systemet")
        if fate == "late":
            # Nobody waits longer than the time-out, and the system goes on all the same.
            self._outside.clock.advance(timedelta(seconds=READ_SECONDS))
            self._outside.keep(saved, within=CONNECT_SECONDS)
        elif fate != "error":
            self._outside.keep(saved)
        if fate != "ok":
            raise _failure("retry", "tidsgrans", after_save=True)

    def _may_fail(self, where: str, *ways: str) -> None:
        self._outside.wait()
        fate = self._outside.stage.point(where, *(ways or ("retry", "human", "stop")))
        if fate not in {"ok", CRASH}:
            raise _failure(fate, "skarmen_svarar_inte")

    def _seconds(self) -> float:
        return self._outside.clock.monotonic_ns() / 1e9


def _failure(kind: Any, code: str, *, after_save: bool = False) -> GuiFailure:
    return GuiFailure(kind, code, "Systemet svarade inte som väntat.", after_save=after_save)


def _content(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value_to_json(value) for name, value in values.items()}


def _reference(text: str) -> str:
    start = text.index("AR-")
    return text[start : start + REFERENCE_LENGTH]
