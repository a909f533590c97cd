"""Login at the municipality's OpenID Connect issuer, by Authlib (authorization code with PKCE)."""

import re
import warnings
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse

from desk.roles import ROLES, User
from robot.settings import Settings

with warnings.catch_warnings(record=True):
    # Authlib says at import that it prefers httpx's successor, past every filter; nothing here depends on which it is.
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.starlette_client import OAuth

ROLES_CLAIM = "roles"


class LoginError(Exception):
    """The login did not succeed; the message says why, in Swedish."""


class Oidc:
    """One issuer. The claim ``roles`` lists the desk's own role names; other values are ignored."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.oidc_client_secret
        oauth = OAuth()
        oauth.register(
            "issuer",
            server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_id=settings.oidc_client_id,
            client_secret=None if secret is None else secret.get_secret_value(),
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
        )
        self._client: Any = oauth.create_client("issuer")

    async def begin(self, request: Request, back: str) -> RedirectResponse:
        """Send the browser to the issuer."""
        answer: RedirectResponse = await self._client.authorize_redirect(request, back)
        return answer

    async def finish(self, request: Request) -> User:
        """The user that the issuer vouches for. Raises `LoginError`."""
        try:
            token = await self._client.authorize_access_token(request)
        except OAuthError as error:
            raise LoginError("Inloggningen avbröts. Försök igen.") from error
        claims = token.get("userinfo") or {}
        roles = claims.get(ROLES_CLAIM)
        known = frozenset(roles) & frozenset(ROLES) if isinstance(roles, list) else frozenset()
        if not known - {"skyddade"}:
            raise LoginError("Du har ingen roll i skrivbordet. Kontakta den som ansvarar för behörigheter.")
        account = str(claims.get("preferred_username") or claims["sub"])
        if not re.fullmatch(r"[\w.@+-]{1,200}", account):
            raise LoginError("Kontots namn har en form som skrivbordet inte tar emot.")
        return User(account, str(claims.get("name") or account), known)
