"""Bitcaster's own client and its command line, unmodified: only their address is ours."""

import json
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bitcaster_sdk.async_client import AsyncClient
from bitcaster_sdk.client import Client
from bitcaster_sdk.exceptions import (
    AuthenticationError,
    AuthorizationError,
    EventNotFoundError,
    ValidationError,
)

from tests import canaries

PEOPLE = ["bea", "cid"]
PROJECT, APPLICATION, EVENT = "shop", "orders", "order-paid"
TRIGGERS = 200
# Its own name for `trigger` warns that there is a newer one, which calls it.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def set_up(stack):
    """An event type that a webhook hears of, and two people by mail, in environments of theirs."""
    application = f"{PROJECT}/{APPLICATION}"
    event = {"slug": EVENT, "name": "Order paid", "application": application}
    stack.admin("POST", "/event-types", event)
    template = {"medium": "email", "subject": "Paid", "body": "{{ order }} is paid"}
    stack.admin("PUT", f"/event-types/{EVENT}/templates?application={application}", template)
    url = f"{stack.outbox_url}/webhook/bitcaster"
    settings = {"provider": "webhook", "identifier": "till", "name": "Till"}
    hook = stack.admin("POST", "/integrations", settings | {"settings": {"url": url}})
    people = [
        {"id": name, "email": f"{name}.{canaries.EMAIL}", "data": {"city": city}}
        for name, city in (("bea", "Rome"), ("cid", "Oslo"))
    ]
    stack.admin("POST", "/subscribers", {"subscribers": people})
    stack.admin("POST", "/topics", {"topics": [{"key": "payers", "members": ["bea", "cid"]}]})
    for target in ({"integration": hook["id"]}, {"topic": "payers"}):
        body = {"event_type": EVENT, "application": application, "target": target}
        environments = ["production"] if "topic" in target else ["production", "till"]
        stack.admin("POST", "/subscriptions", body | {"environments": environments})
    return hook


@pytest.fixture(scope="module")
def key(stack, set_up):
    """A key of the one application, as its owner would be given it."""
    scopes = ["event:trigger", "event:list", "audience"]
    body = {"name": "till", "scopes": scopes, "application": f"{PROJECT}/{APPLICATION}"}
    return stack.admin("POST", "/keys", body)["api_key"]


@pytest.fixture(scope="module")
def address(stack, key):
    return stack.base_url.replace("://", f"://{key}@") + "/api/o/demo/"


@pytest.fixture(scope="module")
def client(address):
    made = Client(address, project=PROJECT, application=APPLICATION, timeout=30)
    made.transport.session.trust_env = False
    return made


@pytest.fixture
def run():
    """A word that only this test's messages contain."""
    return f"run-{uuid.uuid4().hex[:12]}"


def bitcaster(address, *arguments):
    """Run the command line; its output."""
    script = Path(sys.executable).parent / "bitcaster"
    environment = {**os.environ, "BITCASTER_BAE": address, "NO_PROXY": "*", "COLUMNS": "200"}
    done = subprocess.run(
        [script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def test_an_event_reaches_its_subscriptions(stack, client, run):
    answer = client.trigger_event(EVENT, {"order": run}, cid=f"till-{run}")

    assert list(answer) == ["occurrence"]
    [hook] = stack.wait_for(1, provider="webhook", contains=run)
    assert json.loads(hook["body"])["data"] == {"order": run}
    mails = stack.wait_for(2, provider="email", contains=run)
    assert {name for name in ("bea", "cid") for mail in mails if name in str(mail)} == {
        "bea",
        "cid",
    }
    kept = stack.admin("GET", f"/invocations/{answer['occurrence']}")
    assert kept["correlation_id"] == f"till-{run}"


@pytest.mark.parametrize(
    ("options", "landed"),
    [
        ({"limit_to": [f"bea.{canaries.EMAIL}"]}, {"email": 1}),
        ({"channels": ["email"]}, {"email": 2}),
        ({"channels": ["Till"]}, {"webhook": 1}),
        ({"environs": ["till", "none"]}, {"webhook": 1}),
        (
            {"filters": {"include": {"custom_fields__city": "Rome"}, "exclude": []}},
            {"email": 1, "webhook": 1},
        ),
    ],
)
def test_options_narrow_who_hears(stack, client, run, options, landed):
    client.trigger_event(EVENT, {"order": run}, options)

    for provider in ("email", "webhook"):
        stack.wait_for(landed.get(provider, 0), provider=provider, contains=run)
    # What comes after it has gone the same way, so whatever else there is would have landed.
    client.trigger_event(EVENT, {"order": f"{run}-after"})
    stack.wait_for(1, provider="webhook", contains=f"{run}-after")
    stack.wait_for(2, provider="email", contains=f"{run}-after")
    for provider in ("email", "webhook"):
        known = stack.count(provider=provider, contains=run)
        after = stack.count(provider=provider, contains=f"{run}-after")
        assert known - after == landed.get(provider, 0)


def test_200_triggers_at_once_are_200_occurrences_all_delivered(stack, client, run):
    orders = [f"{run}-{number:03}" for number in range(TRIGGERS)]

    with ThreadPoolExecutor(32) as pool:
        answers = list(
            pool.map(
                lambda order: client.trigger_event(EVENT, {"order": order}, {"environs": ["till"]}),
                orders,
            )
        )

    assert len({answer["occurrence"] for answer in answers}) == TRIGGERS
    landed = stack.wait_for(TRIGGERS, provider="webhook", contains=run, patience=60)
    texts = {json.loads(message["body"])["data"]["order"] for message in landed}
    assert texts == set(orders)


def test_the_client_reads_what_there_is(client, set_up):
    assert client.ping() == {"token": "till"}
    [event] = client.list_events(PROJECT, APPLICATION)
    assert (event["slug"], event["active"], event["locked"]) == (EVENT, True, False)
    assert [project["slug"] for project in client.list_projects()] == [PROJECT]
    assert [app["slug"] for app in client.list_applications(PROJECT)] == [APPLICATION]
    assert "payers" in [each["id"] for each in client.list_distribution_lists(PROJECT)]
    assert {member["user"] for member in client.list_members(PROJECT, "payers")} == {"bea", "cid"}


def test_the_client_manages_users(stack, client, run):
    stack.admin("POST", "/topics", {"topics": [{"key": run}]})  # no other test counts its members
    email = f"{run}@carillon.example"

    added = client.add_user(email, "Dora", "Diaz")
    again = client.add_user(email, "Other", "", {"x": 1})
    updated = client.update_user(email, "Dory", "", {"city": "Rome"}, mode="merge")
    known = client.register_user(
        PROJECT, APPLICATION, email, custom_fields={"plan": "team"}, distribution_list=run
    )

    assert (added["username"], added["custom_fields"]) == (email, {})
    assert again == added
    assert (updated["first_name"], updated["last_name"]) == ("Dory", "Diaz")
    assert updated["custom_fields"] == {"city": "Rome"}
    assert (known["created"], known["membership"]["custom_fields"]) == (False, {"plan": "team"})
    assert known["distribution_list"] == {"name": run, "recipients_added": 1}
    assert email in [user["email"] for user in client.list_users()]
    assert client.unregister_user(PROJECT, APPLICATION, email) == {"deleted": 1}


def test_the_asynchronous_client_works_too(stack, address, run):
    with AsyncClient(address, project=PROJECT, application=APPLICATION, timeout=30) as client:
        client.transport.session.trust_env = False
        future = client.trigger_event(EVENT, {"order": run})

        assert future.result(timeout=30)["occurrence"]
    stack.wait_for(1, provider="webhook", contains=run)


def test_the_command_line_does_all_that_it_can(stack, address, run):
    place = ("--project", PROJECT, "--application", APPLICATION)
    email = f"{run}@carillon.example"

    said = {
        "ping": bitcaster(address, "ping"),
        "projects": bitcaster(address, "projects"),
        "applications": bitcaster(address, "applications", "--project", PROJECT),
        "events": bitcaster(address, "events", *place),
        "lists": bitcaster(address, "lists", "--project", PROJECT),
        "members": bitcaster(address, "members", "-d", "payers", "--project", PROJECT),
        "add": bitcaster(address, "users", "add", email, "-f", "Eve", "--custom", '{"a": 1}'),
        "update": bitcaster(
            address, "users", "update", email, "--custom", '{"b": 2}', "--mode", "merge", "--json"
        ),
        "users": bitcaster(address, "users", "list"),
        "trigger": bitcaster(address, "trigger", EVENT, *place, "-c", "order", run),
    }

    for command, word in {
        "ping": "till",
        "projects": PROJECT,
        "applications": APPLICATION,
        "events": EVENT,
        "lists": "payers",
        "members": f"bea.{canaries.EMAIL}",
        "users": email,
        "trigger": "occurrence",
    }.items():
        assert word in said[command], said[command]
    updated = json.loads(said["update"])
    assert (updated["first_name"], updated["custom_fields"]) == ("Eve", {"a": 1, "b": 2})
    stack.wait_for(1, provider="webhook", contains=run)


def test_every_refusal_is_the_clients_own_exception(stack, client, key):
    host = stack.base_url.removeprefix("http://")

    def elsewhere(key="car_x", organization="demo"):
        made = Client(f"http://{key}@{host}/api/o/{organization}/", timeout=30)
        made.transport.session.trust_env = False
        return made

    with pytest.raises(ValidationError, match="Unknown field"):
        client.trigger_event(EVENT, {}, {"nonsense": 1})
    with pytest.raises(ValidationError, match="Unknown channel"):
        client.trigger_event(EVENT, {}, {"channels": ["pigeon"]})
    with pytest.raises(AuthenticationError):
        elsewhere().ping()
    with pytest.raises(EventNotFoundError):
        elsewhere(key, "acme").list_users()
    with pytest.raises(AuthorizationError, match="Invalid application for till"):
        client.list_events(PROJECT, "other")
    with pytest.raises(EventNotFoundError):
        client.trigger_event("no-such")


@pytest.mark.parametrize("slash", ["", "/"])
def test_both_spellings_of_a_path_are_served(stack, key, run, slash):
    own = f"{stack.base_url}/api/o/demo/p/{PROJECT}/a/{APPLICATION}/e"
    headers = {"authorization": f"Key {key}"}

    listed = stack.http.get(f"{own}{slash}", headers=headers, timeout=30)
    empty = stack.http.post(f"{own}/{EVENT}/trigger{slash}", headers=headers, timeout=30)
    form = stack.http.post(
        f"{own}/{EVENT}/trigger{slash}", data={"context.order": run}, headers=headers, timeout=30
    )

    assert (listed.status_code, empty.status_code, form.status_code) == (200, 201, 201)
    assert [event["slug"] for event in listed.json()] == [EVENT]
    stack.wait_for(1, provider="webhook", contains=run)
