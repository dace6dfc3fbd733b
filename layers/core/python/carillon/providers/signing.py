"""Standard Webhooks signatures, version 1: HMAC-SHA256 over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from carillon.domain.catalogue.templates import Message

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key(secret: str) -> bytes:
    """Decode a `whsec_` secret; raise ValueError for anything else."""
    if not secret.startswith(_PREFIX):
        raise ValueError(f"must start with {_PREFIX}")
    try:
        found = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(f"must be Base64 after {_PREFIX}") from error
    if not _SHORTEST <= len(found) <= _LONGEST:
        raise ValueError(f"must encode {_SHORTEST} to {_LONGEST} bytes")
    return found


def sign(id: str, timestamp: int, body: bytes, keys: Iterable[bytes]) -> str:
    """Return the signature header, with one signature per key: a receiver may have either."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys
    )


def headers(message: Message, body: bytes, secrets: Iterable[str | None]) -> Mapping[str, str]:
    """Return the headers a receiver verifies: the id stays over attempts, the time does not."""
    timestamp = int(message.attempted_at.timestamp())
    keys = [key(secret) for secret in secrets if secret]
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(message.id, timestamp, body, keys),
    }


def with_secret(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add a random secret to settings without one."""
    return settings if "secret" in settings else {**settings, "secret": new_secret()}


def _secret(secret: str) -> str:
    key(secret)
    return secret


type SigningSecret = Annotated[str, AfterValidator(_secret)]
