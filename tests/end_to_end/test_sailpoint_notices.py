"""SailPoint's own Python client, unmodified, tests notifications: only URL and client are ours.

It warns of experimental methods, and of nothing that we answer.
"""

import uuid

import pytest
import requests
from sailpoint import ApiClient, Configuration, ConfigurationParams, NotificationsApi
from sailpoint.exceptions import BadRequestException, NotFoundException
from sailpoint.notifications.models.send_test_notification_request_dto import (
    SendTestNotificationRequestDto,
)

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
