"""Identifiers: new ones, which sort by time, and derived ones, which repeat with the same work."""

import hashlib
import re
import secrets
import string
import time
import unicodedata
import uuid

_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_LONGEST_SLUG = 100
_LONGEST_DERIVED_SLUG = 90  # leaves room for a suffix
_SUFFIX = string.ascii_lowercase + string.digits
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_.:][a-z0-9]+)*\Z")


def new() -> str:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits, so that ids sort."""
    milliseconds = time.time_ns() // 1_000_000
    chance_a, chance_b = secrets.randbits(12), secrets.randbits(62)
    number = milliseconds << 80 | _VERSION_7 | chance_a << 64 | _VARIANT | chance_b
    return str(uuid.UUID(int=number))


def derived(*parts: str) -> str:
    """Return 26 characters of a hash: equal for equal parts, on any machine and at any time."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return digest[:26]


def suffixed(name: str) -> str:
    """Return the name with six random characters, for when it is taken by itself."""
    return f"{name}-{''.join(secrets.choice(_SUFFIX) for _ in range(6))}"


def shard(text: str, of: int) -> int:
    """Return the text's shard, a number from 0 to `of` - 1 that never changes."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % of


def slug(text: str) -> str:
    """Derive a slug: `order-shipped` for `Order shipped!`, empty for no ASCII letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUGS.sub("-", plain)[:_LONGEST_DERIVED_SLUG].strip("-")


def is_slug(text: str) -> bool:
    return len(text) <= _LONGEST_SLUG and _SLUG.match(text) is not None
