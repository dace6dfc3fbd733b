"""Tokens as JSON Web Tokens (RFC 7519), signed with HMAC-SHA256 and a key in Secrets Manager."""

from datetime import UTC, datetime
from typing import Any

from carillon.adapters.aws.clients import Clients
from carillon.adapters.aws.secret import Secret
from carillon.domain.base.errors import Unauthenticated
from carillon.domain.tenancy.access import Grant, KeyReach, Scope
from carillon.domain.tenancy.tokens import Token

_ISSUER = "carillon"
_ALGORITHM = "HS256"
_LONGEST = 4096  # characters: an issued token has about 500
_CLAIMS = ["iss", "sub", "jti", "iat", "exp", "tenant_id", "application", "scopes"]


class JwtTokens:
    def __init__(self, clients: Clients, secret_id: str) -> None:
        self._secret = Secret(clients, secret_id)

    def sign(self, token: Token) -> str:
        import jwt  # noqa: PLC0415  # most calls bring a key, not a token

        claims = {
            "iss": _ISSUER,
            "sub": token.grant.key,
            "jti": token.id,
            "iat": int(token.issued_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
            "tenant_id": token.grant.tenant,
            "application": token.grant.application,
            "scopes": sorted(token.grant.scopes),
            "reach": token.grant.reach,
            "environments": token.grant.environments,
        }
        return jwt.encode(claims, self._secret.value(), _ALGORITHM)

    def read(self, text: str) -> Token:
        import jwt  # noqa: PLC0415  # most calls bring a key, not a token

        if len(text) > _LONGEST:
            raise Unauthenticated("The token is too long")
        # The domain compares the times, by its own clock.
        options: Any = {"require": _CLAIMS, "verify_exp": False, "verify_iat": False}
        try:
            claims = jwt.decode(text, self._secret.value(), [_ALGORITHM], options, issuer=_ISSUER)
        except jwt.InvalidTokenError:
            raise Unauthenticated("The token was not issued here") from None
        return _token(claims)


def _token(claims: dict[str, Any]) -> Token:
    known = frozenset(Scope)
    return Token(
        id=claims["jti"],
        grant=Grant(
            key=claims["sub"],
            tenant=claims["tenant_id"],
            application=claims["application"],
            scopes=frozenset(Scope(scope) for scope in claims["scopes"] if scope in known),
            reach=KeyReach(claims.get("reach", KeyReach.APPLICATION)),
            environments=tuple(claims.get("environments", ())),
        ),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
