"""Tokens: the fake and JSON Web Tokens keep the same promises."""

from datetime import timedelta

import jwt
import pytest

from carillon.adapters.tenancy.tokens import JwtTokens
from carillon.domain.base.errors import Unauthenticated
from carillon.domain.tenancy.access import Grant, KeyReach, Scope
from carillon.domain.tenancy.tokens import Token
from tests import fakes
from tests.integration.adapters.stubs import ScriptedClients

KEY = "k" * 64
TOKEN = Token(
    id="t-1",
    grant=Grant(
        key="key-1",
        tenant="acme",
        application="shop/web",
        scopes=frozenset({Scope.ADMIN, Scope.ACTIVITY}),
        reach=KeyReach.PROJECT,
        environments=("staging",),
    ),
    issued_at=fakes.START,
    expires_at=fakes.START + timedelta(hours=1),
)


def signing_with(key):
    return JwtTokens(ScriptedClients(get_secret_value=[{"SecretString": key}]), "arn")


@pytest.fixture(params=["fake", "jwt"])
def tokens(request):
    return fakes.Tokens() if request.param == "fake" else signing_with(KEY)


def test_what_was_signed_is_read(tokens):
    assert tokens.read(tokens.sign(TOKEN)) == TOKEN


def test_a_token_has_two_dots_by_which_it_is_told_from_a_key(tokens):
    assert tokens.sign(TOKEN).count(".") == 2


@pytest.mark.parametrize("text", ["", "a.b.c", "..", "é.é.é", "a" * 10_000 + ".b.c"])
def test_what_was_not_signed_is_refused(tokens, text):
    with pytest.raises(Unauthenticated):
        tokens.read(text)


def test_a_token_that_was_changed_is_refused():
    tokens = signing_with(KEY)
    header, _, signature = tokens.sign(TOKEN).split(".")
    other = jwt.encode(claims() | {"tenant_id": "globex"}, KEY + "x", "HS256").split(".")[1]

    with pytest.raises(Unauthenticated):
        tokens.read(f"{header}.{other}.{signature}")


def test_the_key_is_the_secret(clients, tenant):
    clients.secretsmanager.create_secret(Name=tenant, SecretString=KEY)

    text = JwtTokens(clients, tenant).sign(TOKEN)

    assert signing_with(KEY).read(text) == JwtTokens(clients, tenant).read(text) == TOKEN


def test_a_token_of_another_installation_is_refused():
    with pytest.raises(Unauthenticated):
        signing_with(KEY).read(signing_with("o" * 64).sign(TOKEN))


def test_an_unsigned_token_and_another_algorithm_are_refused():
    unsigned = jwt.encode(claims(), None, "none")
    stronger = jwt.encode(claims(), KEY, "HS512")

    for text in (unsigned, stronger):
        with pytest.raises(Unauthenticated):
            signing_with(KEY).read(text)


@pytest.mark.parametrize("claim", ["iss", "sub", "tenant_id", "scopes", "exp"])
def test_a_token_without_a_claim_of_ours_is_refused(claim):
    fewer = {name: value for name, value in claims().items() if name != claim}

    with pytest.raises(Unauthenticated):
        signing_with(KEY).read(jwt.encode(fewer, KEY, "HS256"))


def test_a_scope_that_is_no_more_allows_nothing():
    text = jwt.encode(claims() | {"scopes": ["admin", "fly"]}, KEY, "HS256")

    assert signing_with(KEY).read(text).grant.scopes == {Scope.ADMIN}


def claims():
    return {
        "iss": "carillon",
        "sub": "key-1",
        "jti": "t-1",
        "iat": 1,
        "exp": 2,
        "tenant_id": "acme",
        "application": "shop/web",
        "scopes": ["admin"],
    }
