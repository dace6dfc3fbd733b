"""SailPoint's own Python client, unmodified, tests notifications: only URL and client are ours.

It warns of experimental methods, and of nothing that we answer.
"""

import uuid

import pytest
import requests
from sailpoint import ApiClient, Configuration, ConfigurationParams, NotificationsApi
from sailpoint.exceptions import BadRequestException, NotFoundException
from sailpoint.notifications.models.email_status_dto import EmailStatusDto
from sailpoint.notifications.models.preferences_dto import PreferencesDto
from sailpoint.notifications.models.send_test_notification_request_dto import (
    SendTestNotificationRequestDto,
)
from sailpoint.notifications.models.template_bulk_delete_dto import TemplateBulkDeleteDto
from sailpoint.notifications.models.template_dto import TemplateDto

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def tenant(stack):
    return stack.described["tenant"]


@pytest.fixture(scope="module")
def api(stack, tenant):
    params = ConfigurationParams()
    params.base_url = stack.base_url
    params.client_id = tenant["key_id"]
    params.client_secret = tenant["key_secret"]
    return NotificationsApi(ApiClient(Configuration(params)))


@pytest.fixture
def run():
    """A word that only this test's messages contain."""
    return f"run-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def key(stack, run):
    """A notification of the test's own: what others remember of it for a minute harms nobody."""
    stack.admin("POST", "/event-types", {"slug": run, "name": "A notice"})
    for medium in ("email", "chat"):
        words = {"medium": medium, "subject": "Order {{ order }}", "body": "Shipped"}
        stack.admin("PUT", f"/event-types/{run}/templates", words)
    return run


def send(api, **fields):
    return api.send_test_notification_v1_with_http_info(SendTestNotificationRequestDto(**fields))


def test_a_multipart_form_gives_a_token_as_npms_client_asks_for_it(stack, tenant):
    fields = {
        "grant_type": (None, "client_credentials"),
        "client_id": (None, tenant["key_id"]),
        "client_secret": (None, tenant["key_secret"]),
    }

    answer = requests.post(f"{stack.base_url}/oauth/token", files=fields, timeout=30)

    assert answer.status_code == 200
    token = answer.json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    info = requests.get(f"{stack.base_url}/oauth/info", headers=bearer, timeout=30).json()
    assert info["tenantId"] == tenant["id"]
    assert info["tokenEndpoint"] == f"{stack.base_url}/oauth/token"


def test_a_test_mail_lands_in_the_mailboxes_that_one_names(stack, api, run):
    answer = send(
        api,
        key="order-shipped",
        medium="EMAIL",
        context={"order": run},
        recipient_email_list=["ana@carillon.example"],
        carbon_copy=["bo@carillon.example"],
    )

    assert answer.status_code == 204
    [message] = stack.wait_for(1, contains=run, provider="email")
    assert f"Order {run} is on its way" in str(message)


@pytest.mark.parametrize(
    ("medium", "provider"), [("EMAIL", "email"), ("SLACK", "slack"), ("TEAMS", "msteams")]
)
def test_a_test_goes_to_the_integrations_own_target(stack, api, run, medium, provider):
    answer = send(api, key="order-shipped", medium=medium, context={"order": run})

    assert answer.status_code == 204
    [message] = stack.wait_for(1, contains=run)
    assert message["provider"] == provider


def test_what_is_wrong_is_told_as_the_client_parses_it(api):
    with pytest.raises(NotFoundException) as unknown:
        send(api, key="no-such", medium="EMAIL")
    with pytest.raises(BadRequestException) as wrong:
        send(api, key="order-shipped", medium="PHONE")

    assert unknown.value.data.detail_code == "404 Not found"
    assert len(unknown.value.data.tracking_id) == 32
    assert wrong.value.data.detail_code == "400.1.3 Illegal value"
    assert wrong.value.data.causes[0].text


@pytest.mark.parametrize("path", ["/beta/", "/v2024/", "/v2025/", "/v2026/", "/"])
def test_every_spelling_of_the_path_is_the_same(stack, tenant, path):
    key = {
        "authorization": f"Bearer {tenant['api_key']}",
        "x-sailpoint-experimental": "true",
    }
    url = f"{stack.base_url}{path}send-test-notification"

    answer = requests.post(url, json={"key": "x", "medium": "EMAIL"}, headers=key, timeout=30)

    assert answer.status_code == 404
    assert answer.json()["causes"][0]["text"] == "notification or trigger 'x' not found"


def test_a_tenants_own_template_is_in_the_place_of_the_default_one(stack, api, run, key):
    [default] = api.list_notification_template_defaults_v1(
        filters=f'key eq "{key}" and medium eq "EMAIL"'
    )
    words = TemplateDto(
        key=key,
        medium="EMAIL",
        locale="en",
        subject="$order in our own words",
        body="#foreach($item in $items)<p>$foreach.count: $item</p>#end",
    )
    saved = api.create_notification_template_v1(words)

    context = {"order": run, "items": ["lamp", "book"]}
    send(api, key=key, medium="EMAIL", context=context)
    [message] = stack.wait_for(1, contains=run)

    assert default.subject == "Order {{ order }}"
    assert f"{run} in our own words" in str(message)
    assert "<p>2: book</p>" in str(message)
    assert api.get_notification_template_v1(id=saved.id).body == words.body
    assert saved.id in {template.id for template in api.list_notification_templates_v1()}
    gone = TemplateBulkDeleteDto(key=key, medium="EMAIL")
    api.delete_notification_templates_in_bulk_v1([gone])
    assert saved.id not in {template.id for template in api.list_notification_templates_v1()}


def test_what_templates_can_say_is_told(api, tenant):
    context = api.get_notifications_template_context_v1()
    variables = api.get_notification_template_variables_v1(key="order-shipped", medium="EMAIL")

    assert context.attributes["emailFromAddress"] == "hello@carillon.example"
    assert "order" in {variable.key for variable in variables.template_variables}
    assert "__global.productName" in {variable.key for variable in variables.global_variables}


def test_a_medium_that_is_off_brings_nothing(stack, api, run, key):
    muted = PreferencesDto(key=key, mediums=["SLACK"])

    assert len(api.get_notification_preferences_v1(key=key).mediums) == 4
    assert api.set_notification_preferences_v1(key=key, preferences_dto=muted).key == key

    slack = {"webhookUrl": f"{stack.outbox_url}/slack/T0/B0/{run}"}
    person = {
        "subscriberId": run,
        "email": f"{run}@carillon.example",
        "channels": [{"providerId": "slack", "credentials": slack}],
    }
    stack.trigger({"name": key, "to": person, "payload": {"order": run}})
    [message] = stack.wait_for(1, contains=run)
    assert message["provider"] == "slack"
    [listed] = api.list_notification_preferences_v1(filters=f'key eq "{key}"')
    assert listed.mediums == ["SLACK"]


def test_an_address_is_verified_listed_and_removed(api, run):
    address = EmailStatusDto(email=f"{run}@carillon.example")

    added = api.create_verified_from_address_v1(email_status_dto=address)

    listed = api.list_from_addresses_v1(filters=f'email eq "{added.email}"')
    assert [(one.id, one.verification_status) for one in listed] == [(added.id, "SUCCESS")]
    api.delete_verified_from_address_v1(id=added.id)
    assert api.list_from_addresses_v1(filters=f'email eq "{added.email}"') == []
