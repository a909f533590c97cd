"""A time-stamp authority on this machine: certificates of its own, `openssl ts` behind a small HTTP server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

CONFIG = """
[tsa]
default_tsa = prov
[prov]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey, *, stamps: bool
) -> x509.Certificate:
    """A certificate of that name: one that may stamp, or one that may sign certificates."""
    now = datetime.now(UTC)
    subject, by = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, issuer))
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(by).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=not stamps, path_length=None), critical=True)
    if stamps:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


@dataclass
class Authority:
    """Its folder, its address, and what it was asked. ``answers``: what it says instead of a token, once each."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def roots(self) -> Path:
        """The file of its root certificate."""
        return self.folder / "root.pem"

    def prepare(self) -> None:
        """Make its certificates."""
        self.folder.mkdir()
        root, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        made = {
            "root.pem": certificate("Prov rot", root, "Prov rot", root, stamps=False),
            "signer.pem": certificate("Prov tidsstämpling", signer, "Prov rot", root, stamps=True),
        }
        for name, one in made.items():
            (self.folder / name).write_bytes(one.public_bytes(serialization.Encoding.PEM))
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        key = signer.private_bytes(encoding, form, serialization.NoEncryption())
        (self.folder / "signer.key").write_bytes(key)
        (self.folder / "openssl.cnf").write_text(CONFIG.format(folder=self.folder), encoding="utf-8")
        (self.folder / "serial").write_text("01\n", encoding="ascii")

    def stamp(self, question: bytes) -> bytes:
        """The answer to a question, whatever it asks for."""
        (self.folder / "question.tsq").write_bytes(question)
        files = ("-config", "openssl.cnf", "-queryfile", "question.tsq", "-out", "answer.tsr")
        subprocess.run(("openssl", "ts", "-reply", *files), cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer.tsr").read_bytes()


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """An authority that listens, at an address with a path and a query."""
    service = Authority(folder)
    service.prepare()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            right = (self.path, self.headers["Content-Type"]) == ("/tsa/tsr?v=1", "application/timestamp-query")
            service.asked.append(question)
            given = service.answers.pop(0) if service.answers else (200, service.stamp(question))
            status, body = given if right else (404, b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}/tsa/tsr?v=1"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
