"""Translate issued tokens to the wire."""

from carillon.dialects.common import plain
from carillon.dialects.confluent.schemas import TokenResponse
from carillon.dialects.dialect import Answer
from carillon.domain.tenancy.tokens import Token


def granted(token: Token, text: str) -> Answer[TokenResponse]:
    """Return the token's answer, which no cache may keep (RFC 6749, 5.1)."""
    body = TokenResponse(access_token=text, expires_in=token.seconds)
    return Answer(status=200, body=plain(body), headers={"cache-control": "no-store"})
