"""The keeper as a service over HTTP: three questions, one bearer token, nothing of the robot in it."""

import base64
import binascii
import hmac
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from audit.errors import DrawError, DrawRefusedError
from audit.stickprov.keeper import Keeper, Question

LARGEST_REQUEST = 200_000
"""Bytes: an entry is at most 65 535, and base64 makes a third more of it."""

Reply = tuple[int, dict[str, Any]]


class KeeperServer:
    """Answers for the keeper until it is stopped. With a certificate it speaks HTTPS only."""

    def __init__(
        self, keeper: Keeper, *, token: str, host: str, port: int, certificate: tuple[Path, Path] | None = None
    ) -> None:
        """``port`` 0 takes a free one; ``certificate``: the files of chain and key. Raises `OSError`."""
        if not token:
            raise DrawError("the draw service needs a token: without one anybody could ask for tickets")
        self._keeper = keeper
        self._token = token.encode()
        self._calls: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "/atagande": self._pledge,
            "/lott": self._ask,
            "/avslut": self._reveal,
        }
        self._server = ThreadingHTTPServer((host, port), self._handler())
        self._server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            # Shaking hands while accepting, a caller that says nothing would keep everybody else waiting.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer in a thread of its own."""
        threading.Thread(target=self._server.serve_forever, name="arende-dragare", daemon=True).start()

    def serve(self) -> None:
        """Answer until interrupted."""
        self._server.serve_forever()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, authorization: str, body: bytes) -> Reply:
        """Status and JSON of a question. What is wrong is told in a word, never with the key or a ticket."""
        if not hmac.compare_digest(authorization.encode(), b"Bearer " + self._token):
            return 401, {"error": "token"}
        call = self._calls.get(path)
        if call is None:
            return 404, {"error": "unknown"}
        try:
            return 200, call(_asked(body))
        except DrawRefusedError as refused:
            return 409, {"error": str(refused)}
        except (DrawError, KeyError, TypeError, ValueError) as wrong:
            return 422, {"error": f"the question is not understood ({type(wrong).__name__})"}

    def _pledge(self, asked: dict[str, Any]) -> dict[str, Any]:
        pledge = self._keeper.pledge(asked["log"], asked["period"])
        return {"commitment": pledge.commitment, "keeper_key": pledge.keeper_key}

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        entry = base64.b64decode(asked["entry"], validate=True)
        answer = self._keeper.ask(Question(asked["log"], asked["period"], asked["case"], asked["leaf"], entry))
        return {"u": f"{answer.u:016x}", "commitment": answer.commitment}

    def _reveal(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = asdict(self._keeper.reveal(asked["log"], asked["period"]))
        return {name: found[name] for name in ("key", "questions", "digest", "signature")}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            server_version = "arende"
            sys_version = ""
            timeout = 10

            def do_GET(self) -> None:
                self._reply(200 if self.path == "/halsa" else 404, {})

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                if not length.isdigit() or int(length) > LARGEST_REQUEST:
                    self._reply(413, {"error": "length"})
                    return
                body = self.rfile.read(int(length))
                self._reply(*answer(self.path, self.headers.get("Authorization", ""), body))

            def _reply(self, status: int, told: dict[str, Any]) -> None:
                data = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
                """Say nothing: the questions are on the keeper's own list."""

        return Handler


def _asked(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError, binascii.Error) as error:
        raise DrawError("not JSON") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise DrawError("not an object of texts")
    return found
