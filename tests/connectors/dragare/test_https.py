"""The draw service over HTTPS, with a certificate of the municipality's own authority."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from audit.clock import ManualClock
from audit.stickprov.keeper import IN_MEMORY, Keeper
from audit.stickprov.service import KeeperServer
from connectors import _http
from connectors.contract import ConnectorSettings, Failed, FailureKind
from connectors.dragare.client import create
from connectors.dragare.models import Atagande

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Files with a certificate for this machine, which signs itself, and with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dragare")])
    now = datetime.now(UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(host, critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*form))
    return chain, private


@pytest.fixture
def address(certificate: tuple[Path, Path]) -> Iterator[str]:
    """The service with that certificate."""
    keeper = Keeper(bytes(32), IN_MEMORY, ManualClock(NOW))
    server = KeeperServer(keeper, token="delad", host="127.0.0.1", port=0, certificate=certificate)
    server.start()
    yield f"https://127.0.0.1:{server.port}"
    server.stop()
    keeper.close()


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Trusted certificates are read anew, before and after."""
    _http._certificates.cache_clear()
    yield monkeypatch
    _http._certificates.cache_clear()


async def _pledge(address: str) -> Atagande | Failed:
    client = create(ConnectorSettings(base_url=address, token=SecretStr("delad")), now=lambda: NOW)
    try:
        return await client.pledge("ekonomiskt_bistand", "2026-11")
    finally:
        await client.aclose()


async def test_the_robot_trusts_the_authority_that_the_machine_trusts(
    address: str, certificate: tuple[Path, Path], unread: pytest.MonkeyPatch
) -> None:
    """With the authority's file in SSL_CERT_FILE the keeper answers over HTTPS."""
    unread.setenv(ssl.get_default_verify_paths().openssl_cafile_env, str(certificate[0]))
    assert isinstance(await _pledge(address), Atagande)


@pytest.mark.usefixtures("unread")
async def test_a_keeper_with_a_strangers_certificate_is_not_believed(address: str) -> None:
    """Without it there is no answer, and so no ticket: the case waits."""
    answer = await _pledge(address)
    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.RETRY


async def test_a_caller_that_says_nothing_keeps_nobody_waiting(
    address: str, certificate: tuple[Path, Path], unread: pytest.MonkeyPatch
) -> None:
    """Somebody connects and never shakes hands; the robot's question is answered meanwhile."""
    unread.setenv(ssl.get_default_verify_paths().openssl_cafile_env, str(certificate[0]))
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))):
        assert isinstance(await _pledge(address), Atagande)
