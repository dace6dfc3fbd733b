"""Tokens on the wire."""

from carillon.dialects.common import plain
from carillon.dialects.confluent.schemas import TokenResponse
from carillon.dialects.dialect import Answer
from carillon.domain.tenancy.tokens import Token


def granted(token: Token, text: str) -> Answer[TokenResponse]:
    """The answer that a token comes in: no cache may keep it (RFC 6749, 5.1)."""
    body = TokenResponse(access_token=text, expires_in=token.seconds)
    return Answer(status=200, body=plain(body), headers={"cache-control": "no-store"})
