"""The log's signing keys: two of them from one secret file, and how they are exchanged."""

from base64 import b64encode
from typing import NamedTuple

from audit.canonical import JSON
from audit.log.note import Algorithm, SigningKey, VerifierKey
from audit.vault.keys import derive

ROTATED = "key.rotated"


class LogKeys(NamedTuple):
    """What signs every checkpoint: one key that everybody can verify, and one that survives quantum computers."""

    ed25519: SigningKey
    ml_dsa_44: SigningKey

    @property
    def verifiers(self) -> tuple[VerifierKey, ...]:
        """The public halves."""
        return tuple(key.verifier for key in self)


def log_keys(origin: str, secret: bytes) -> LogKeys:
    """The keys of a log's secret (32 bytes). Raises `NoteError` for an origin that cannot be a key's name."""
    return LogKeys(
        SigningKey.from_seed(origin, Algorithm.ED25519, derive(secret, "arenderobot/log/ed25519/v1")),
        SigningKey.from_seed(origin, Algorithm.ML_DSA_44, derive(secret, "arenderobot/log/ml-dsa-44/v1")),
    )


def rotations(old: LogKeys, new: LogKeys) -> list[dict[str, JSON]]:
    """The bodies of the `key.rotated` entries: each new key is vouched for by the old one, and the other way round."""
    return [_rotation(before, after) for before, after in zip(old, new, strict=True)]


def _rotation(old: SigningKey, new: SigningKey) -> dict[str, JSON]:
    before, after = old.verifier.text(), new.verifier.text()
    message = f"key.rotated/v1\n{old.name}\n{before}\n{after}\n".encode()
    signatures = {"by_old": old.sign(message), "by_new": new.sign(message)}
    return {"old": before, "new": after, **{name: b64encode(made).decode() for name, made in signatures.items()}}
