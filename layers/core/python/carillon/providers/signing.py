"""Standard Webhooks signatures, version 1: HMAC-SHA256 over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key(secret: str) -> bytes:
    """The bytes of a `whsec_` secret; raise ValueError for what is none."""
    if not secret.startswith(_PREFIX):
        raise ValueError(f"must start with {_PREFIX}")
    try:
        found = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(f"must be Base64 after {_PREFIX}") from error
    if not _SHORTEST <= len(found) <= _LONGEST:
        raise ValueError(f"must hold {_SHORTEST} to {_LONGEST} bytes")
    return found


def sign(id: str, timestamp: int, body: bytes, keys: Iterable[bytes]) -> str:
    """The signature header: one signature a key, so that a receiver may know either."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys
    )
