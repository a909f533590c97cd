"""Who is logged in. Sessions live in memory and end when nobody has used them for a while."""

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from testbed.verksamhetssystem.database import reading
from testbed.verksamhetssystem.seed import password_digest


@dataclass(slots=True)
class Session:
    """One login: the user, the CSRF token of its forms, and when it was last used."""

    user: str
    csrf: str
    used: datetime


class Sessions:
    """All logins of one running case system."""

    def __init__(self, database: Path, *, now: Callable[[], datetime], minutes: float) -> None:
        self._database = database
        self._now = now
        self._lasts = timedelta(minutes=minutes)
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def log_in(self, user: str, password: str) -> str | None:
        """A new session's id, or None when user or password is wrong."""
        with reading(self._database) as connection:
            row = connection.execute("SELECT salt, digest FROM users WHERE name = ?", (user,)).fetchone()
        if row is None or not hmac.compare_digest(row["digest"], password_digest(password, row["salt"])):
            return None
        session_id = secrets.token_urlsafe(32)
        with self._lock:
            self._open[session_id] = Session(user, secrets.token_urlsafe(32), self._now())
        return session_id

    def use(self, session_id: str) -> Session | None:
        """The session, its time-out started anew; None when it has ended or never was."""
        with self._lock:
            session = self._open.get(session_id)
            if session is None:
                return None
            if self._now() - session.used > self._lasts:
                del self._open[session_id]
                return None
            session.used = self._now()
            return session

    def end(self, session_id: str) -> None:
        """Log out; an unknown id is no error."""
        with self._lock:
            self._open.pop(session_id, None)
