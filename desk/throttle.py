"""Slows down guessing of passwords: after some failures an account, and then an address, has to wait."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 30
REMEMBERED = 10_000


class Throttle:
    """Failed logins of the last quarter, in memory."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def closed(self, account: str, address: str, now: datetime) -> bool:
        """Whether this account or this address has to wait."""
        return self._count(f"a:{account}", now) >= PER_ACCOUNT or self._count(f"i:{address}", now) >= PER_ADDRESS

    def failed(self, account: str, address: str, now: datetime) -> None:
        """Remember a failed login."""
        for key in (f"a:{account[:100]}", f"i:{address}"):
            self._failures.setdefault(key, deque(maxlen=PER_ADDRESS)).append(now)
            self._failures.move_to_end(key)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, account: str) -> None:
        """Forget an account's failures."""
        self._failures.pop(f"a:{account}", None)

    def _count(self, key: str, now: datetime) -> int:
        return sum(now - at < WINDOW for at in self._failures.get(key, ()))
