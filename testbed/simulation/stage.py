"""One thread at a time: actors hand a baton round, so that the seed alone decides who does what after whom."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

OK, CRASH = "ok", "crash"


class Crash(BaseException):
    """The process dies here. No `Exception`: nothing may catch it."""


class Fates(Protocol):
    """Decides what happens at each point that the engine passes."""

    def fate(self, point: str, options: Sequence[str]) -> str:
        """One of ``options``."""

    def switches(self) -> bool:
        """Whether somebody else goes on now."""

    def quiet(self) -> None:
        """The storm is over."""


class SeededFates:
    """Everything goes well, but for a share of the points: then each of the other options is as likely."""

    def __init__(self, seed: str, share: float) -> None:
        self._random = random.Random(seed)
        self._share = share
        self.counts: dict[str, int] = {}

    def fate(self, point: str, options: Sequence[str]) -> str:
        """What happens; counted when it is not the good end."""
        if self._random.random() >= self._share:
            return OK
        found = self._random.choice(options)
        if found != OK:
            self.counts[f"{point} {found}"] = self.counts.get(f"{point} {found}", 0) + 1
        return found

    def switches(self) -> bool:
        """At every third point."""
        return self._random.random() < 0.3

    def quiet(self) -> None:
        """From now on everything goes well."""
        self._share = 0.0


class NthFate:
    """Everything goes well, but for the ``nth`` option that could have been another."""

    def __init__(self, nth: int) -> None:
        self._left = nth
        self.hit = ""

    def fate(self, point: str, options: Sequence[str]) -> str:
        """What happens; ``hit`` then says where and what."""
        others = [option for option in options if option != OK]
        if self._left <= 0 or self._left > len(others):
            self._left -= len(others)
            return OK
        chosen, self._left = others[self._left - 1], 0
        self.hit = f"{point} {chosen}"
        return chosen

    def switches(self) -> bool:
        """One after the other."""
        return False

    def quiet(self) -> None:
        """The one fault is still to come."""


class Actor:
    """A thread of a simulated process. It runs only while it holds the baton."""

    def __init__(self, name: str, work: Callable[[], object], back: threading.Semaphore) -> None:
        self.name = name
        self.ended = False
        self.dies = False
        self.error: BaseException | None = None
        self._go = threading.Semaphore(0)
        self._back = back
        self._thread = threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
        self._thread.start()

    def step(self) -> None:
        """Run until the next point where it hands over, or to its end."""
        self._go.release()
        self._back.acquire()
        if self.ended:
            self._thread.join()

    def park(self) -> None:
        """Hand over; go on, or die, when the baton comes back."""
        self._back.release()
        self._go.acquire()
        if self.dies:
            raise Crash

    def _run(self, work: Callable[[], object]) -> None:
        _here.actor = self
        self._go.acquire()
        try:
            if not self.dies:
                work()
        except BaseException as error:  # noqa: BLE001 - told to the stage, which judges it
            self.error = error
        finally:
            self.ended = True
            self._back.release()


_here = threading.local()


class Stage:
    """Where the points are. Outside an actor nobody takes turns."""

    def __init__(self, fates: Fates) -> None:
        self.fates = fates
        self.back = threading.Semaphore(0)

    def actor(self, name: str, work: Callable[[], object]) -> Actor:
        """A new thread, which waits for its first step."""
        return Actor(name, work, self.back)

    def point(self, where: str, *others: str) -> str:
        """Let somebody else go on, perhaps; then say what happens here: all well, one of ``others``, or the end."""
        actor = getattr(_here, "actor", None)
        if actor is not None and self.fates.switches():
            actor.park()
        return self.instant(where, *others)

    def instant(self, where: str, *others: str) -> str:
        """As `point`, in the midst of what nobody can come between, such as a transaction."""
        found = self.fates.fate(where, (OK, CRASH, *others))
        if found == CRASH:
            raise Crash
        return found


def added(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The counts of many seeds together, in order of name."""
    total: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items()))
