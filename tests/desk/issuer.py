"""An OpenID Connect issuer, just large enough for a login: discovery, consent without asking, token and keys."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

CLIENT = "desk"


def build_issuer(claims: dict[str, Any], *, now: int) -> FastAPI:
    """The issuer. ``claims``: what it says of everybody; ``now``: seconds since 1970."""
    app = FastAPI()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    nonces: dict[str, str] = {}

    @app.get("/.well-known/openid-configuration")
    def discovery(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = request.query_params
        nonces["code-1"] = asked["nonce"]
        answer = urlencode({"code": "code-1", "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}")

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = await request.form()
        assert form["code_verifier"]
        base = str(request.base_url).rstrip("/")
        payload = {"iss": base, "aud": CLIENT, "sub": "7f3a", "iat": now, "exp": now + 300}
        payload |= {"nonce": nonces.pop(str(form["code"])), **claims}
        header = {"alg": "RS256", "typ": "JWT", "kid": "1"}
        signed = f"{_text(json.dumps(header).encode())}.{_text(json.dumps(payload).encode())}"
        signature = key.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        id_token = f"{signed}.{_text(signature)}"
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

    @app.get("/keys")
    def keys() -> Response:
        public = key.public_key().public_numbers()
        number = _text(public.n.to_bytes(256, "big"))
        return JSONResponse({"keys": [{"kty": "RSA", "kid": "1", "use": "sig", "n": number, "e": "AQAB"}]})

    return app


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
