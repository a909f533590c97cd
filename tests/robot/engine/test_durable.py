"""A case survives its process: no crash loses it, doubles it or acts without intent, and of two runners one wins."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import robot.engine.runner as runner_module
from connectors.contract import Channel, Failed, FailureKind, Message, NotSent, Sent
from robot.engine.case import CaseState
from robot.engine.drawing import Drawing
from robot.engine.ledger import Ledger
from robot.steps.send import Send
from tests.robot.engine.ground import ANNA, MANIFESTS, Crash, Ground, application, build

POINTS = range(1, 60)
LEFT_SECONDS = 60.0
PUBLISHED = (
    (Path(__file__).parents[3] / "testbed/scenario/testpersonnummer.csv").read_text(encoding="utf-8").split()[1:]
)


class Trap:
    """Lets the process die at the n-th point that it passes."""

    def __init__(self) -> None:
        self.at = 0
        self.passed = 0

    def point(self) -> None:
        """Pass, or die."""
        self.passed += 1
        if self.passed == self.at:
            raise Crash

    def set(self, at: int) -> None:
        """Die at point ``at``, counted from now; never with 0."""
        self.at, self.passed = at, 0


class TrappedChannel:
    """The letter channel with points before and after each act, which looks for the intent in the journal."""

    def __init__(self, channel: Channel, trap: Trap, ground: Ground) -> None:
        self._channel = channel
        self._trap = trap
        self._ground = ground
        self.sent: list[str] = []

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Send between two points."""
        intents = [
            recorded.entry.intent
            for row in self._ground.cases()
            if row.status == "running"
            for recorded in self._ground.house.ledger.recorded(row.ref)
            if recorded.entry.type == "effect.intended"
        ]
        assert key in intents, "an act without intent"
        self._trap.point()
        answer = await self._channel.send(message, key=key)
        self.sent.append(key)
        self._trap.point()
        return answer

    async def status(self, key: str) -> Sent | NotSent | Failed:
        """Look between two points."""
        self._trap.point()
        return await self._channel.status(key)

    async def aclose(self) -> None:
        """Nothing is held open."""


@pytest.fixture
def trap(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Trap:
    """A trap at every journal write, every draw and every act."""
    made = Trap()
    for owner, name in ((Ledger, "write"), (Drawing, "written")):
        monkeypatch.setattr(owner, name, _between_points(getattr(owner, name), made))
    ask = ground.register.ask

    async def asked(*arguments: Any, **named: Any) -> Any:
        made.point()
        return await ask(*arguments, **named)

    monkeypatch.setattr(ground.register, "ask", asked)
    channels: Any = ground.services.channels
    channels["brev"] = TrappedChannel(channels["brev"], made, ground)
    return made


def _between_points(work: Any, trap: Trap) -> Any:
    def run(*arguments: Any, **named: Any) -> Any:
        trap.point()
        result = work(*arguments, **named)
        trap.point()
        return result

    return run


def test_a_crash_at_any_point_ends_right(ground: Ground, trap: Trap) -> None:
    """The process dies at each write and act in turn; started again, the case ends with exactly one letter."""
    for point in POINTS:
        ref = ground.submit(application(number=PUBLISHED[point]))
        letters = len(ground.sent())
        trap.set(point)
        try:
            ground.run(ref)
        except Crash:
            trap.set(0)
            state = ground.run(ref)
        else:
            break
        assert state.status == "closed", point
        assert len(ground.sent()) == letters + 1, point
        assert ground.types(ref).count("decision.made") == 1, point
        assert ground.types(ref).count("sample.ticket") == 1, point
    assert point > 15, "the case has more points than that"
    channel: Any = ground.services.channels["brev"]
    assert len(channel.sent) == len(set(channel.sent)), "a letter was written twice"
    ground.assert_whole()


def test_nothing_begins_when_making_sure_took_too_long(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was frozen while it made sure of its case does not act on an answer that has run out."""
    sure, frozen = runner_module._CaseHand.sure, iter([True])

    def late(hand: Any) -> float:
        sure(hand)
        if next(frozen, False):
            ground.clock.advance(timedelta(seconds=LEFT_SECONDS))
        return LEFT_SECONDS

    monkeypatch.setattr(runner_module._CaseHand, "sure", late)
    ref = ground.submit(application())
    ground.run(ref)
    failed = [one.entry.body["code"] for one in ground.house.ledger.recorded(ref) if one.entry.type == "effect.failed"]
    assert failed == ["for_sent_att_borja"]
    assert (ground.types(ref).count("effect.done"), len(ground.sent())) == (1, 1)


def test_two_crashes_in_a_row_end_right(ground: Ground, trap: Trap) -> None:
    """A process that dies again while it recovers loses nothing either."""
    for point in range(8, 40, 3):
        ref = ground.submit(application(number=PUBLISHED[point]))
        letters = len(ground.sent())
        for at in (point, 2):
            trap.set(at)
            try:
                ground.run(ref)
            except Crash:
                continue
        trap.set(0)
        assert ground.run(ref).status == "closed", point
        assert len(ground.sent()) == letters + 1, point
    ground.assert_whole()


class LostAnswer:
    """A channel whose answer is lost: it may have sent, and says what it knows only when asked."""

    def __init__(self, channel: Channel, *, delivers: bool) -> None:
        self._channel = channel
        self._delivers = delivers
        self.tries = 0

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Lose the first answer."""
        self.tries += 1
        if self.tries > 1 or self._delivers:
            answer = await self._channel.send(message, key=key)
            if self.tries > 1:
                return answer
        status = await self._channel.status(key)
        return Failed("brev", status.at, key, FailureKind.RETRY, "tidsgrans", "Svaret kom inte.")  # type: ignore[union-attr]  # the folder always answers

    async def status(self, key: str) -> Sent | NotSent | Failed:
        """What the folder says."""
        return await self._channel.status(key)

    async def aclose(self) -> None:
        """Nothing is held open."""


@pytest.mark.parametrize(("delivers", "tries"), [(True, 1), (False, 2)])
def test_an_unknown_outcome_is_looked_for_before_anything_is_tried(
    ground: Ground, *, delivers: bool, tries: int
) -> None:
    """With recover: verify a lost answer is settled by looking; the letter is written again only if it is not there."""
    channels: Any = ground.services.channels
    channels["brev"] = lost = LostAnswer(channels["brev"], delivers=delivers)

    state = ground.handled(application())

    assert (state.status, lost.tries, len(ground.sent())) == ("closed", tries, 1)
    assert "effect.unknown" in ground.types(state.ref)
    ground.assert_whole()


def test_an_unknown_outcome_that_cannot_be_looked_up_is_a_persons(ground: Ground) -> None:
    """With recover: human nothing is tried again, and agreeing does not try it either."""
    channels: Any = ground.services.channels
    channels["brev"] = lost = LostAnswer(channels["brev"], delivers=True)
    manifests: Any = ground.services.manifests
    manifests["brev"] = MANIFESTS["brev"].model_copy(update={"recover": "human"})

    state = ground.handled(application())

    assert state.review is not None
    assert (state.status, [reason.code for reason in state.review.reasons]) == (
        "person",
        ["effekt.brev.beslutsbrev.tidsgrans"],
    )
    ground.house.reviews.agree(state.ref, ANNA)
    assert ground.run(state.ref).status == "person"
    assert lost.tries == 1


def test_temporary_failures_are_tried_a_bounded_number_of_times(ground: Ground) -> None:
    """Every try is an entry with its cause; after the last a person gets the case, and the reason names the cause."""
    ground.letters.write_text("en fil där mappen ska ligga")

    state = ground.handled(application())

    assert state.review is not None
    assert (state.status, [reason.code for reason in state.review.reasons]) == (
        "person",
        ["forsok_slut.mappen_oatkomlig"],
    )
    assert ground.types(state.ref).count("step.retry") == 5
    ground.letters.unlink()
    ground.house.reviews.agree(state.ref, ANNA)
    assert ground.run(state.ref).status == "closed"
    assert len(ground.sent()) == 1


def test_a_job_that_the_case_has_left_behind_does_nothing(ground: Ground) -> None:
    """The first job of a case that is closed, waits or has moved on writes no entry."""
    ref = ground.submit(application(income="4500.00"))
    first = ground.row(ref)
    ground.run(ref)
    entries = ground.types(ref)
    asyncio.run(ground.runner.segment(ref, first.job, first.queue))
    ground.house.reviews.agree(ref, ANNA)
    asyncio.run(ground.runner.segment(ref, first.job, first.queue))

    assert ground.types(ref) == [*entries, "decision.made", "human.review.agreed"]


def test_a_case_that_changes_queue_without_an_entry_gets_a_new_job(ground: Ground) -> None:
    """When a person lets the robot go on at a letter, its job goes to the letter's queue under a name of its own."""
    ground.letters.write_text("en fil där mappen ska ligga")
    ref = ground.handled(application()).ref
    ground.letters.unlink()

    ground.house.reviews.agree(ref, ANNA)
    asked = ground.row(ref)
    asyncio.run(ground.runner.segment(ref, asked.job, asked.queue))

    moved = ground.row(ref)
    assert (asked.queue, moved.queue, moved.job) == ("cases", "brev", asked.job)
    with ground.house.database.read() as session:
        jobs = session.connection().exec_driver_sql("SELECT workflow_uuid FROM workflow_status").scalars().all()
    assert {f"{ref}@{asked.job}.cases", f"{ref}@{asked.job}.brev"} <= set(jobs)


@contextmanager
def meeting(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> Iterator[None]:
    """Two threads meet before they go on from ``owner.name``, once."""
    gate = threading.Barrier(2, timeout=30)
    left = threading.Semaphore(2)
    work = getattr(owner, name)

    def meet(*arguments: Any, **named: Any) -> Any:
        result = work(*arguments, **named)
        if left.acquire(blocking=False):
            gate.wait()
        return result

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, meet)
        yield


@pytest.mark.parametrize(("owner", "name"), [(Ledger, "current"), (Send, "plan")])
def test_of_two_runners_with_one_job_one_wins(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str
) -> None:
    """Both have read the same case; one moves it, the other writes nothing, and there is one letter."""
    ground = build(tmp_path, url=url)
    ref = ground.submit(application())
    channels: Any = ground.services.channels
    channels["brev"] = counted = TrappedChannel(channels["brev"], Trap(), ground)
    if owner is Send:
        job = ground.row(ref)
        asyncio.run(ground.runner.segment(ref, job.job, job.queue))
    job = ground.row(ref)
    with meeting(monkeypatch, owner, name):
        threads = [
            threading.Thread(target=lambda: asyncio.run(ground.runner.segment(ref, job.job, job.queue)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    state: CaseState = ground.run(ref)
    types = ground.types(ref)
    assert state.status == "closed"
    assert (types.count("decision.made"), types.count("effect.intended"), len(counted.sent)) == (1, 1, 1)
    assert types.count("sample.ticket") == 1
    ground.assert_whole()
    ground.house.close()
