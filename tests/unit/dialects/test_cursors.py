"""A cursor or page token that no list gave is refused with its parameter's name, by every list."""

from importlib import import_module
from pathlib import Path

import pytest

from carillon.domain.audience.topics import Topic
from carillon.domain.tenancy.access import KeyReach, Scope
from carillon.usecases.delivery.fan_out import fan_out
from local import template
from tests import builders as a
from tests import canaries, gateway
from tests.unit.confluent.conftest import basic

FUNCTIONS = template.functions(template.read(Path(__file__).parents[3] / "template.yaml"))
NAMES = ("cursor", "page_token", "after", "before")
JUNK = ("x", "%%%", "WyJhIl0", "WyJhIiwiYiJd", "0", "e30", "ü", "a" * 200)
PLACES = {
    "org": a.TENANT,
    "prj": "default",
    "app": "default",
    "list": "everybody",
    "topicKey": "everybody",
    "key": "everybody",
    "event_type": "welcome",
    "subscriberId": "s1",
    "subscriber": "s1",
    "topic": "everybody",
}


def lists():
    for function in FUNCTIONS:
        handler = getattr(import_module(function.module), function.attribute)
        for method, endpoint in getattr(handler, "endpoints", {}).items():
            fields = endpoint.query.model_fields.items() if endpoint.query else ()
            for name in {field.alias or name for name, field in fields} & set(NAMES):
                _, path = function.routes[0]
                yield pytest.param(handler, method, path, name, id=f"{function.folder} {name}")


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        topics = ports.of(a.TENANT).topics
        topics.add(Topic(key="everybody", name="", created_at=a.NOW, updated_at=a.NOW))
        ports.subscribers.save(a.TENANT, [a.subscriber("s1")])
        fan_out(a.job(a.invocation("i1"), id="j1"), ports=ports.of(a.TENANT))
        yield ports


def authorized(handler, ports):
    dialect = handler.endpoints["GET"].rules.dialect.name
    key = gateway.issue_key(ports, a.TENANT, *Scope, reach=KeyReach.ORGANIZATION)
    schemes = {
        "bitcaster": f"Key {key}",
        "confluent": basic(key),
        "novu": f"ApiKey {key}",
    }
    if handler.endpoints["GET"].rules.operator:
        return f"Bearer {canaries.OPERATOR_KEY}"
    return schemes.get(dialect, f"Bearer {key}")


def test_there_are_lists():
    assert len(list(lists())) > 20


@pytest.mark.parametrize(("handler", "method", "path", "name"), [*lists()])
def test_junk_is_refused_by_the_parameters_name(handler, method, path, name, ports):
    parts = [part.strip("{}+") for part in path.split("/") if part.startswith("{")]
    place = {part: PLACES.get(part, "i1") for part in parts}
    known = authorized(handler, ports)

    for junk in JUNK:
        answer = gateway.call(
            handler, method, path, query={name: junk}, path_parameters=place, authorization=known
        )
        assert answer.status in {400, 422}, (path, junk, answer.text)
        assert name in answer.text
