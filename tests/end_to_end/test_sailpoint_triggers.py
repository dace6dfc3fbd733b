"""SailPoint's own Python client, unmodified, drives event triggers; subscribers really answer.

The outbox plays the subscribers: what it answers is in the path of each URL. What a subscriber does
on its own, calling back, these tests do as SailPoint's sample subscriber does: without a token.
"""

import json
import time
import uuid
from urllib.parse import quote

import pytest
from sailpoint import ApiClient, Configuration, ConfigurationParams, TriggersApi
from sailpoint.exceptions import BadRequestException, NotFoundException, UnauthorizedException
from sailpoint.triggers.models.basic_auth_config import BasicAuthConfig
from sailpoint.triggers.models.complete_invocation import CompleteInvocation
from sailpoint.triggers.models.http_config import HttpConfig
from sailpoint.triggers.models.subscription_patch_request_inner import SubscriptionPatchRequestInner
from sailpoint.triggers.models.subscription_patch_request_inner_value import (
    SubscriptionPatchRequestInnerValue,
)
from sailpoint.triggers.models.subscription_post_request import SubscriptionPostRequest
from sailpoint.triggers.models.subscription_put_request import SubscriptionPutRequest
from sailpoint.triggers.models.test_invocation import TestInvocation as Start
from sailpoint.triggers.models.validate_filter_input_dto import ValidateFilterInputDto

from local import demo_tenant
from tests import canaries

# The client warns of experimental methods and closes nothing.
pytestmark = pytest.mark.filterwarnings("ignore")

ASK, TELL = "test:request-response", "test:fire-and-forget"
PATIENCE = 30


def client(stack, key):
    params = ConfigurationParams()
    params.base_url = stack.base_url
    params.client_id, params.client_secret = key["id"], key["secret"]
    return TriggersApi(ApiClient(Configuration(params)))


@pytest.fixture(scope="module")
def key(stack):
    """A tenant of its own, with the demo's two triggers."""
    id = f"triggers-{uuid.uuid4().hex[:8]}"
    made = stack.admin("POST", "/tenants", {"id": id, "name": id}, key=stack.operator_key)["key"]
    for event in demo_tenant.TRIGGERS:
        declared = {name: value for name, value in event.items() if name != "templates"}
        stack.admin("POST", "/event-types", declared, key=made["api_key"])
        # Novu's events name their recipients, so their types need a template.
        words = {"medium": "email", "subject": "Changed", "body": "Changed"}
        stack.admin("PUT", f"/event-types/{event['slug']}/templates", words, key=made["api_key"])
    return made


@pytest.fixture(scope="module")
def api(stack, key):
    return client(stack, key)


@pytest.fixture
def run():
    """A word that only this test's messages contain."""
    return f"run-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def subscribe(stack, api, run):
    """Makes subscriptions, and removes them: only one may hear what wants an answer."""
    made = []

    def subscribed(trigger, path="", mode="SYNC", auth=None, **fields):
        config = HttpConfig(
            url=f"{stack.outbox_url}/http-endpoint/{run}{path}", http_dispatch_mode=mode
        )
        if auth:
            config.http_authentication_type = "BASIC_AUTH"
            config.basic_auth_config = auth
        request = SubscriptionPostRequest(
            name=run, trigger_id=trigger, type="HTTP", http_config=config, **fields
        )
        made.append(api.create_subscription_v1(request))
        return made[-1]

    yield subscribed
    for one in made:
        try:
            api.delete_subscription_v1(one.id)
        except NotFoundException:
            continue


def answering(output):
    return "/answers/" + quote(json.dumps(output, separators=(",", ":")), safe="")


def start(api, trigger, **fields):
    request = Start(trigger_id=trigger, content_json={"workflowId": 1234}, **fields)
    return api.start_test_trigger_invocation_v1(request)


def row_of(api, subscription, *, completed=True):
    """The one row of a subscription's status, once it is as it should be."""
    deadline = time.monotonic() + PATIENCE
    while True:
        rows = api.list_trigger_invocation_status_v1(
            filters=f'subscriptionId eq "{subscription.id}"', sorters="-created"
        )
        if rows and (not completed or rows[0].completed):
            return rows[0]
        assert time.monotonic() < deadline, rows
        time.sleep(0.1)


def told(stack, run):
    [message] = stack.wait_for(1, provider="http-endpoint", contains=run)
    return json.loads(message["body"])


def test_triggers_list_cleanly(api):
    found = api.list_triggers_v1(sorters="id")

    assert {t.id: t.type for t in found if t.id in {ASK, TELL}} == {
        ASK: "REQUEST_RESPONSE",
        TELL: "FIRE_AND_FORGET",
    }
    answer = api.list_triggers_v1_with_http_info(filters=f'id eq "{TELL}"', count=True, limit=1)
    assert answer.headers["x-total-count"] == "1"


def test_the_demo_tenants_triggers_are_listed_whatever_api_they_are_for(stack):
    demo = {"id": stack.described["tenant"]["key_id"]}
    demo["secret"] = stack.described["tenant"]["key_secret"]

    found = {each.id: each for each in client(stack, demo).list_triggers_v1()}

    assert {ASK, TELL, "welcome", "order-shipped", "deploy-finished"} <= found.keys()
    assert json.loads(found[ASK].input_schema)["type"] == "object"


def test_a_subscription_is_made_listed_changed_and_removed(api, subscribe):
    password = canaries.PASSWORD
    auth = BasicAuthConfig(user_name="ana", password=password)

    made = subscribe(TELL, auth=auth, description="d", filter="$.identity")
    put = api.update_subscription_v1(made.id, SubscriptionPutRequest(name="zz", type="HTTP"))
    patch = SubscriptionPatchRequestInner(
        op="replace", path="/filter", value=SubscriptionPatchRequestInnerValue("$.changes")
    )
    patched = api.patch_subscription_v1(made.id, [patch])
    [listed] = api.list_subscriptions_v1(filters=f'id eq "{made.id}"')
    api.delete_subscription_v1(made.id)

    assert made.trigger_name
    assert made.http_config.basic_auth_config.password is None
    assert put.name == "zz"
    assert put.http_config.url == made.http_config.url
    assert patched.filter == "$.changes"
    assert listed == patched
    assert api.list_subscriptions_v1(filters=f'id eq "{made.id}"') == []
    with pytest.raises(NotFoundException):
        api.delete_subscription_v1(made.id)


def test_a_filter_is_validated(api):
    event = {"identityId": "2013"}
    good = ValidateFilterInputDto(input=event, filter='$[?($.identityId == "2013")]')
    bad = ValidateFilterInputDto(input=event, filter="$[")

    found = api.test_subscription_filter_v1(good)
    assert (found.is_valid, found.is_valid_json_path, found.is_path_exist) == (True, True, True)
    assert api.test_subscription_filter_v1(bad).is_valid_json_path is False


def test_nobody_subscribed_is_no_content(api):
    assert start(api, TELL) is None


def test_a_test_reaches_disabled_subscribers_with_the_sample(stack, api, subscribe, run):
    auth = BasicAuthConfig(user_name="ana", password=canaries.PASSWORD)
    made = subscribe(TELL, auth=auth, enabled=False)

    [started] = start(api, TELL)

    [message] = stack.wait_for(1, provider="http-endpoint", contains=run)
    body = json.loads(message["body"])
    assert body.pop("_metadata")["invocationId"] == started.id
    assert body == demo_tenant.TRIGGERS[1]["sample"]
    assert message["headers"]["authorization"].startswith("Basic ")
    assert started.content_json == {"workflowId": 1234}
    row = row_of(api, made)
    assert row.type == "TEST"
    assert row.start_invocation_input.content_json == {"workflowId": 1234}


def test_a_subscriber_answers_at_once(api, subscribe):
    made = subscribe(ASK, answering({"approved": True}))

    start(api, ASK)

    row = row_of(api, made)
    assert row.complete_invocation_input.output == {"approved": True}
    assert row.complete_invocation_input.localized_error is None


def test_a_wrong_answer_is_an_error(api, subscribe):
    made = subscribe(ASK, answering({"approved": "perhaps"}))

    start(api, ASK)

    assert "approved" in row_of(api, made).complete_invocation_input.localized_error.message


def test_no_answer_at_all_is_an_error_after_ten_seconds(api, subscribe):
    made = subscribe(ASK, "/slow/20")

    start(api, ASK)

    error = row_of(api, made).complete_invocation_input.localized_error
    assert "no_answer" in error.message


@pytest.mark.parametrize(("mode", "path"), [("ASYNC", ""), ("DYNAMIC", "/later")])
def test_a_subscriber_answers_later_as_the_sample_does(stack, api, subscribe, run, mode, path):  # noqa: PLR0917 - fixtures
    made = subscribe(ASK, path, mode)

    [started] = start(api, ASK)

    told_how = told(stack, run)["_metadata"]
    assert (told_how["invocationId"], told_how["secret"]) == (started.id, started.secret)
    assert row_of(api, made, completed=False).completed is None
    body = {"secret": told_how["secret"], "output": {"approved": False}}
    wrong = stack.http.post(told_how["callbackURL"], json=body | {"secret": "x"}, timeout=30)
    answer = stack.http.post(told_how["callbackURL"], json=body, timeout=30)
    assert (wrong.status_code, answer.status_code) == (403, 204)
    assert row_of(api, made).complete_invocation_input.output == {"approved": False}


def test_the_client_completes_an_invocation_once(api, subscribe):
    made = subscribe(ASK, mode="ASYNC")
    [started] = start(api, ASK)

    api.complete_trigger_invocation_v1(
        started.id, CompleteInvocation(secret=started.secret, output={"approved": True})
    )

    other = CompleteInvocation(secret=started.secret, output={"approved": False})
    with pytest.raises(BadRequestException):
        api.complete_trigger_invocation_v1(started.id, other)
    assert row_of(api, made).complete_invocation_input.output == {"approved": True}


def test_a_late_answer_is_refused(api, subscribe):
    made = subscribe(ASK, mode="ASYNC", response_deadline="PT0.1S")

    [started] = start(api, ASK)

    error = row_of(api, made).complete_invocation_input.localized_error
    assert "deadline" in error.message
    answer = CompleteInvocation(secret=started.secret, output={"approved": True})
    with pytest.raises(BadRequestException):
        api.complete_trigger_invocation_v1(started.id, answer)


def test_a_real_event_of_another_dialect_reaches_its_subscriber(stack, api, key, subscribe, run):
    heard = subscribe(ASK, answering({"approved": True}), filter="$.changes")
    payload = demo_tenant.TRIGGERS[0]["sample"] | {"run": run}

    event = {"name": ASK, "to": "nobody-in-particular", "payload": payload}
    answer = stack.trigger(event, key=key["api_key"])

    assert answer.json()["data"][0]["status"] == "processed", answer.text
    row = row_of(api, heard)
    assert row.type == "REAL_TIME"
    assert row.start_invocation_input.input["run"] == run
    assert row.complete_invocation_input.output == {"approved": True}


def test_why_a_test_failed_is_told_by_the_admin_api(stack, key, subscribe):
    made = subscribe(TELL, "/status/503")

    answer = stack.admin("POST", f"/subscriptions/{made.id}/test", {}, key=key["api_key"])

    [result] = answer["results"]
    assert (result["sent"], result["http_status"]) == (False, 503)
    assert result["answer"]


def test_bad_requests_are_typed_errors(stack, api, subscribe):
    subscribe(TELL)

    with pytest.raises(BadRequestException) as refused:
        start(api, TELL, input={"identity": 7})
    assert refused.value.data.detail_code.startswith("400.1")
    api_of_stranger = TriggersApi(ApiClient(Configuration(ConfigurationParams())))
    api_of_stranger.api_client.configuration.base_url = stack.base_url
    api_of_stranger.api_client.configuration.access_token = "a.b.c"
    with pytest.raises(UnauthorizedException):
        start(api_of_stranger, TELL)
