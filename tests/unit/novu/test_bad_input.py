"""What is wrong with a request is told with 4xx in Novu's shape, and nothing is left behind.

What is wrong is made from the endpoints' own models, of calls that succeed.
"""

import json
from importlib import import_module
from pathlib import Path

import pytest
from novu_py import models

from carillon.dialects.novu.schemas.events import TriggerEventRequest
from carillon.dialects.novu.schemas.subscribers import CreateSubscriberRequest
from carillon.domain.audience.contexts import Context
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.tenancy.access import Scope
from local import template
from tests import builders as a
from tests import canaries, forms, gateway
from tests.unit.novu import telling
from tests.unit.novu.calls import (
    BULK_CREATE,
    BULK_TRIGGER,
    CALLS,
    EVENT,
    MESSAGE,
    NEW_PERSON,
    NOTIFICATION,
)
from tests.variants import TOO_LONG, Model

UNKNOWN = "no-such-thing"
TEMPLATE = template.read(Path(__file__).parents[3] / "template.yaml")
each_call = pytest.mark.parametrize("good", CALLS, ids=str)


@pytest.fixture
def ports():
    ports = telling.world()
    telling.tell(ports, "told", "ana")
    person = a.subscriber("ana", email=canaries.EMAIL, channels=(a.slack_address("ana"),))
    ports.subscribers.by_tenant[a.TENANT]["ana"] = person
    for key in ("team", "empty"):
        topic = Topic(key=key, name=key, created_at=a.NOW, updated_at=a.NOW)
        ports.topics.put(a.TENANT, topic)
    ports.topics.add_members(a.TENANT, "team", ["ana"], a.NOW)
    north = Context(identifier="north", created_at=a.NOW, updated_at=a.NOW)
    ports.contexts.put(a.TENANT, north)
    ports.event_types.save(a.TENANT, a.event_type("ours"), expected=None)
    ports.templates.put(a.TENANT, a.template("ours"))
    own = a.integration("slack", Channel.CHAT, id="int_ours", identifier="ours")
    ports.integrations.put(a.TENANT, own)
    # Another tenant has the same set-up, and nobody in it.
    ports.event_types.save("globex", a.event_type(), expected=None)
    ports.integrations.put("globex", a.integration("slack", Channel.CHAT))
    with gateway.using(ports) as ports:
        yield ports


@pytest.fixture
def told(ports):
    """The ids of what Ana was told."""
    key = gateway.issue_key(ports, a.TENANT, *Scope)
    listed = next(one for one in CALLS if one.function == "messages")
    answer = gateway.call(listed.handler, "GET", listed.path, authorization=f"ApiKey {key}")
    [message] = answer.json["data"]
    return {MESSAGE: message["_id"], NOTIFICATION: message["_notificationId"]}


@pytest.fixture
def call(ports, told):
    keys = {tenant: gateway.issue_key(ports, tenant, *Scope) for tenant in (a.TENANT, "globex")}

    def call(good, *, key=None, tenant=a.TENANT, ids=None, query=None, **body):
        named = filled({**good.ids, **(ids or {})}, told)
        return gateway.call(
            good.handler,
            good.method,
            good.path.format_map(named),
            body.get("body", good.body),
            path_parameters=named,
            query=filled(good.query if query is None else query, told),
            authorization=f"ApiKey {key or keys[tenant]}",
            **{"content-type": body.get("kind", "application/json")},
        )

    return call


def filled(texts, told):
    return {name: told.get(text, text) for name, text in texts.items()}


def assert_refused(answer: gateway.Answer, *statuses: int) -> None:
    """As the official client reads it: anything else is an error of its own."""
    assert answer.status in (statuses or range(400, 429)), (answer.status, answer.text)
    body = answer.json
    assert body["statusCode"] == answer.status
    if answer.status == 422:
        models.ValidationErrorDtoData.model_validate(body)
    elif answer.status == 409 and "subscriberId" in body:
        models.SubscriberResponseDtoErrorData.model_validate(body)
    else:
        models.ErrorDtoData.model_validate(body)


def assert_no_fault_of_ours(answer: gateway.Answer) -> None:
    if answer.status >= 400:
        assert_refused(answer)


def test_every_endpoint_is_called():
    served = {
        (function.folder, method)
        for function in template.functions(TEMPLATE)
        if function.folder.startswith("novu/")
        for method in import_module(function.module).handler.endpoints
    }

    assert {(f"novu/{good.function}", good.method) for good in CALLS} == served


@each_call
def test_the_call_in_the_table_succeeds(good, call):
    answer = call(good)

    assert answer.status in {200, 201, 204}, answer.text
    assert good.model is None or good.model.allows(good.body)


@pytest.mark.parametrize("kind", [forms.URLENCODED, forms.MULTIPART])
@pytest.mark.parametrize("good", [good for good in CALLS if good.body], ids=str)
def test_the_call_in_the_table_succeeds_as_a_form(good, call, kind):
    answer = call(good, body=forms.written(good.body, kind), kind=kind)

    assert answer.status in {200, 201, 204}, answer.text


@each_call
def test_what_the_model_forbids_is_refused_and_leaves_nothing_behind(good, call, ports):
    before = ports.contents()

    for body in good.model.forbidden(good.body) if good.model else ():
        answer = call(good, body=json.dumps(body))
        assert answer.status >= 400, (str(body)[:400], answer.text[:200])
        assert_refused(answer)

    assert ports.contents() == before


@each_call
def test_what_the_model_allows_is_never_our_fault(good, call):
    for body in good.model.allowed(good.body) if good.model else ():
        assert_no_fault_of_ours(call(good, body=json.dumps(body)))


@each_call
def test_every_text_of_a_body_has_a_limit(good):
    assert good.model is None or good.model.unlimited(good.body) == []


def test_a_wrong_event_of_a_bulk_is_told_in_its_place(call, ports):
    before = ports.contents()

    for wrong in wrong_items(TriggerEventRequest, EVENT):
        [refused] = call(BULK_TRIGGER, body={"events": [wrong]}).json["data"]
        assert refused["status"] == "error", wrong
        assert refused["error"]

    assert ports.contents() == before


def test_a_wrong_subscriber_of_a_bulk_is_told_in_its_place(call, ports):
    before = ports.contents()

    for wrong in wrong_items(CreateSubscriberRequest, NEW_PERSON):
        [refused] = call(BULK_CREATE, body={"subscribers": [wrong]}).json["data"]["failed"]
        assert refused["message"], wrong

    assert ports.contents() == before


def wrong_items(type, good):
    """Those that are not the whole request's fault, as a text that no JSON may have is."""
    return (item for item in Model(type).forbidden(good) if TOO_LONG not in repr(item))


@each_call
@pytest.mark.parametrize("body", ["{", "", "[" * 50_000, '{"a": NaN}', '{"a": "\\ud800"}', b"\xff"])
def test_what_is_no_json_is_refused(good, call, body):
    if good.model:
        assert_refused(call(good, body=body), 400)


@each_call
def test_what_does_not_exist_and_what_is_anothers_look_the_same(good, call, told, ports):
    before = ports.contents()
    for parameter in good.finds:
        assert_refused(call(good, ids={parameter: UNKNOWN}))
        for odd in ("x" * 300, "\N{BELL}\x00", "😀" * 255):
            assert_refused(call(good, ids={parameter: odd}))
    for parameter in good.finds[:1]:
        absent = call(good, ids={parameter: UNKNOWN})
        others = call(good, tenant="globex")
        assert_refused(others, absent.status)
        [asked] = filled({parameter: good.ids[parameter]}, told).values()
        assert others.json["message"].replace(asked, UNKNOWN) == absent.json["message"]

    assert ports.contents() == before


@each_call
def test_odd_parameters_of_a_query_are_refused(good, call):
    model = Model(good.endpoint.query) if good.endpoint.query else None
    for name in model.schema["properties"] if model else ():
        for odd in ("x" * 5_000, "9" * 30, "-1", "\x00", "1e999", "NaN", "nonsense"):
            answer = call(good, query={**good.query, name: odd})
            assert model.may_be(name, odd) or answer.status == 422, (name, odd, answer.text)
            assert_no_fault_of_ours(answer)
        assert_no_fault_of_ours(call(good, query={**good.query, name: ""}))
    for name in model.schema.get("required", ()) if model else ():
        given = {other: value for other, value in good.query.items() if other != name}
        assert_refused(call(good, query=given), 422)


@each_call
def test_a_key_without_the_scope_is_refused(good, call, ports):
    key = gateway.issue_key(ports, a.TENANT, Scope.EVENT_LIST)

    answer = call(good, key=key)

    if good.endpoint.rules.scope is None:
        assert answer.status == 200
    else:
        assert_refused(answer, 403)
