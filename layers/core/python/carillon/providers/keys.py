"""Private keys and the tokens they sign (RFC 7519), for providers that want one.

https://www.rfc-editor.org/rfc/rfc7515
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import NoAnswer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_PEM = re.compile(
    r"\s*-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)"
    r"-----END (?:RSA |EC )?PRIVATE KEY-----\s*\Z"
)
_LONGEST = 8192
_P256 = 32  # bytes of each half of a signature


def _private_key(text: str) -> str:
    """Its form only: who configures has no need to load what reads it."""
    found = _PEM.match(text)
    try:
        base64.b64decode("".join(found[1].split()) if found else "!", validate=True)
    except binascii.Error as error:
        raise ValueError("must be a private key in PEM") from error
    return text


type PrivateKey = Annotated[str, Field(max_length=_LONGEST), AfterValidator(_private_key)]


def es256(key: str, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Signed with an elliptic curve key; the CONFIG of a NoAnswer if it is none."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - only where it signs
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    loaded = _loaded(key)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey) or loaded.key_size != _P256 * 8:
        raise _unusable()
    signed = _signed({"alg": "ES256", **header}, claims)
    r, s = utils.decode_dss_signature(loaded.sign(signed, ec.ECDSA(hashes.SHA256())))
    return f"{signed.decode()}.{_base64(r.to_bytes(_P256) + s.to_bytes(_P256))}"


def rs256(key: str, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Signed with an RSA key; the CONFIG of a NoAnswer if it is none."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - only where it signs
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

    loaded = _loaded(key)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise _unusable()
    signed = _signed({"alg": "RS256", "typ": "JWT", **header}, claims)
    signature = loaded.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return f"{signed.decode()}.{_base64(signature)}"


@lru_cache(maxsize=100)
def _loaded(key: str) -> "PrivateKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        return load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unusable() from None


def _unusable() -> NoAnswer:
    return NoAnswer(Result(outcome=Outcome.CONFIG, code="unusable_private_key"))


def _signed(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bytes:
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, claims))
    return ".".join(map(_base64, parts)).encode()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
