"""What the dialects share: ids in paths, error tables, and what an address looks like."""

from datetime import datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from carillon.dialects import common
from carillon.dialects.admin.schemas.common import Email as AdminEmail
from carillon.dialects.bitcaster.schemas.common import Email as BitcasterEmail
from carillon.dialects.novu.schemas.subscribers import Email as NovuEmail
from carillon.dialects.sailpoint.schemas.common import Email as SailPointEmail
from carillon.domain.base.errors import (
    CarillonError,
    Forbidden,
    MethodNotAllowed,
    MissingScope,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from carillon.domain.base.terms import Noun

EMAILS = {
    "admin": AdminEmail,
    "bitcaster": BitcasterEmail,
    "novu": NovuEmail,
    "sailpoint": SailPointEmail,
}


@pytest.mark.parametrize("email", EMAILS.values(), ids=EMAILS)
@pytest.mark.parametrize(
    "text",
    [
        "ana",
        "@example.com",
        "ana@",
        "ana@li@example.com",
        "ana li@example.com",
        "ana;ben@example.com",
        "ana,ben@example.com",
        "Ana <ana@example.com>",
        "ana@example.com\r\nbcc: ben@example.com",
        "ana\x00@example.com",
        "ana@exa\x7fmple.com",
        "ana@exa\x85mple.com",
        "ana@localhost",
        "ana@.example",
        "ana@example.",
        f"{'a' * 250}@example.com",
    ],
)
def test_every_dialect_refuses_what_is_no_email_address(email, text):
    with pytest.raises(ValidationError):
        TypeAdapter(email).validate_python(text)


@pytest.mark.parametrize("email", EMAILS.values(), ids=EMAILS)
@pytest.mark.parametrize("text", ["ana@example.com", "o'neil+tag@sub.example.co", "ü@exämple.com"])
def test_every_dialect_takes_an_email_address(email, text):
    assert TypeAdapter(email).validate_python(text) == text


@pytest.mark.parametrize("id", ["ana", "größe", "Ana Li", "a\u00a0b", "x" * 255, "😀" * 255])
def test_an_id_in_a_path_is_taken_as_it_is(id):
    assert common.path_id({"subscriber": id}, Noun.SUBSCRIBER) == id


@pytest.mark.parametrize("id", ["", "x" * 256, "a\x00b", "a\nb", "\x7f"])
def test_an_id_that_cannot_have_been_stored_is_not_found(id):
    with pytest.raises(NotFound) as error:
        common.path_id({"subscriberId": id}, Noun.SUBSCRIBER, "subscriberId")

    assert error.value.noun is Noun.SUBSCRIBER
    assert error.value.id.isprintable()
    assert len(error.value.id) <= 4 * common.LONGEST_ID


@pytest.mark.parametrize("slug", ["größe", "😀" * 255])
def test_a_slug_in_a_path_is_ascii(slug):
    assert common.path_slug({"event_type": "order-shipped"}, Noun.EVENT_TYPE) == "order-shipped"
    with pytest.raises(NotFound):
        common.path_slug({"event_type": slug}, Noun.EVENT_TYPE)


def test_the_closest_class_of_an_error_decides():
    table = {CarillonError: 1, Forbidden: 2, MissingScope: 3}

    assert common.nearest(MissingScope("admin"), table, 0) == 3
    assert common.nearest(Forbidden("no"), table, 0) == 2
    assert common.nearest(NotFound(Noun.TOPIC, "x"), table, 0) == 1
    assert common.nearest(NotFound(Noun.TOPIC, "x"), {Forbidden: 2}, 0) == 0


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (Unauthenticated("who"), {"www-authenticate": "Basic"}),
        (MethodNotAllowed("PUT", ("GET", "POST")), {"allow": "GET, POST"}),
        (RateLimited(7), {"retry-after": "7"}),
        (Unavailable("later", 3), {"retry-after": "3"}),
        (Forbidden("no"), {}),
    ],
)
def test_an_error_has_the_headers_that_http_demands(error, headers):
    assert common.http_headers(error, "Basic") == headers


def test_a_dialect_without_a_challenge_sends_none():
    assert common.http_headers(Unauthenticated("who")) == {}


def test_a_time_is_said_in_utc_with_milliseconds():
    berlin = timezone(timedelta(hours=1))

    assert common.zulu(datetime(2026, 1, 2, 3, 4, 5, 678901, berlin)) == "2026-01-02T02:04:05.678Z"
