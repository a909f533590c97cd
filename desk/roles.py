"""Who may see what: four roles, and the separate right to cases with protected personal data."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from robot.engine.review import Person

ROLES = {
    "handlaggare": "Handläggare",
    "controller": "Controller",
    "drift": "Drift",
    "utvecklare": "Utvecklare",
    "skyddade": "Skyddade personuppgifter",
}
START = {"handlaggare": "/", "controller": "/controller", "drift": "/drift", "utvecklare": "/utvecklare"}


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in: the account's id, the name a decision states, and the roles."""

    account: str
    name: str
    roles: frozenset[str]

    @property
    def person(self) -> Person:
        """As the reviews and the journal know them."""
        return Person(self.account, self.name)

    @property
    def sees_restricted(self) -> bool:
        """Whether cases with protected personal data exist for this user."""
        return "skyddade" in self.roles

    @property
    def start(self) -> str:
        """The first page of the user's first role."""
        return next((page for role, page in START.items() if role in self.roles), "/hjalp")


class NotLoggedInError(Exception):
    """Nobody is logged in."""


class NotAllowedError(Exception):
    """The user has none of the roles that the page is for."""


def current_user(request: Request) -> User:
    """The user of the session. Raises `NotLoggedInError`."""
    user: User | None = request.state.user
    if user is None:
        raise NotLoggedInError
    return user


def needs(*roles: str) -> Callable[[Request], User]:
    """A dependency: the user, who must have one of the roles. Raises `NotLoggedInError` or `NotAllowedError`."""

    def check(request: Request) -> User:
        user = current_user(request)
        if not user.roles & set(roles):
            raise NotAllowedError
        return user

    return check
