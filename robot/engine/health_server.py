"""A small HTTP server for those who watch worker and scheduler: /healthz, /readyz and /metrics."""

import hmac
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog
from pydantic import SecretStr

from robot.engine.health import health_of, told
from robot.engine.house import House
from robot.engine.metrics import rendered

log = structlog.get_logger(__name__)
PLAIN = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"
Answer = tuple[int, str, bytes]


class HealthServer:
    """Answers on the settings' health port until it is stopped; with port 0 in the settings it does nothing."""

    def __init__(self, house: House, *, silent_seconds: Callable[[], float] | None = None) -> None:
        """``silent_seconds``: since when the scheduler of this process has not beaten, when it has one."""
        self._house = house
        self._silent_seconds = silent_seconds
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int | None:
        """Where it listens; None when it does not."""
        return None if self._server is None else self._server.server_address[1]

    def start(self, *, port: int | None = None) -> None:
        """Listen. ``port``: another than the settings say; 0 takes a free one. Raises `OSError` when it is taken."""
        wanted = (self._house.settings.health_port or None) if port is None else port
        if wanted is None:
            return
        server = ThreadingHTTPServer((self._house.settings.health_host, wanted), self._handler())
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, name="arende-health", daemon=True).start()
        self._server = server
        log.info("health.listening", port=server.server_address[1])

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, path: str, authorization: str) -> Answer:
        if path == "/healthz":
            return 200, PLAIN, b"ok\n"
        if path == "/readyz":
            found = health_of(self._house, silent_seconds=self._silent_seconds)
            status = 503 if any(health.wrong for health in found) else 200
            return status, PLAIN, "".join(f"{line}\n" for line in told(found)).encode()
        if path == "/metrics":
            return self._metrics(authorization)
        return 404, PLAIN, b"there is /healthz, /readyz and /metrics\n"

    def _metrics(self, authorization: str) -> Answer:
        if not may_read_metrics(self._house.settings.metrics_token, authorization):
            return 401, PLAIN, b"give the bearer token that ARENDE_METRICS_TOKEN holds\n"
        return 200, METRICS, rendered(self._house.database, self._house.clock.now())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            server_version = "arende"
            sys_version = ""
            timeout = 10

            def do_GET(self) -> None:
                try:
                    status, kind, body = answer(self.path, self.headers.get("Authorization", ""))
                except Exception:  # whoever watches must be told that something is wrong, and drift what
                    log.exception("health.failed", path=self.path)
                    status, kind, body = 500, PLAIN, b"the check itself failed; see the log\n"
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
                """Say nothing: a probe every few seconds would drown what matters."""

        return Handler


def may_read_metrics(token: SecretStr | None, authorization: str) -> bool:
    """Whether the request carries the token. Without a token in the settings nobody may."""
    return token is not None and hmac.compare_digest(
        authorization.encode(), f"Bearer {token.get_secret_value()}".encode()
    )
