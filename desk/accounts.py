"""Local accounts for the demo and for a first try: a JSON file with scrypt hashes. Production logs in by OIDC."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from desk.roles import ROLES

COST, BLOCK, PARALLEL = 2**14, 8, 1
_MEMORY = 64 * 1024 * 1024

DEMO: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("handlaggare", "Demo Handläggare", ("handlaggare",)),
    ("sarskild", "Demo Handläggare, särskilda gruppen", ("handlaggare", "skyddade")),
    ("controller", "Demo Controller", ("controller",)),
    ("drift", "Demo Drift", ("drift",)),
    ("utvecklare", "Demo Utvecklare", ("utvecklare",)),
)


class AccountsError(Exception):
    """The accounts file cannot be used; the message says where and why."""


class Account(BaseModel):
    """One local account. ``salt`` and ``hash`` are base64; the hash is scrypt of the password."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    account: Annotated[str, Field(pattern=r"^[a-z0-9._-]{1,60}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    roles: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    salt: str
    hash: str

    def opens_with(self, password: str) -> bool:
        """Whether this is the password, in time that does not depend on how nearly."""
        return hmac.compare_digest(base64.b64decode(self.hash), _scrypt(password, base64.b64decode(self.salt)))


class Accounts:
    """The accounts of one file, by account name."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = {account.account: account for account in accounts}
        # An unknown name costs as much time as a wrong password, so that names cannot be found by measuring.
        self._nobody = _account("nobody", "Nobody", ("drift",), secrets.token_urlsafe(16), os.urandom)

    @classmethod
    def read(cls, path: Path) -> "Accounts":
        """The accounts of a file. Raises `AccountsError`."""
        try:
            accounts = TypeAdapter(list[Account]).validate_json(path.read_bytes())
        except OSError as error:
            raise AccountsError(f"{path}: the accounts file cannot be read: {error.strerror}") from None
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, fault["loc"])) or "the file"
            raise AccountsError(f"{path}: {where}: {fault['msg']}") from None
        unknown = sorted({role for account in accounts for role in account.roles} - set(ROLES))
        if unknown:
            raise AccountsError(f"{path}: unknown roles: {', '.join(unknown)}; there are: {', '.join(ROLES)}")
        return cls(accounts)

    def get(self, account: str) -> Account | None:
        """The account of that name."""
        return self._accounts.get(account)

    def login(self, account: str, password: str) -> Account | None:
        """The account, when the password is right."""
        found = self._accounts.get(account)
        right = (found or self._nobody).opens_with(password)
        return found if right else None


def create_demo_accounts(path: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> list[tuple[str, str, str]]:
    """Make a new file with one account per role and return account, password and roles: the only time they are shown.

    Raises `AccountsError` rather than replace a file.
    """
    made: list[Account] = []
    shown: list[tuple[str, str, str]] = []
    for account, name, roles in DEMO:
        password = base64.b32encode(random_bytes(10)).decode().lower()
        made.append(_account(account, name, roles, password, random_bytes))
        shown.append((account, password, " + ".join(roles)))
    text = json.dumps([account.model_dump() for account in made], ensure_ascii=False, indent=2) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise AccountsError(f"{path}: exists already; its passwords stay as they are. Choose another path") from None
    except OSError as error:
        raise AccountsError(f"{path}: the accounts file cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return shown


def _account(
    account: str, name: str, roles: tuple[str, ...], password: str, random_bytes: Callable[[int], bytes]
) -> Account:
    salt = random_bytes(16)
    digest = _scrypt(password, salt)
    encoded = {"salt": base64.b64encode(salt).decode(), "hash": base64.b64encode(digest).decode()}
    return Account(account=account, name=name, roles=roles, **encoded)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=_MEMORY, dklen=32)
