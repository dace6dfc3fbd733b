"""The largest bodies that the models allow store no item that DynamoDB would refuse.

Each field is at its limit at once, in characters of 12 bytes of JSON. Source of the limit:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass

import pytest
from pydantic import TypeAdapter, ValidationError

from carillon.adapters.aws import codecs
from carillon.domain.base.errors import TooLarge
from tests import gateway
from tests.rights.watching import watched
from tests.unit.test_bad_bodies import CALLS, ask, known, ports, shop_key
from tests.variants import at, instead

__all__ = ["known", "ports"]  # fixtures

ITEM_BYTES = 400 * 1024
WIDE = "\N{FACE WITH TEARS OF JOY}"
LENGTHS = (64_000, 20_000, 5_000, 2_048, 2_000, 1_300, 1_000, 500, 320, 255, 200, 100, 64, 35)
# Written one by one by the table, which measures them and refuses them in words.
MEASURED = {"put", "save", "add", "create", "replace", "start", "complete", "change"}
# Written in bulk, where nobody would be told.
IN_BULK = ("subscribers.", "feeds.", "history.", "chunks.", "waiting.", "invocations.", "replays.")


# What must be the name of something that is there, or is written in a language.
NAMES = {
    *("provider", "integration", "event_type", "invocation", "filter", "settings", "triggerId"),
    *("key", "medium", "application", "email", "value", "credentials", "providerId", "to"),
    *("notificationId", "workflowId", "tenant", "domain", "mailFromDomain", "subscriberId"),
    *("topicKey", "environmentId", "identifier", "actor", "locale"),
}


def candidates(value, most) -> Iterator[object]:
    """Yield ever smaller values of the same kind."""
    if isinstance(value, list):
        yield from (value * times for times in (500, 100, 50, 20, 10))
        return
    for length in (one for one in LENGTHS if one <= most):
        if isinstance(value, str):
            yield WIDE * length
            yield "x" * length
        elif isinstance(value, dict):
            yield {**value, "x": WIDE * (length // 12)}


def largest(good, most=LENGTHS[0]):
    """Return the body with each field at the limit of its model, and of so many characters."""
    model = TypeAdapter(good.endpoint.body)
    body = copy.deepcopy(good.body)
    places = [
        place
        for place, _ in good.model._places(good.model.schema, body)
        if is_at(body, place) and place[-1] not in NAMES
    ]
    # Lists last, and inner ones first: they repeat what is in them by then.
    for place in sorted(places, key=lambda p: (isinstance(at(body, p), list), -len(p))):
        value = at(body, place)
        for other in candidates(value, most):
            changed = instead(body, place, other)
            if len(json.dumps(changed)) > 5_000_000:
                continue
            try:
                model.validate_python(changed)
            except ValidationError:
                continue
            body = changed
            break
    return body


def is_at(body, place):
    try:
        at(body, place)
    except LookupError:
        return False
    return True


@contextmanager
def measuring(method, arguments):
    """Refuse what the table would refuse, if it is what writes it."""
    for one in arguments:
        for value in one if isinstance(one, list | tuple) else (one,):
            if is_dataclass(value) and not isinstance(value, type):
                size = len(codecs.dump(value))
                if size > ITEM_BYTES - 1_024 and method.partition(".")[2] in MEASURED:
                    assert not method.startswith(IN_BULK), (method, size)
                    raise TooLarge(f"This would be stored in {size} bytes")
    yield


@pytest.mark.parametrize("most", [LENGTHS[0], 5_000])  # some have limits for all fields together
@pytest.mark.parametrize("good", CALLS, ids=str)
def test_the_largest_body_is_stored_or_refused_in_words(good, most, ports, known):
    key = shop_key(ports)
    body = largest(good, most)

    with gateway.using(watched(ports, measuring)):
        answer = ask(good, key, body, known)

    assert answer.status < 429, (answer.status, answer.text[:300])
    assert len(answer.text) < 6_000_000
