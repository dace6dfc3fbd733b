"""Identifiers: some sort by time, some repeat whenever the same work repeats."""

import hashlib
import re
import secrets
import string
import time
import uuid

_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_LONGEST_SLUG = 100
_SUFFIX = string.ascii_lowercase + string.digits
_SLUG = re.compile(r"[a-z0-9]+(?:[-_.:][a-z0-9]+)*\Z")


def new() -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance, so that ids sort by time."""
    milliseconds = time.time_ns() // 1_000_000
    chance_a, chance_b = secrets.randbits(12), secrets.randbits(62)
    number = milliseconds << 80 | _VERSION_7 | chance_a << 64 | _VARIANT | chance_b
    return str(uuid.UUID(int=number))


def derived(*parts: str) -> str:
    """The same 26 characters for the same parts, on every machine and for ever."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return digest[:26]


def suffixed(name: str) -> str:
    """Return the name with six random characters, for when it is taken by itself."""
    return f"{name}-{''.join(secrets.choice(_SUFFIX) for _ in range(6))}"


def shard(text: str, of: int) -> int:
    """A stable shard number for the text, 0 to `of` - 1."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % of


def is_slug(text: str) -> bool:
    return len(text) <= _LONGEST_SLUG and _SLUG.match(text) is not None
