"""Private keys and the JSON Web Tokens they sign (RFC 7519).

https://pyjwt.readthedocs.io/en/stable/api.html#jwt.encode
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from carillon.domain.delivery.deliveries import Concern, Outcome, Result
from carillon.domain.delivery.transport import NoAnswer

if TYPE_CHECKING:
    from jwt.api_jws import PyJWS

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
    """Return a token signed with a PEM key; raise NoAnswer (CONFIG) if the key cannot sign it.

    The same claims have the same token, whichever process signs them: Apple refuses the many tokens
    that workers would otherwise bring (TooManyProviderTokenUpdates).
    """
    import jwt  # noqa: PLC0415 - only where tokens are signed, with cryptography
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

    payload = json.dumps(dict(claims), separators=(",", ":")).encode()
    try:
        return _signer().encode(payload, key, algorithm, dict(headers))
    except (jwt.InvalidKeyError, UnsupportedAlgorithm, TypeError, ValueError):
        raise unusable() from None


@cache
def _signer() -> "PyJWS":
    """Return PyJWT's signer, with ECDSA as in RFC 6979: without chance in the signature."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from jwt import algorithms, utils  # noqa: PLC0415
    from jwt.api_jws import PyJWS  # noqa: PLC0415

    class Deterministic(algorithms.ECAlgorithm):
        def sign(self, msg: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
            der = key.sign(msg, ec.ECDSA(self.hash_alg(), deterministic_signing=True))
            return utils.der_to_raw_signature(der, key.curve)

    signer = PyJWS(algorithms=["RS256"])
    curve = Deterministic(algorithms.ECAlgorithm.SHA256, ec.SECP256R1)
    signer.register_algorithm("ES256", curve)
    return signer


def unusable() -> NoAnswer:
    return NoAnswer(
        Result(
            outcome=Outcome.CONFIG,
            code="unusable_private_key",
            detail="the private key in the integration's settings cannot sign",
            concerns=Concern.INTEGRATION,
        )
    )
