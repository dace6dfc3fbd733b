"""Private keys and the JSON Web Tokens they sign (RFC 7519).

https://pyjwt.readthedocs.io/en/stable/api.html#jwt.encode
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from carillon.domain.delivery.deliveries import Concern, Outcome, Result
from carillon.domain.delivery.transport import NoAnswer

_PEM = re.compile(
    r"\s*-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)"
    r"-----END (?:RSA |EC )?PRIVATE KEY-----\s*\Z"
)
_LONGEST = 8192


def _private_key(text: str) -> str:
    """Check the form only: saving settings should not have to import cryptography."""
    found = _PEM.match(text)
    try:
        base64.b64decode("".join(found[1].split()) if found else "!", validate=True)
    except binascii.Error as error:
        raise ValueError("must be a private key in PEM") from error
    return text


type PrivateKey = Annotated[str, Field(max_length=_LONGEST), AfterValidator(_private_key)]


def signed(
    key: str,
    algorithm: Literal["ES256", "RS256"],
    claims: Mapping[str, Any],
    headers: Mapping[str, Any],
) -> str:
    """Return a token signed with a PEM key; raise NoAnswer (CONFIG) if the key cannot sign it."""
    import jwt  # noqa: PLC0415 - only where tokens are signed, with cryptography
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

    try:
        return jwt.encode(dict(claims), key, algorithm, dict(headers))
    except (jwt.InvalidKeyError, UnsupportedAlgorithm, TypeError, ValueError):
        raise unusable() from None


def unusable() -> NoAnswer:
    return NoAnswer(
        Result(
            outcome=Outcome.CONFIG,
            code="unusable_private_key",
            detail="the private key in the integration's settings cannot sign",
            concerns=Concern.INTEGRATION,
        )
    )
