"""Time-stamps of heads (RFC 3161): an authority of somebody else's says when a head existed at the latest.

What is stamped are the checkpoint's three lines: `head -n 3` of a file in `checkpoints`, with the final newline. The
tokens are whole answers (TimeStampResp, RFC 3161 § 2.4.2), as `openssl ts -verify` reads them too.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates

from audit.errors import NoteError, TimestampError
from audit.log.checkpoint import Checkpoint
from audit.log.note import Note

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

FOLDER = "timestamps"


@dataclass(frozen=True)
class Stamped:
    """A token that was checked: the authority's time (aware) and the subject of the certificate that signed it."""

    at: datetime
    by: str


def file_name(size: int) -> str:
    """The name of the token's file beside an exported log, in the folder `FOLDER`."""
    return f"{size:020}.tsr"


def read_roots(path: Path) -> list[Certificate]:
    """The certificates that are trusted, PEM. Raises `TimestampError`."""
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TimestampError(f"{path}: expected certificates as PEM, found none ({type(error).__name__})") from None


def question(head: Checkpoint) -> "TimeStampRequest":
    """What is sent to an authority: the SHA-256 of the head, a nonce, and the wish for its certificate."""
    library = _library()
    builder = library.TimestampRequestBuilder().data(head.text().encode()).cert_request(cert_request=True)
    asked: TimeStampRequest = builder.hash_algorithm(library.HashAlgorithm.SHA256).build()
    return asked


def stamped(
    token: bytes, head: Checkpoint, roots: Sequence[Certificate], asked: "TimeStampRequest | None" = None
) -> Stamped:
    """What an authority below one of ``roots`` says of the head; with ``asked``, as the answer to just that question.

    Certificates must have been valid at the token's time; they may have run out since. Raises `TimestampError` for
    anything that is not a granted token over exactly this head.
    """
    library = _library()
    with _named():
        builder = library.VerifierBuilder() if asked is None else library.VerifierBuilder.from_request(asked)
        for root in roots:
            builder = builder.add_root_certificate(root)
        answer: TimeStampResponse = library.decode_timestamp_response(token)
        builder.build().verify_message(answer, head.text().encode())
        return Stamped(answer.tst_info.gen_time, _signer(answer))


def check_folder(folder: Path, roots: Sequence[Certificate]) -> Iterator[tuple[str, Stamped | TimestampError]]:
    """Each token beside an exported log, by its file's name: what it says, or what is wrong with it.

    The heads are taken as they lie there: that they are the log's is for `arende-verify`.
    """
    for path in sorted((folder / FOLDER).glob("*.tsr")):
        try:
            yield path.name, stamped(path.read_bytes(), _head(folder / "checkpoints" / path.stem), roots)
        except TimestampError as error:
            yield path.name, error


def _head(path: Path) -> Checkpoint:
    try:
        head = Checkpoint.parse(Note.parse(path.read_text(encoding="utf-8")).text)
    except (OSError, UnicodeDecodeError, NoteError) as error:
        why = f"checkpoints/{path.name}: expected the head that was stamped, found none ({type(error).__name__})"
        raise TimestampError(why) from None
    if f"{head.size:020}" != path.name:
        raise TimestampError(f"checkpoints/{path.name}: expected a head of that size, found one of {head.size}")
    return head


def _signer(answer: "TimeStampResponse") -> str:
    """The subject of the certificate that signed; the verifier has seen that there is one signer and that it fits."""
    (signer,) = answer.signed_data.signer_infos
    certificates = (load_der_x509_certificate(one) for one in answer.signed_data.certificates)
    found = next(
        one for one in certificates if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number)
    )
    return found.subject.rfc4514_string()


@contextmanager
def _named() -> Iterator[None]:
    """Let whatever is wrong with a token from outside be one kind of error."""
    error_of_theirs = _library().VerificationError
    try:
        yield
    except (error_of_theirs, ValueError, StopIteration) as error:
        raise TimestampError(f"expected a granted token over this head by a trusted authority: {error}") from None


def _library() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra: a log without an authority needs none of it
    except ImportError:
        why = "time-stamps need the package rfc3161-client: install arenderobot[timestamps]"
        raise TimestampError(why) from None
    return rfc3161_client
